import com.sun.management.OperatingSystemMXBean;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.flink.SessionLine;
import io.deepsentry.flink.job.JudgeJob;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Judges a log of HDFS in this process, without Flink and in its runtime at a parallelism of 1 and 2, each a number of
 * times, and prints the lines a second of processor time of the last time: LOG MODELS TIMES. Then the bytes of a record
 * between the operators, those of the state of a session, at each of its lines, and those of heap of a session under
 * way.
 */
final class Speed {
    private static final String KEY = "(blk_-?\\d+)";
    private static final OperatingSystemMXBean CLOCK =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private interface Work {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Path log = Path.of(arguments[0]);
        Path models = Path.of(arguments[1]);
        int times = Integer.parseInt(arguments[2]);
        long lines = Files.lines(log).count();
        System.out.printf("%,d lines of %.0f bytes%n", lines, Files.size(log) / (double) lines);
        double local = measure("local", lines, times, () -> local(log, models, null));
        for (int parallelism : new int[] {1, 2}) {
            Path output = Files.createTempDirectory("speed");
            double flink = measure("Flink at " + parallelism, lines, times, () -> {
                StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism);
                JudgeJob.define(
                        env, "--input", log.toString(), "--format", "hdfs", "--session-key", KEY, "--models",
                        models.toString(), "--idle", "PT5M", "--output", output.toString());
                env.execute();
            });
            System.out.printf("Flink at %d against local: %.2f%n", parallelism, flink / local);
        }
        List<Integer> states = new ArrayList<>();
        long[] records = new long[2];
        TypeSerializer<SessionLine> serializer =
                TypeInformation.of(SessionLine.class).createSerializer(new SerializerConfigImpl());
        local(log, models, (line, session) -> {
            states.add(session.state().toBytes().length);
            DataOutputSerializer out = new DataOutputSerializer(512);
            serializer.serialize(line, out);
            records[0]++;
            records[1] += out.length();
        });
        Collections.sort(states);
        System.out.printf(
                "a record between the operators: %d bytes; the state of a session: median %d, 90%% %d, largest %d bytes%n",
                records[1] / records[0],
                states.get(states.size() / 2),
                states.get(states.size() * 9 / 10),
                states.get(states.size() - 1));
        Map<String, SentrySession> open = new HashMap<>();
        try (Sentry sentry = Sentry.open(models)) {
            read(log, sentry, open, null);
            long with = heap();
            int sessions = open.size();
            open.clear();
            System.out.printf(
                    "the objects of a session under way: %,d bytes of heap, of %,d sessions%n",
                    (with - heap()) / sessions, sessions);
        }
        System.exit(0);
    }

    private static long heap() throws InterruptedException {
        System.gc();
        Thread.sleep(100);
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static double measure(String name, long lines, int times, Work work) throws Exception {
        double rate = 0;
        for (int i = 0; i < times; i++) {
            long busy = CLOCK.getProcessCpuTime();
            long began = System.nanoTime();
            work.run();
            double seconds = (CLOCK.getProcessCpuTime() - busy) / 1e9;
            rate = lines / seconds;
            System.out.printf(
                    "%s: %,.0f lines a second of processor (%.1f s, of %.1f s of time)%n",
                    name, rate, seconds, (System.nanoTime() - began) / 1e9);
        }
        return rate;
    }

    private interface Seen {
        void line(SessionLine line, SentrySession session) throws Exception;
    }

    private static void local(Path log, Path models, Seen seen) throws Exception {
        try (Sentry sentry = Sentry.open(models)) {
            Map<String, SentrySession> open = new HashMap<>();
            read(log, sentry, open, seen);
            open.values().forEach(SentrySession::end);
        }
    }

    private static void read(Path log, Sentry sentry, Map<String, SentrySession> open, Seen seen) {
        try (LogReader reader = LogReader.builder()
                        .inputs(log)
                        .format("hdfs")
                        .onMalformed(OnMalformed.SKIP)
                        .sessionKey(KEY)
                        .open()) {
            reader.forEach(event -> {
                if (event.sessionKeys().isEmpty() && sentry.judgesLines()) {
                    sentry.judgeLine(event);
                }
                for (String key : event.sessionKeys()) {
                    SentrySession session = open.computeIfAbsent(key, unused -> sentry.begin());
                    session.add(event);
                    if (seen != null) {
                        try {
                            seen.line(
                                    new SessionLine(
                                            key,
                                            log.toString(),
                                            event.origin().lineNumber(),
                                            0,
                                            event.time().toEpochMilli(),
                                            0,
                                            event.message(),
                                            event.level(),
                                            event.component(),
                                            event.thread(),
                                            event.sessionKeys(),
                                            List.copyOf(new TreeMap<>(event.fields()).keySet()),
                                            List.copyOf(new TreeMap<>(event.fields()).values())),
                                    session);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                }
            });
        }
    }
}
