package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code sample} on a log without sessions, and what trains and judges with the sample. */
@Tag("long")
class StreamSampleProgramTest {
    private static final List<String> MODELS = List.of(
            "text_autoencoder_model/encoder.h5",
            "text_autoencoder_model/decoder.h5",
            "anomaly_trained_model/detector.h5",
            "anomaly_trained_model/known_vectors.npy",
            "anomaly_trained_model/later_vectors.npy",
            "anomaly_trained_model/known_messages.txt",
            "anomaly_trained_model/evidence.json",
            "anomaly_trained_model/validation_scores.csv");

    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    static void sample() throws IOException {
        // A line every two minutes for eleven days, of seven common messages, and a rare one now and then.
        List<String> log = IntStream.range(0, 8_000)
                .mapToObj(i -> {
                    int second = 120 * i;
                    String message = i % 400 == 399
                            ? "odd ".repeat(1 + i / 400) + "remark"
                            : "step " + "abcdefg".charAt(i % 7) + "y took " + i % 13 + " ms";
                    return String.format(
                            "2201%02d %02d%02d%02d %s",
                            10 + second / 86_400, second / 3600 % 24, second / 60 % 60, second % 60, message);
                })
                .toList();
        Files.write(folder.resolve("app.log"), log);
        // Small networks, which learn little: what is compared are files.
        Files.writeString(folder.resolve("text.yml"), "min_steps_per_epoch: 30\nepochs: 1\n");
        Files.writeString(folder.resolve("detector.yml"), "lstm_hidden_size: 8\nepochs: 1\n");
        succeed("sample", "--input", "app.log", "--format", "utah", "--output", "all.sample");
        succeed(
                "sample",
                "--input",
                "app.log",
                "--format",
                "utah",
                "--size",
                ".1",
                "--stretch",
                "200",
                "--output",
                "some.sample");
        train("log", "--input", "app.log", "--format", "utah");
        train("all", "--input", "all.sample");
        String said = train("some", "--input", "some.sample");
        assertThat(said)
                .contains("stretches of up to 200 lines")
                .contains("does not teach: silence of messages that come less often than every");
    }

    /** Returns what the programs say. */
    private static String train(String data, String... inputs) {
        List<String> prepare = new ArrayList<>(List.of("prepare", "--data-dir", data));
        prepare.addAll(Arrays.asList(inputs));
        return succeed(prepare.toArray(String[]::new))
                + succeed("train-text", "--data-dir", data, "--config", "text.yml")
                + succeed("encode", "--data-dir", data)
                + succeed("train-detector", "--data-dir", data, "--config", "detector.yml")
                + succeed("eval", "--data-dir", data);
    }

    private static String succeed(String... arguments) {
        ProgramRun run = ProgramRun.in(folder, arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run.out() + run.err();
    }

    /** Line, score, threshold, verdict, label and source; ids come from bytes, which a sample does not know. */
    private static List<String> verdicts(String data) throws IOException {
        return Files.readAllLines(folder.resolve(data).resolve("eval_results/anomaly_scores.csv")).stream()
                .map(row -> String.join(",", List.of(row.split(",", 7)).subList(0, 6)))
                .toList();
    }

    private static JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(file).toFile());
    }

    @Test
    void a_sample_that_holds_all_gives_the_models_and_scores_of_the_log_to_the_bit() throws IOException {
        assertThat(MODELS).allSatisfy(file -> assertThat(folder.resolve("all").resolve(file))
                .hasSameBinaryContentAs(folder.resolve("log").resolve(file)));
        assertThat(verdicts("all")).isEqualTo(verdicts("log")).hasSizeGreaterThan(1_000);
        assertThat(json("all/anomaly_trained_model/metadata.json").has("not_learnt")).isFalse();
    }

    @Test
    void a_sample_of_some_stretches_knows_all_messages_and_what_hours_of_the_whole_log_had() throws IOException {
        JsonNode prepared = json("some/prepared_data/prepared.json");
        assertThat(prepared.get("share").asDouble()).isBetween(.1, .5);
        String known = Files.readString(folder.resolve("some/anomaly_trained_model/known_messages.txt"));
        assertThat(known.lines().filter(line -> line.contains("odd")).count())
                .isGreaterThanOrEqualTo(8);
        JsonNode drop = json("some/anomaly_trained_model/evidence.json").at("/kinds/drop");
        JsonNode whole = json("log/anomaly_trained_model/evidence.json").at("/kinds/drop");
        // 30 lines an hour, on all days of training.
        assertThat(drop.get("hours").size()).isEqualTo(whole.get("hours").size()).isPositive();
        assertThat(json("some/anomaly_trained_model/metadata.json").get("not_learnt").size())
                .isPositive();
    }

    @Test
    void its_test_part_is_judged_and_explained_stretch_by_stretch() throws IOException {
        succeed("analyze", "--data-dir", "some");
        assertThat(folder.resolve("some/eval_results/statistics.json")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("some/eval_results/anomalies.jsonl")))
                .isNotEmpty();
    }
}
