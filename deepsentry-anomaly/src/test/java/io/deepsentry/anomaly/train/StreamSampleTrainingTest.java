package io.deepsentry.anomaly.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.prepare.LogSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains on samples of a log without sessions, and on the log. */
@Tag("long")
class StreamSampleTrainingTest {
    private static final List<String> FILES = List.of(
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
    static void train() throws IOException {
        // A line every two minutes for eleven days, of seven common messages, and a rare one now and then.
        Path log = Files.write(
                folder.resolve("app.log"),
                IntStream.range(0, 8_000)
                        .mapToObj(i -> {
                            int second = 120 * i;
                            String message = i % 400 == 399
                                    ? "odd ".repeat(1 + i / 400) + "remark"
                                    : "step " + "abcdefg".charAt(i % 7) + "y took " + i % 13 + " ms";
                            return String.format(
                                    "2201%02d %02d%02d%02d %s",
                                    10 + second / 86_400, second / 3600 % 24, second / 60 % 60, second % 60, message);
                        })
                        .toList());
        train("log", log, "utah");
        train("all", sample(log, "all.sample", LogSample.DEFAULT_SIZE), "auto");
        train("some", sample(log, "some.sample", 100_000), "auto");
    }

    private static Path sample(Path log, String name, long size) {
        LogSample sample = LogSample.of(
                new LogSample.Reading("utah", null, null, ZoneId.of("UTC"), OnMalformed.ATTACH, null, 200),
                Redaction.SECRETS,
                size);
        try (LogReader reader = LogReader.builder().input(log).format("utah").open()) {
            reader.forEach(sample::add);
        }
        sample.write(folder.resolve(name));
        return folder.resolve(name);
    }

    private static void train(String data, Path input, String format) {
        // Small networks, which learn little: what is compared are files.
        Pipeline.run(
                PipelineSettings.builder()
                        .dataDir(folder.resolve(data))
                        .prepare(prepare -> prepare.inputs(input).format(format))
                        .textTraining(text -> text.epochs(1).minStepsPerEpoch(30))
                        .detectorTraining(detector -> detector.epochs(1).lstmHiddenSize(8))
                        .build(),
                RunContext.quiet());
    }

    private static JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve(file).toFile());
    }

    @Test
    void a_sample_that_holds_all_gives_the_models_and_scores_of_the_log_to_the_bit() throws IOException {
        assertThat(FILES).allSatisfy(file -> assertThat(folder.resolve("all").resolve(file))
                .hasSameBinaryContentAs(folder.resolve("log").resolve(file)));
        assertThat(verdicts("all")).isEqualTo(verdicts("log")).hasSizeGreaterThan(1_000);
        assertThat(json("all/anomaly_trained_model/metadata.json").has("not_learnt"))
                .isFalse();
    }

    /** Line, score, threshold, verdict, label and source; ids come from bytes, which a sample does not know. */
    private static List<String> verdicts(String data) throws IOException {
        return Files.readAllLines(folder.resolve(data).resolve("eval_results/anomaly_scores.csv")).stream()
                .map(row -> String.join(",", List.of(row.split(",", 7)).subList(0, 6)))
                .toList();
    }

    @Test
    void a_sample_of_some_stretches_knows_all_messages_and_what_hours_of_the_whole_log_had() throws IOException {
        assertThat(json("some/prepared_data/prepared.json").get("share").asDouble())
                .isBetween(.1, .5);
        String known = Files.readString(folder.resolve("some/anomaly_trained_model/known_messages.txt"));
        assertThat(known.lines().filter(line -> line.contains("odd")).count()).isGreaterThanOrEqualTo(8);
        JsonNode drop = json("some/anomaly_trained_model/evidence.json").at("/kinds/drop/hours");
        JsonNode whole = json("log/anomaly_trained_model/evidence.json").at("/kinds/drop/hours");
        // 30 lines an hour, on all days of training.
        assertThat(drop.size()).isEqualTo(whole.size()).isPositive();
        assertThat(json("some/anomaly_trained_model/metadata.json").get("not_learnt"))
                .isNotEmpty();
    }

    @Test
    void the_stretches_of_its_test_part_are_judged() throws IOException {
        JsonNode prepared = json("some/prepared_data/prepared.json");
        assertThat(verdicts("some")).hasSize(1 + prepared.at("/rows/test").asInt());
    }
}
