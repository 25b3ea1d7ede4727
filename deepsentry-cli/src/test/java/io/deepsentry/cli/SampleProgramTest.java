package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code sample}, and what trains and judges with samples. */
@Tag("long")
class SampleProgramTest {
    private static final List<String> MODELS = List.of(
            "text_autoencoder_model/encoder.h5",
            "text_autoencoder_model/decoder.h5",
            "anomaly_trained_model/detector.h5",
            "anomaly_trained_model/session_detector.h5",
            "anomaly_trained_model/known_vectors.npy",
            "anomaly_trained_model/known_messages.txt",
            "anomaly_trained_model/known_sessions.txt",
            "anomaly_trained_model/normal_sessions.json",
            "anomaly_trained_model/session_support.json",
            "anomaly_trained_model/session_edges.json",
            "anomaly_trained_model/evidence.json",
            "anomaly_trained_model/validation_scores.csv");

    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    static void sample() throws IOException {
        SyntheticLog.write(folder, 3_000);
        // Small networks, which learn little: what is compared are files.
        Files.writeString(folder.resolve("text.yml"), "min_steps_per_epoch: 30\nepochs: 1\n");
        Files.writeString(folder.resolve("detector.yml"), "lstm_hidden_size: 8\nepochs: 1\n");
        List<String> log = Files.readAllLines(folder.resolve("app.log"));
        // In the middle of sessions.
        Files.write(folder.resolve("first.log"), log.subList(0, 9_001));
        Files.write(folder.resolve("second.log"), log.subList(9_001, log.size()));
        for (String part : List.of("first", "second")) {
            sample(part + ".log", part + ".sample", "64");
            sample(part + ".log", part + "-some.sample", "1");
        }
        train("log", "--input", "app.log", "--format", "utah", "--session-key", SyntheticLog.SESSION_KEY);
        train("all", "--input", "second.sample", "first.sample");
        train("some", "--input", "second-some.sample", "first-some.sample");
    }

    private static void sample(String log, String file, String size) {
        succeed(
                "sample",
                "--input",
                log,
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--size",
                size,
                "--output",
                file);
    }

    private static void train(String data, String... inputs) {
        List<String> prepare = new ArrayList<>(List.of("prepare", "--data-dir", data, "--labels", "labels.txt"));
        prepare.addAll(List.of(inputs));
        succeed(prepare.toArray(String[]::new));
        succeed("train-text", "--data-dir", data, "--config", "text.yml");
        succeed("encode", "--data-dir", data);
        succeed("train-detector", "--data-dir", data, "--config", "detector.yml");
        succeed("eval", "--data-dir", data);
    }

    private static void succeed(String... arguments) {
        ProgramRun run = ProgramRun.in(folder, arguments);
        assertThat(run.code()).as(run.err()).isZero();
    }

    private static JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(file).toFile());
    }

    @Test
    void samples_of_parts_give_the_models_of_the_log_to_the_bit() {
        assertThat(MODELS).allSatisfy(file -> assertThat(folder.resolve("all").resolve(file))
                .hasSameBinaryContentAs(folder.resolve("log").resolve(file)));
    }

    @Test
    void samples_of_parts_give_the_verdicts_of_the_log_to_the_bit() throws IOException {
        assertThat(verdicts("all")).isEqualTo(verdicts("log")).hasSizeGreaterThan(100);
    }

    /** Session, score, threshold and verdict; where the lines are differs, as the parts are files of their own. */
    private static List<String> verdicts(String data) throws IOException {
        return Files.readAllLines(folder.resolve(data).resolve("eval_results/anomaly_scores.csv")).stream()
                .map(row -> String.join(",", List.of(row.split(",", 5)).subList(0, 4)))
                .sorted()
                .toList();
    }

    @Test
    void a_sample_of_some_sessions_finds_what_is_broken() throws IOException {
        JsonNode prepared = json("some/prepared_data/prepared.json");
        assertThat(prepared.get("share").asDouble()).isBetween(0.5, 0.99);
        succeed("analyze", "--data-dir", "some");
        JsonNode metrics = json("some/eval_results/metrics.json");
        assertThat(metrics.at("/confusion/tp").asInt()).isPositive();
        assertThat(metrics.at("/confusion/fn").asInt()).isZero();
        assertThat(metrics.at("/confusion/fp").asInt()).isLessThan(5);
    }

    @Test
    void how_often_lines_come_is_not_learned_from_some_sessions() throws IOException {
        assertThat(folder.resolve("log/anomaly_trained_model/whole_log_evidence.json"))
                .isNotEmptyFile();
        assertThat(folder.resolve("some/anomaly_trained_model/whole_log_evidence.json"))
                .doesNotExist();
        assertThat(json("some/anomaly_trained_model/metadata.json").get("share").asDouble())
                .isLessThan(1);
        assertThat(json("all/anomaly_trained_model/metadata.json").has("share")).isFalse();
    }

    @Test
    void what_is_kept_is_shown() {
        ProgramRun run = ProgramRun.in(
                folder,
                "sample",
                "--input",
                "app.log",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--size",
                "1",
                "--output",
                "shown.sample");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("shown.sample").contains(" of 18,000 lines");
        assertThat(run.err()).contains("18,000 lines: 18,000 events");
    }

    @Test
    void stretches_that_are_kept_of_a_log_without_sessions_are_shown() {
        ProgramRun run = ProgramRun.in(
                folder, "sample", "--input", "app.log", "--size", ".3", "--stretch", "100", "--output", "lines.sample");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("lines.sample")
                .containsPattern("kept +[0-9]+ stretches in [0-9,]+ of 18,000 lines");
        ProgramRun prepared = ProgramRun.in(folder, "prepare", "--input", "lines.sample", "--data-dir", "lines");
        assertThat(prepared.code()).as(prepared.err()).isZero();
        assertThat(prepared.err()).contains("stretches of up to 100 lines");
    }

    @Test
    void wrong_use_is_explained() {
        ProgramRun auto =
                ProgramRun.in(folder, "sample", "--input", "app.log", "--session-key", "auto", "--output", "no.sample");
        assertThat(auto.code()).isEqualTo(2);
        assertThat(auto.err()).contains("must have the same --session-key, so name it, or leave it out");
        ProgramRun both = ProgramRun.in(
                folder,
                "sample",
                "--input",
                "app.log",
                "--session-key",
                "(r)",
                "--stretch",
                "100",
                "--output",
                "no.sample");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--stretch is for logs without sessions");
        ProgramRun none =
                ProgramRun.in(folder, "sample", "--input", "app.log", "--stretch", "0", "--output", "no.sample");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("--stretch must be from 1 to 1000000, but was 0");
        ProgramRun large = ProgramRun.in(
                folder,
                "sample",
                "--input",
                "app.log",
                "--session-key",
                "(r)",
                "--size",
                "2000",
                "--output",
                "no.sample");
        assertThat(large.code()).isEqualTo(2);
        assertThat(large.err()).contains("--size must be from 0.01 to 1024, but was 2000");
        ProgramRun again = ProgramRun.in(
                folder, "sample", "--input", "first.sample", "--session-key", "(r)", "--output", "no.sample");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("first.sample is already a sample");
        ProgramRun mixed = ProgramRun.in(folder, "prepare", "--input", "first.sample", "app.log");
        assertThat(mixed.code()).isEqualTo(2);
        assertThat(mixed.err()).contains("app.log is not a sample");
        assertThat(folder.resolve("no.sample")).doesNotExist();
    }
}
