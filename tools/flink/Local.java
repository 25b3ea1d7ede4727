import com.sun.management.OperatingSystemMXBean;
import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.SentrySession;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Judges the sessions of a log in one process, without Flink: LOG FORMAT SESSION_KEY IDLE MODELS [LATER_MODELS FROM].
 * Prints a row a finding and, beginning with "verdict", a row a session: key, first time, last time, lines, score,
 * threshold, model, reason.
 */
final class Local {
    private static final OperatingSystemMXBean CLOCK =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final PrintStream OUT =
            new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false, StandardCharsets.UTF_8);
    private static boolean silent;

    private static final class Open {
        Sentry sentry;
        SentrySession session;
        long first;
        long last;
        long lines;
        boolean reported;
    }

    public static void main(String[] arguments) {
        // Speed is that of a warm process: only the last turn prints.
        String turns = System.getenv("TURNS");
        int count = turns == null ? 1 : Integer.parseInt(turns);
        for (int turn = 1; turn <= count; turn++) {
            silent = turn < count;
            judge(arguments);
        }
        OUT.flush();
    }

    private static void judge(String[] arguments) {
        long idle = Duration.parse(arguments[3]).toMillis();
        Sentry early = Sentry.open(Path.of(arguments[4]));
        Sentry late = arguments.length > 5 ? Sentry.open(Path.of(arguments[5])) : early;
        long swap = arguments.length > 5 ? Instant.parse(arguments[6]).toEpochMilli() : Long.MAX_VALUE;
        Map<String, Open> open = new HashMap<>();
        long[] lines = new long[1];
        long began = System.nanoTime();
        long busy = CLOCK.getProcessCpuTime();
        try (LogReader reader = LogReader.builder()
                .inputs(Path.of(arguments[0]))
                .format(arguments[1])
                .onMalformed(OnMalformed.SKIP)
                .sessionKey(arguments[2])
                .open()) {
            reader.forEach(event -> {
                lines[0]++;
                if (event.time() == null) {
                    return;
                }
                long time = event.time().toEpochMilli();
                // Those that have ended are let go now and then, or a long log would not fit.
                if (lines[0] % 100_000 == 0) {
                    for (Iterator<Map.Entry<String, Open>> each = open.entrySet().iterator(); each.hasNext(); ) {
                        Map.Entry<String, Open> entry = each.next();
                        if (time - entry.getValue().last >= idle) {
                            end(entry.getKey(), entry.getValue());
                            each.remove();
                        }
                    }
                }
                for (String key : event.sessionKeys()) {
                    Open session = open.get(key);
                    if (session != null && time - session.last >= idle) {
                        end(key, session);
                        session = null;
                    }
                    if (session == null) {
                        session = new Open();
                        session.sentry = time < swap ? early : late;
                        session.session = session.sentry.begin();
                        session.first = time;
                        open.put(key, session);
                    }
                    Verdict verdict = session.session.add(event);
                    session.last = time;
                    session.lines++;
                    if (verdict.isAnomalous() && !session.reported) {
                        session.reported = true;
                        print("finding", key, session, verdict);
                    }
                }
            });
        }
        open.forEach(Local::end);
        early.close();
        late.close();
        System.err.printf(
                "%,d lines judged in %.1f s, %.2f s of processor%n",
                lines[0], (System.nanoTime() - began) / 1e9, (CLOCK.getProcessCpuTime() - busy) / 1e9);
    }

    private static void end(String key, Open session) {
        Verdict verdict = session.session.end();
        print("verdict", key, session, verdict);
        if (verdict.isAnomalous() && !session.reported) {
            print("finding", key, session, verdict);
        }
    }

    private static void print(String what, String key, Open session, Verdict verdict) {
        if (silent) {
            return;
        }
        OUT.println(String.join(
                "\t",
                what,
                key,
                Long.toString(session.first),
                Long.toString(session.last),
                Long.toString(session.lines),
                Double.toString(verdict.score()),
                Double.toString(verdict.threshold()),
                session.sentry.modelDigest(),
                verdict.reason()));
    }
}
