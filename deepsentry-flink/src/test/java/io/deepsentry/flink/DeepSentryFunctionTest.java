package io.deepsentry.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class DeepSentryFunctionTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final int MOST_RESULTS = 1_000_000;
    private static final Path SESSIONS = SampleLog.models("sessions");

    private static List<TextLine> sample = List.of();
    private static List<String> expected = List.of();

    @TempDir
    Path folder = Path.of("");

    @BeforeAll
    static void judgeLocally() throws IOException {
        sample = SampleLog.bundled(55_001, 60_000);
        expected = SampleLog.judgedSessions(SESSIONS, sample);
    }

    @AfterEach
    void noModelIsLeftOpen() {
        assertThat(ModelBundle.openModels()).isZero();
    }

    /** A job under construction. The lines are copied to its source, as to another process. */
    private static final class Job {
        private final StreamExecutionEnvironment env;
        private final int lines;
        private final GeneratorFunction<Long, TextLine> line;
        private WatermarkStrategy<SessionLine> watermarks = WatermarkStrategy.forBoundedOutOfOrderness(BOUND);
        private @Nullable String key = SampleLog.KEY;
        private Path models = SESSIONS;
        private List<ModelRelease> releases = List.of();
        /** How many lines come between two checkpoints; 0 for any. */
        private int perCheckpoint;

        private long failAt = -1;

        Job(int parallelism, List<TextLine> lines, Configuration settings) {
            env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, settings);
            this.lines = lines.size();
            ArrayList<TextLine> copy = new ArrayList<>(lines);
            line = index -> copy.get(index.intValue());
        }

        Job(int parallelism, List<TextLine> lines) {
            this(parallelism, lines, new Configuration());
        }

        SingleOutputStreamOperator<SessionLine> parsed() {
            // Flink declares it without its type argument.
            @SuppressWarnings("unchecked")
            RateLimiterStrategy<NumberSequenceSource.NumberSequenceSplit> rate =
                    perCheckpoint == 0 ? RateLimiterStrategy.noOp() : RateLimiterStrategy.perCheckpoint(perCheckpoint);
            DataGeneratorSource<TextLine> source =
                    new DataGeneratorSource<>(line, lines, rate, TypeInformation.of(TextLine.class));
            return env.fromSource(source, WatermarkStrategy.noWatermarks(), "lines")
                    .uid("lines")
                    .process(new ParseFunction("hdfs", key))
                    .uid("parse");
        }

        SingleOutputStreamOperator<JudgedCase> judged(DataStream<SessionLine> parsed) {
            DataStream<ModelRelease> released = releases.isEmpty()
                    ? env.fromData(TypeInformation.of(ModelRelease.class), ModelRelease.first(models))
                    : env.fromData(releases, TypeInformation.of(ModelRelease.class));
            // Only lines drive the clock.
            DataStream<ModelRelease> timeless = released.assignTimestampsAndWatermarks(
                    WatermarkStrategy.<ModelRelease>noWatermarks().withIdleness(Duration.ofMillis(1)));
            return parsed.assignTimestampsAndWatermarks(watermarks.withTimestampAssigner((line, time) -> line.time()))
                    .map(new FailOnce(failAt))
                    .returns(TypeInformation.of(SessionLine.class))
                    .keyBy(SessionLine::key)
                    .connect(timeless.broadcast(DeepSentryFunction.RELEASES))
                    .process(new DeepSentryFunction(ModelRelease.first(models), SampleLog.IDLE))
                    .uid("judge");
        }
    }

    /** Fails a subtask at its so many-th line, the first time. */
    private static final class FailOnce extends RichMapFunction<SessionLine, SessionLine> {
        private static final long serialVersionUID = 1;
        private final long at;
        private long seen;

        FailOnce(long at) {
            this.at = at;
        }

        @Override
        public SessionLine map(SessionLine line) throws IOException {
            seen++;
            if (seen == at && getRuntimeContext().getTaskInfo().getAttemptNumber() == 0) {
                throw new IOException("the machine died");
            }
            return line;
        }
    }

    private static <T> List<T> collect(DataStream<T> stream) throws Exception {
        return stream.executeAndCollect(MOST_RESULTS);
    }

    private static List<String> texts(List<JudgedCase> judged) {
        return judged.stream().map(SampleLog::text).sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void sessionsAreJudgedAsWithoutFlinkToTheBit(int parallelism) throws Exception {
        Job job = new Job(parallelism, sample);
        SampleLog.assertSame(texts(collect(job.judged(job.parsed()))), expected);
        assertThat(expected).hasSizeGreaterThan(200).anyMatch(text -> text.contains(" true "));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DEEPSENTRY_TEST_DATA", matches = ".+")
    void aRealLogIsJudgedAsWithoutFlinkToTheBit() throws Exception {
        Path log = Path.of(System.getenv("DEEPSENTRY_TEST_DATA"), "hdfs", "HDFS.log.gz");
        List<TextLine> lines = SampleLog.lines(log, 1, 4_000);
        List<String> local = SampleLog.judgedSessions(SESSIONS, lines);
        for (int parallelism : new int[] {1, 2, 4}) {
            Job job = new Job(parallelism, lines);
            SampleLog.assertSame(texts(collect(job.judged(job.parsed()))), local);
        }
    }

    @Test
    void linesOfStreamsAreJudgedAsWithoutFlinkToTheBit() throws Exception {
        Path models = SampleLog.models("streams");
        List<TextLine> lines = SampleLog.bundled(20_001, 21_500).stream()
                .map(line -> new TextLine(line.number() % 3 == 0 ? "a.log" : "b.log", line.number(), line.text()))
                .toList();
        Job job = new Job(2, lines);
        job.models = models;
        job.key = null;
        SampleLog.assertSame(texts(collect(job.judged(job.parsed()))), SampleLog.judgedLines(models, lines));
    }

    @Test
    void aJobThatFailsAndRestartsLosesNothingAndDoublesNothing() throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        Job job = new Job(2, sample, settings);
        job.env.enableCheckpointing(50);
        job.perCheckpoint = 400;
        job.failAt = 1_500;
        FileSink<String> sink = FileSink.<String>forRowFormat(
                        new org.apache.flink.core.fs.Path(folder.resolve("out").toUri()), new SimpleStringEncoder<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build();
        job.judged(job.parsed())
                .map(SampleLog::text)
                .returns(Types.STRING)
                .sinkTo(sink)
                .uid("sink");
        assertThat(job.env.execute().getNetRuntime()).isPositive();

        List<String> written = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList()) {
                written.addAll(Files.readAllLines(file));
            }
        }
        SampleLog.assertSame(written, expected);
    }

    @Test
    void aSessionEndsWithTheModelsItBeganWith() throws Exception {
        Path other = folder.resolve("other");
        try (Stream<Path> files = Files.walk(SESSIONS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = other.resolve(SESSIONS.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Files.writeString(other.resolve("anomaly_trained_model/training_log.txt"), "trained again");
        Job all = new Job(1, sample);
        List<JudgedCase> before = collect(all.judged(all.parsed()));
        long from = before.stream()
                .mapToLong(JudgedCase::firstTime)
                .sorted()
                .skip(before.size() / 2)
                .findFirst()
                .orElseThrow();

        Job job = new Job(2, sample);
        // The lines come after the release, which a job cannot promise otherwise.
        ModelRelease next = ModelRelease.of(other, from);
        job.releases = List.of(next);
        job.env.enableCheckpointing(50);
        job.perCheckpoint = 1_500;
        List<JudgedCase> judged = collect(job.judged(job.parsed()));
        SampleLog.assertSame(texts(judged), expected);
        String first = ModelRelease.first(SESSIONS).digest();
        assertThat(next.digest()).isNotEqualTo(first);
        assertThat(judged).allSatisfy(each -> assertThat(each.model())
                .isEqualTo(each.firstTime() < from ? first : next.digest()));
        assertThat(judged.stream().filter(each -> each.firstTime() < from && each.lastTime() >= from))
                .as("sessions under way at the swap")
                .isNotEmpty();
    }

    @Test
    void linesOutOfOrderWithinTheBoundChangeNothing() throws Exception {
        Map<TextLine, Long> arrival = new HashMap<>();
        Random random = new Random(7);
        Job parse = new Job(1, sample);
        Map<Long, Long> times = collect(parse.parsed()).stream()
                .collect(Collectors.toMap(SessionLine::number, SessionLine::time, (a, b) -> a));
        for (TextLine line : sample) {
            arrival.put(line, times.getOrDefault(line.number(), 0L) + random.nextInt((int) BOUND.toMillis()));
        }
        List<TextLine> shuffled = sample.stream()
                .sorted(Comparator.comparingLong((TextLine line) -> arrival.getOrDefault(line, 0L)))
                .toList();
        assertThat(shuffled).isNotEqualTo(sample);
        Job job = new Job(1, shuffled);
        job.watermarks = WatermarkStrategy.forGenerator(context -> new EveryLine());
        SingleOutputStreamOperator<JudgedCase> judged = job.judged(job.parsed());
        SampleLog.assertSame(texts(collect(judged)), expected);
    }

    @Test
    void lateAndMalformedLinesComeOutBesideTheVerdicts() throws Exception {
        List<TextLine> lines = new ArrayList<>(sample);
        String early = sample.stream()
                .map(TextLine::text)
                .filter(text -> text.matches("\\d{6} \\d{6} .*"))
                .findFirst()
                .orElseThrow();
        lines.add(new TextLine("hdfs.log", 9_001, early));
        lines.add(new TextLine("hdfs.log", 9_002, "java.io.IOException: no header"));
        Job job = new Job(1, lines);
        job.watermarks = WatermarkStrategy.forGenerator(context -> new EveryLine());
        SingleOutputStreamOperator<SessionLine> parsed = job.parsed();
        SingleOutputStreamOperator<JudgedCase> judged = job.judged(parsed);
        List<String> beside = collect(parsed.getSideOutput(ParseFunction.MALFORMED)
                .map(line -> "malformed " + line.number())
                .union(judged.getSideOutput(DeepSentryFunction.LATE).map(line -> "late " + line.number()))
                .union(judged.getSideOutput(DeepSentryFunction.FINDINGS)
                        .map(found -> "found " + found.key() + " " + found.firstTime()))
                .union(judged.map(SampleLog::text)));
        assertThat(beside).contains("malformed 9002", "late 9001").doesNotContain("late 9002");
        assertThat(beside).containsAll(expected);
        List<String> anomalous = expected.stream()
                .filter(text -> text.startsWith("blk_") && text.contains(" true "))
                .map(text -> String.join(" ", text.split(" ", 3)[0], text.split(" ", 3)[1]))
                .toList();
        List<String> found = beside.stream()
                .filter(text -> text.startsWith("found blk_"))
                .map(text -> text.substring("found ".length()))
                .toList();
        SampleLog.assertSame(found, anomalous);
    }

    /** A watermark after every line, so that lateness does not depend on the wall clock. */
    private static final class EveryLine implements WatermarkGenerator<SessionLine> {
        private long latest = Long.MIN_VALUE + BOUND.toMillis() + 1;

        @Override
        public void onEvent(SessionLine line, long time, WatermarkOutput output) {
            latest = Math.max(latest, time);
            output.emitWatermark(new Watermark(latest - BOUND.toMillis() - 1));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }
}
