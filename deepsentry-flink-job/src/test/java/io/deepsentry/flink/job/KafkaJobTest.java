package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.ModelBundle;
import io.deepsentry.flink.ModelRelease;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class KafkaJobTest {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern HEADER = Pattern.compile("\\d{6} \\d{6} ");
    private static final Pattern BLOCK = Pattern.compile(LocalVerdicts.KEY);

    @TempDir
    private static Path shared = Path.of("");

    private static KafkaNode broker;
    private static List<String> sample = List.of();
    private static LocalVerdicts expected;

    @TempDir
    Path folder = Path.of("");

    /** What the topics of this test begin with. */
    private String test = "";

    @BeforeAll
    static void startKafka() throws IOException {
        broker = new KafkaNode(shared);
        sample = LocalVerdicts.bundled(55_001, 60_000);
        expected = new LocalVerdicts(sample);
    }

    @AfterAll
    static void stopKafka() {
        broker.close();
        assertThat(ModelBundle.openModels()).isZero();
    }

    @BeforeEach
    void topics(TestInfo info) throws InterruptedException, ExecutionException {
        test = info.getTestMethod().orElseThrow().getName() + "-"
                + info.getDisplayName().replaceAll("[^0-9]", "");
        broker.topics(PARTITIONS, test + "-lines", test + "-alerts", test + "-verdicts");
        broker.topics(1, test + "-late", test + "-malformed", test + "-releases");
    }

    /** The lines of a session are in one partition, as a shipper that keys by session has it. */
    private static int partition(String line) {
        Matcher block = BLOCK.matcher(line);
        return Math.floorMod((block.find() ? block.group(1) : line).hashCode(), PARTITIONS);
    }

    private void send(List<String> lines) {
        broker.send(test + "-lines", lines, KafkaJobTest::partition);
    }

    private List<ConsumerRecord<String, String>> topic(String name) {
        return broker.committed(test + "-" + name);
    }

    private StreamExecutionEnvironment job(int parallelism, Configuration configuration, String... more)
            throws InterruptedException {
        // As the job's own main method has it.
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        List<String> arguments = new ArrayList<>(List.of(
                "--kafka",
                broker.bootstrap(),
                "--topic",
                test + "-lines",
                "--from-start",
                "--group",
                test,
                "--format",
                "hdfs",
                "--session-key",
                LocalVerdicts.KEY,
                "--models",
                LocalVerdicts.MODELS.toString(),
                "--idle",
                LocalVerdicts.IDLE.toString(),
                "--checkpoint",
                "PT1S",
                "--transaction-prefix",
                test,
                "--alert-topic",
                test + "-alerts",
                "--verdict-topic",
                test + "-verdicts"));
        arguments.addAll(List.of(more));
        JudgeJob.define(env, arguments.toArray(String[]::new));
        return env;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void aTopicIsJudgedAsTheLogWithoutFlinkToTheBit(int parallelism) throws Exception {
        send(sample);
        assertThat(job(parallelism, new Configuration(), "--until-end")
                        .execute()
                        .getNetRuntime())
                .isPositive();
        expected.assertSame(topic("verdicts"), topic("alerts"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DEEPSENTRY_TEST_DATA", matches = ".+")
    void aRealLogInATopicIsJudgedAsWithoutFlinkToTheBit() throws Exception {
        Path log = Path.of(System.getenv("DEEPSENTRY_TEST_DATA"), "hdfs", "HDFS.log.gz");
        List<String> lines = LocalVerdicts.lines(log, 1, 4_000);
        send(lines);
        assertThat(job(8, new Configuration(), "--until-end").execute().getNetRuntime())
                .isPositive();
        new LocalVerdicts(lines).assertSame(topic("verdicts"), topic("alerts"));
    }

    @Test
    void linesOutOfOrderWithinTheBoundChangeNothingAndLaterOnesComeOutByThemselves() throws Exception {
        Random random = new Random(11);
        Map<String, Double> arrival = new HashMap<>();
        List<String> headed =
                sample.stream().filter(line -> HEADER.matcher(line).lookingAt()).toList();
        for (String line : headed) {
            arrival.put(line, seconds(line) + random.nextDouble() * 19);
        }
        List<String> shuffled = headed.stream()
                .sorted(Comparator.comparingDouble((String line) -> arrival.getOrDefault(line, 0.0)))
                .toList();
        // Lines of one second stay as they are, as nothing tells their order but their offset.
        List<String> stable = new ArrayList<>();
        Map<String, List<String>> ofSecond = new HashMap<>();
        for (String line : headed) {
            ofSecond.computeIfAbsent(partition(line) + line.substring(0, 13), unused -> new ArrayList<>())
                    .add(line);
        }
        for (String line : shuffled) {
            stable.add(ofSecond.getOrDefault(partition(line) + line.substring(0, 13), List.of())
                    .remove(0));
        }
        assertThat(stable).isNotEqualTo(headed);
        send(stable);
        JobClient running = job(
                        2,
                        new Configuration(),
                        "--late-topic",
                        test + "-late",
                        "--malformed-topic",
                        test + "-malformed")
                .executeAsync("late");
        awaitConsumed(headed.size());
        // Behind its checkpoint, the watermark has passed the sample.
        broker.send(test + "-lines", List.of("java.io.IOException: no header"), line -> 0);
        await().atMost(PATIENCE).until(() -> !topic("malformed").isEmpty());
        broker.send(test + "-lines", List.of(headed.get(0)), line -> 0);
        await().atMost(PATIENCE).until(() -> !topic("late").isEmpty());
        drain(running);
        expected.assertSame(topic("verdicts"), topic("alerts"));
        assertThat(topic("late")).hasSize(1);
    }

    private void awaitConsumed(int lines) {
        await().atMost(PATIENCE).until(() -> broker.consumed(test, test + "-lines") == lines);
    }

    /** Ends a job as if its input had ended. */
    private void drain(JobClient job) throws InterruptedException, ExecutionException {
        String unused = job.stopWithSavepoint(true, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    private static double seconds(String line) {
        return Integer.parseInt(line.substring(7, 9)) * 3600
                + Integer.parseInt(line.substring(9, 11)) * 60
                + Integer.parseInt(line.substring(11, 13));
    }

    @Test
    void aJobResumesFromASavepointAtAnotherParallelism() throws Exception {
        send(sample.subList(0, 2_500));
        JobClient first = job(2, new Configuration()).executeAsync("first");
        awaitConsumed(2_500);
        String savepoint = first.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        send(sample.subList(2_500, sample.size()));
        Configuration resumed = new Configuration();
        resumed.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient second = job(8, resumed).executeAsync("second");
        awaitConsumed(sample.size());
        drain(second);
        expected.assertSame(topic("verdicts"), topic("alerts"));
    }

    @Test
    void aJobMovesToRocksDbWithASavepoint() throws Exception {
        Configuration rocksDb = new Configuration();
        rocksDb.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        rocksDb.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        rocksDb.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                folder.resolve("checkpoints").toUri().toString());
        send(sample.subList(0, 2_500));
        JobClient first = job(2, new Configuration()).executeAsync("on the heap");
        awaitConsumed(2_500);
        String savepoint = first.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        rocksDb.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        JobClient second = job(4, rocksDb).executeAsync("in RocksDB");
        send(sample.subList(2_500, sample.size()));
        awaitConsumed(sample.size());
        assertThat(files(folder.resolve("checkpoints")))
                .as("incremental checkpoints")
                .anyMatch(file -> file.contains("shared"));
        drain(second);
        expected.assertSame(topic("verdicts"), topic("alerts"));
    }

    private static List<String> files(Path under) throws IOException {
        try (Stream<Path> files = Files.walk(under)) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    @Test
    void modelsReleasedThroughATopicJudgeTheSessionsThatBeginLater() throws Exception {
        Path other = folder.resolve("other");
        try (Stream<Path> files = Files.walk(LocalVerdicts.MODELS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = other.resolve(LocalVerdicts.MODELS.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Files.writeString(other.resolve("anomaly_trained_model/training_log.txt"), "trained again");
        // In the middle of what the sample's lines are of.
        String middle = sample.get(sample.size() / 2);
        String from = "20%s-%s-%sT%s:%s:%sZ"
                .formatted(
                        middle.substring(0, 2),
                        middle.substring(2, 4),
                        middle.substring(4, 6),
                        middle.substring(7, 9),
                        middle.substring(9, 11),
                        middle.substring(11, 13));
        ReleaseModels.main(new String[] {
            "--kafka",
            broker.bootstrap(),
            "--release-topic",
            test + "-releases",
            "--models",
            other.toString(),
            "--from",
            from
        });
        JobClient running = job(2, new Configuration(), "--release-topic", test + "-releases")
                .executeAsync("releases");
        // No line comes before the release, which waits for nothing.
        await().atMost(PATIENCE).until(() -> ModelBundle.openModels() == 1);
        send(sample);
        awaitConsumed(sample.size());
        drain(running);
        expected.assertSame(topic("verdicts"), topic("alerts"));
        String begun = ModelRelease.first(LocalVerdicts.MODELS).digest();
        String later = ModelRelease.of(other, 0).digest();
        long swap = Instant.parse(from).toEpochMilli();
        for (ConsumerRecord<String, String> record : topic("verdicts")) {
            var row = new ObjectMapper().readTree(record.value());
            assertThat(row.get("model").asText()).isEqualTo(row.get("firstTime").asLong() < swap ? begun : later);
        }
    }

    @Test
    void envelopesOfShippersAreReadAsLiveReadsThem() throws Exception {
        List<String> records = new ArrayList<>();
        for (String line : sample) {
            if (HEADER.matcher(line).lookingAt()) {
                // All lines of a session come from one file.
                records.add(Envelopes.record(line, Math.floorMod(session(line).hashCode(), Envelopes.KINDS)));
            }
        }
        List<LogEvent> events = ReadByLive.events("logs", records, KafkaJobTest::partition, "hdfs", LocalVerdicts.KEY);
        assertThat(events.stream().map(event -> event.origin().file().replaceFirst("logs/\\d", "")))
                .contains(
                        "",
                        "/web-1:/var/log/hdfs.log",
                        "/web-2:/var/log/hdfs.log",
                        "/web-3",
                        "/web-3:/var/log/hdfs.log");
        assertThat(events).anyMatch(event -> event.message().endsWith("Block.java:7)"));
        send(records);
        assertThat(job(2, new Configuration(), "--until-end", "--malformed-topic", test + "-malformed")
                        .execute()
                        .getNetRuntime())
                .isPositive();
        assertThat(topic("malformed")).isEmpty();
        LocalVerdicts.of(events).assertSame(topic("verdicts"), topic("alerts"));
    }

    private static String session(String line) {
        Matcher block = BLOCK.matcher(line);
        return block.find() ? block.group(1) : "";
    }

    @Test
    void recordsOfJsonAreReadAsLiveReadsThem() throws Exception {
        List<String> records = sample.stream()
                .filter(line -> HEADER.matcher(line).lookingAt())
                .map(Envelopes::json)
                .toList();
        List<LogEvent> events = ReadByLive.events("logs", records, KafkaJobTest::partition, "json", LocalVerdicts.KEY);
        send(records);
        broker.send(test + "-lines", List.of("{\"timestamp\": \"2026-", "[]"), line -> 1);
        assertThat(job(
                                2,
                                new Configuration(),
                                "--until-end",
                                "--format",
                                "json",
                                "--malformed-topic",
                                test + "-malformed")
                        .execute()
                        .getNetRuntime())
                .isPositive();
        LocalVerdicts.of(events).assertSame(topic("verdicts"), topic("alerts"));
        assertThat(topic("malformed")).hasSize(2);
    }
}
