package io.deepsentry.flink.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeJobTest {
    private static final Path CLI = Path.of("..", "deepsentry-cli", "src");

    @TempDir
    Path folder = Path.of("");

    @Test
    void aCompressedLogBecomesVerdictsAndFindingsInFiles() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        Path log = folder.resolve("hdfs.log.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(
                        CLI.resolve("main/resources/io/deepsentry/cli/sample/hdfs-sample.log.gz")));
                BufferedReader sample = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                OutputStream out = new GZIPOutputStream(Files.newOutputStream(log))) {
            String lines = sample.lines().skip(55_000).limit(5_000).collect(Collectors.joining("\n", "", "\n"));
            out.write(lines.getBytes(StandardCharsets.UTF_8));
        }
        String models =
                CLI.resolve("test/resources/io/deepsentry/cli/golden/sessions").toString();
        JudgeJob.define(
                env,
                "--input",
                log.toString(),
                "--format",
                "hdfs",
                "--session-key",
                "(blk_-?\\d+)",
                "--models",
                models,
                "--output",
                folder.toString(),
                "--checkpoint",
                "PT1S");
        assertThat(env.execute().getNetRuntime()).isPositive();

        List<JsonNode> sessions = rows("verdicts").stream()
                .filter(row -> row.get("unit").asText().equals("session"))
                .toList();
        assertThat(sessions).hasSizeGreaterThan(200);
        assertThat(sessions.stream().map(row -> row.get("id").asText())).doesNotHaveDuplicates();
        long anomalous = sessions.stream()
                .filter(row -> row.get("anomalous").asBoolean())
                .count();
        List<JsonNode> findings = rows("findings").stream()
                .filter(row -> row.get("unit").asText().equals("session"))
                .toList();
        assertThat(findings).hasSize((int) anomalous).isNotEmpty();
        assertThat(findings)
                .allSatisfy(row -> assertThat(row.get("reason").asText()).isNotEmpty());
        assertThat(rows("late")).isEmpty();
    }

    private List<JsonNode> rows(String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        Path written = folder.resolve(name);
        if (!Files.exists(written)) {
            return rows;
        }
        try (Stream<Path> files = Files.walk(written)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    rows.add(new ObjectMapper().readTree(line));
                }
            }
        }
        return rows;
    }
}
