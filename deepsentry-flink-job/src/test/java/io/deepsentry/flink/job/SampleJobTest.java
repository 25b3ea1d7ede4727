package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.prepare.LogSample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleJobTest {
    private static final int PARTS = 4;

    @TempDir
    Path folder = Path.of("");

    /** Sessions go through several parts. */
    private final List<List<String>> parts = new ArrayList<>();

    @BeforeEach
    void parts() throws IOException {
        List<String> log = LocalVerdicts.bundled(1, 20_000);
        for (int i = 0; i < PARTS; i++) {
            parts.add(new ArrayList<>());
        }
        for (int i = 0; i < log.size(); i++) {
            parts.get(i * 7 % 10 % PARTS).add(log.get(i));
        }
        parts.get(2).add(100, "no line of HDFS");
    }

    /** One pass without Flink. */
    private byte[] local(List<String> names, long size) {
        LogSample sample = LogSample.of(
                new LogSample.Reading("hdfs", null, null, ZoneId.of("UTC"), OnMalformed.SKIP, LocalVerdicts.KEY),
                Redaction.SECRETS,
                size);
        for (int i = 0; i < PARTS; i++) {
            byte[] text = String.join("\n", parts.get(i)).getBytes(StandardCharsets.UTF_8);
            try (LogReader reader = LogReader.builder()
                    .input(names.get(i), new ByteArrayInputStream(text))
                    .format("hdfs")
                    .onMalformed(OnMalformed.SKIP)
                    .sessionKey(SessionKey.of(LocalVerdicts.KEY))
                    .open()) {
                reader.forEach(sample::add);
            }
        }
        return sample.toBytes();
    }

    private byte[] job(int parallelism, String... arguments) throws Exception {
        Path output = folder.resolve("of-" + parallelism + ".sample");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--format", "hdfs", "--session-key", LocalVerdicts.KEY, "--output", output.toString()));
        SampleJob.define(env, all.toArray(String[]::new));
        assertThat(env.execute().getNetRuntime()).isPositive();
        return Files.readAllBytes(output);
    }

    private List<String> files() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < PARTS; i++) {
            names.add(Files.write(folder.resolve("part-" + i + ".log"), parts.get(i))
                    .toString());
        }
        return names;
    }

    @Test
    void files_at_any_parallelism_are_one_local_pass_to_the_bit() throws Exception {
        List<String> names = files();
        byte[] expected = local(names, 1 << 20);
        assertThat(LogSample.fromBytes(expected).isWhole()).isFalse();
        for (int parallelism : new int[] {1, 2, 8}) {
            byte[] sampled = job(parallelism, "--input", String.join(",", names), "--size", "1");
            assertThat(sampled).as("parallelism " + parallelism).isEqualTo(expected);
        }
    }

    @Test
    void a_log_that_fits_is_kept_whole() throws Exception {
        List<String> names = files();
        byte[] sampled = job(2, "--input", String.join(",", names));
        assertThat(sampled).isEqualTo(local(names, LogSample.DEFAULT_SIZE));
        LogSample sample = LogSample.fromBytes(sampled);
        assertThat(sample.isWhole()).isTrue();
        // The others belong to stack traces.
        long headers = 0;
        for (String name : names) {
            try (Stream<String> lines = Files.lines(Path.of(name))) {
                headers +=
                        lines.filter(line -> line.matches("\\d{6} \\d{6} .*")).count();
            }
        }
        assertThat(headers).isGreaterThan(1000);
        assertThat(sample.lines()).isEqualTo(headers);
    }

    @Test
    void streams_at_any_parallelism_are_one_local_pass_to_the_bit() throws Exception {
        List<String> names = files();
        LogSample sample = LogSample.of(
                new LogSample.Reading("hdfs", null, null, ZoneId.of("UTC"), OnMalformed.SKIP, null, 100),
                Redaction.SECRETS,
                1 << 20);
        for (int i = 0; i < PARTS; i++) {
            byte[] text = String.join("\n", parts.get(i)).getBytes(StandardCharsets.UTF_8);
            try (LogReader reader = LogReader.builder()
                    .input(names.get(i), new ByteArrayInputStream(text))
                    .format("hdfs")
                    .onMalformed(OnMalformed.SKIP)
                    .open()) {
                reader.forEach(sample::add);
            }
        }
        assertThat(sample.isWhole()).isFalse();
        assertThat(sample.keptStretches()).isGreaterThan(20);
        for (int parallelism : new int[] {1, 2, 8}) {
            Path output = folder.resolve("streams-" + parallelism + ".sample");
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism);
            SampleJob.define(
                    env,
                    "--input",
                    String.join(",", names),
                    "--size",
                    "1",
                    "--stretch",
                    "100",
                    "--format",
                    "hdfs",
                    "--output",
                    output.toString());
            assertThat(env.execute().getNetRuntime()).isPositive();
            assertThat(output).as("parallelism " + parallelism).hasBinaryContent(sample.toBytes());
        }
    }

    @Test
    @Tag("long")
    void topics_at_any_parallelism_are_one_local_pass_to_the_bit() throws Exception {
        try (KafkaNode broker = new KafkaNode(folder)) {
            broker.topics(PARTS, "logs");
            List<String> names = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            List<Integer> partitions = new ArrayList<>();
            for (int i = 0; i < PARTS; i++) {
                names.add("logs/" + i);
                for (String line : parts.get(i)) {
                    lines.add(line);
                    partitions.add(i);
                }
            }
            int[] next = {0};
            broker.send("logs", lines, line -> partitions.get(next[0]++));
            byte[] expected = local(names, 1 << 20);
            for (int parallelism : new int[] {1, 2, 8}) {
                byte[] sampled = job(parallelism, "--kafka", broker.bootstrap(), "--topic", "logs", "--size", "1");
                assertThat(sampled).as("parallelism " + parallelism).isEqualTo(expected);
            }
        }
    }

    @Test
    void wrong_arguments_are_explained() {
        assertRefused("--output is missing", "--input", "a.log", "--format", "hdfs", "--session-key", "(b)");
        assertRefused(
                "--stretch is for logs without sessions",
                "--input",
                "a.log",
                "--format",
                "hdfs",
                "--session-key",
                "(b)",
                "--stretch",
                "100");
        assertRefused(
                "--stretch must be a whole number from 1 to 1000000, but was 0",
                "--input",
                "a.log",
                "--format",
                "hdfs",
                "--stretch",
                "0");
        assertRefused("give either --input or --topic", "--format", "hdfs");
        assertRefused("--models are not known; there are --format", "--input", "a.log", "--models", "m");
        assertRefused(
                "--size must be from 0.01 to 1024, but was 0",
                "--input",
                "a.log",
                "--format",
                "hdfs",
                "--session-key",
                "(b)",
                "--output",
                "a.sample",
                "--size",
                "0");
    }

    private static void assertRefused(String message, String... arguments) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        assertThatThrownBy(() -> SampleJob.define(env, arguments))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
