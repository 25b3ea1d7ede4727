package io.deepsentry.anomaly.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.internal.detector.LineScores;
import io.deepsentry.anomaly.internal.detector.TrainedDetector;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.anomaly.score.BidirectionalLstmAnomalyDetectorHandle;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.onnx.Precision;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.encode.TextEncoderHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationTest {
    private static final List<String> NORMAL = List.of("open file", "write block", "close file");

    private static Path folder;
    /** A data folder of sessions, of which blk_1003 has a message that is new and blk_1005 lacks one. */
    private static Path data;
    /**
     * A data folder of a stream; validation has a message that training did not have, the test part has that and one
     * that is new.
     */
    private static Path stream;

    private int second;

    @BeforeAll
    static void train(@TempDir Path temporary) throws IOException {
        folder = temporary;
        data = folder.resolve("data");
        stream = folder.resolve("stream");
        new QuantizationTest().learn();
    }

    private void learn() throws IOException {
        List<String> learn = new ArrayList<>();
        List<String> test = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            learn.addAll(session(i, NORMAL));
        }
        for (int i = 1001; i <= 1008; i++) {
            test.addAll(session(
                    i,
                    i == 1003
                            ? List.of("open file", "disk failure", "close file")
                            : i == 1005 ? List.of("open file", "close file") : NORMAL));
        }
        run(data, learn, test, Map.of("--session-key", "(blk_\\d+)", "--labels", labels()));

        learn.clear();
        test.clear();
        for (int i = 0; i < 100; i++) {
            NORMAL.forEach(message -> learn.add(line(message)));
            if (i > 90) {
                learn.add(line("rotate log"));
            }
        }
        for (int i = 0; i < 10; i++) {
            NORMAL.forEach(message -> test.add(line(message)));
            if (i > 6) {
                test.add(line(i == 8 ? "disk failure in close of file" : "rotate log"));
            }
        }
        run(stream, learn, test, Map.of());
    }

    private String line(String message) {
        second++;
        return String.format("081109 %02d%02d%02d %s", second / 3600, second / 60 % 60, second % 60, message);
    }

    private List<String> session(int number, List<String> messages) {
        return messages.stream()
                .map(message -> line(message + " blk_" + number))
                .toList();
    }

    private static String labels() throws IOException {
        List<String> labels = new ArrayList<>();
        for (int i = 1001; i <= 1008; i++) {
            labels.add("blk_" + i + ": " + (i == 1003 || i == 1005 ? 1 : 0));
        }
        return Files.write(folder.resolve("labels.txt"), labels).toString();
    }

    private static void run(Path root, List<String> learn, List<String> test, Map<String, ?> more) throws IOException {
        Files.createDirectories(root);
        Map<String, Object> flags = new LinkedHashMap<>(Map.of(
                "--input",
                List.of(Files.write(root.resolve("learn.log"), learn).toString()),
                "--test",
                Files.write(root.resolve("test.log"), test).toString(),
                "--format",
                "utah",
                "--epochs",
                2,
                "--output-dir",
                root.toString()));
        flags.putAll(more);
        PipelineSummary unused = Pipeline.run(
                PipelineSettings.load(null, new Sources(flags, Map.of("DEEPSENTRY_GPU", "0"), null)),
                RunContext.quiet());
    }

    private static Path quantized(Path root, String name) {
        Path small = folder.resolve(name);
        List<Quantization.Written> unused = Quantization.run(root, small, Precision.INT8, RunContext.quiet());
        DatasetEncoding.Result encoded =
                DatasetEncoding.run(settings(small, EncodeSettings.SCHEMA, EncodeSettings::from), RunContext.quiet());
        assertThat(encoded).isNotNull();
        return small;
    }

    private static <T> T settings(Path small, ConfigSchema schema, Function<Config, T> from) {
        return from.apply(Config.load(small.resolve(Quantization.CONFIG), schema, Sources.none()));
    }

    private static EvalResult eval(Path small) {
        return Evaluation.run(settings(small, EvalSettings.SCHEMA, EvalSettings::from), RunContext.quiet());
    }

    private static List<String> verdicts(Path root) throws IOException {
        return Files.readAllLines(root.resolve("eval_results/anomaly_scores.csv")).stream()
                .skip(1)
                .map(row -> row.split(",", -1))
                .map(row -> row[0] + " " + row[3])
                .toList();
    }

    /** What is said of each anomaly: of whom, which kind, and of which message. */
    private static List<String> reasons(Path root) throws IOException {
        List<String> reasons = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("eval_results").resolve(EvalResult.ANOMALIES))) {
            JsonNode explanation = new JsonMapper().readTree(line).path("explanation");
            reasons.add(explanation.path("first_line").asText() + " "
                    + explanation.path("kind").asText() + " "
                    + explanation.path("message").asText() + " "
                    + explanation.path("missing").asText());
        }
        return reasons;
    }

    @Test
    void sessionsAreJudgedExplainedAndForgivenAsBefore() throws IOException {
        List<String> before = verdicts(data);
        List<String> reasonsBefore = reasons(data);
        assertThat(before).contains("blk_1003 anomalous", "blk_1005 anomalous", "blk_1001 normal");

        Path small = quantized(data, "sessions");
        AnalysisResult figures =
                Analysis.run(settings(small, AnalyzeSettings.SCHEMA, AnalyzeSettings::from), RunContext.quiet());

        assertThat(figures.metrics().confusion().f1()).isEqualTo(1);
        assertThat(verdicts(small)).isEqualTo(before);
        assertThat(reasons(small)).isEqualTo(reasonsBefore);

        FeedbackSettings feedback = settings(small, FeedbackSettings.SCHEMA, FeedbackSettings::from);
        String alert = new JsonMapper()
                .readTree(Files.readAllLines(small.resolve("eval_results").resolve(EvalResult.ANOMALIES))
                        .get(0))
                .path("id")
                .asText();
        FeedbackRecord unused = Feedback.acknowledge(
                feedback.feedbackFile(), AlertRecords.find(alert, feedback.alertFiles()), null, Instant.EPOCH);
        assertThat(eval(small).flagged()).isEqualTo(1);
    }

    @Test
    void whatWasAcknowledgedBeforeIsAcknowledgedAfter() throws IOException {
        String alert = new JsonMapper()
                .readTree(Files.readAllLines(data.resolve("eval_results").resolve(EvalResult.ANOMALIES))
                        .get(0))
                .path("id")
                .asText();
        Path file = data.resolve(Feedback.FILE);
        FeedbackRecord unused = Feedback.acknowledge(
                file,
                AlertRecords.find(alert, List.of(data.resolve("eval_results").resolve(EvalResult.ANOMALIES))),
                null,
                Instant.EPOCH);
        try {
            assertThat(eval(quantized(data, "acknowledged")).flagged()).isEqualTo(1);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void linesOfAStreamAreJudgedAndExplainedAsBefore() throws IOException {
        Path small = quantized(stream, "lines");
        Sources threshold = new Sources(Map.of("threshold", 5.0), Map.of("DEEPSENTRY_GPU", "0"), stream);

        EvalResult before =
                Evaluation.run(EvalSettings.from(Config.defaults(EvalSettings.SCHEMA, threshold)), RunContext.quiet());
        EvalResult after = Evaluation.run(
                EvalSettings.from(Config.load(small.resolve(Quantization.CONFIG), EvalSettings.SCHEMA, threshold)),
                RunContext.quiet());

        assertThat(before.flagged()).isEqualTo(1);
        assertThat(after.flagged()).isEqualTo(1);
        assertThat(verdicts(small)).isEqualTo(verdicts(stream));
        assertThat(reasons(small))
                .isEqualTo(reasons(stream))
                .singleElement()
                .asString()
                .contains("disk failure");
        float[] scoresBefore = scores(stream);
        float[] scoresAfter = scores(small);
        for (int i = 0; i < scoresBefore.length; i++) {
            assertThat((double) scoresAfter[i]).as("line %d", i + 1).isCloseTo(scoresBefore[i], offset(0.5));
        }
    }

    @Test
    void everyVectorInADetectorsFolderIsTheNewEncoders() throws IOException {
        Path small = folder.resolve("vectors");
        List<Quantization.Written> unused = Quantization.run(stream, small, Precision.INT8, RunContext.quiet());
        Path before = stream.resolve("anomaly_trained_model");
        Path after = small.resolve("anomaly_trained_model");
        try (Stream<Path> files = Files.list(after);
                TextEncoderHandle encoder =
                        TextEncoderHandle.open(small.resolve("text_autoencoder_model/encoder_quantized.onnx"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".npy"))
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(TrainedDetector.KNOWN_VECTORS, LineScores.FILE);
            assertThat(Npy.read(after.resolve(LineScores.FILE)).toMatrix().row(0))
                    .isEqualTo(encoder.encode("rotate log"));
            assertThat(Npy.read(after.resolve(LineScores.FILE)))
                    .isNotEqualTo(Npy.read(before.resolve(LineScores.FILE)));
            assertThat(Files.readAllLines(after.resolve(TrainingTexts.FILE)))
                    .isEqualTo(Files.readAllLines(before.resolve(TrainingTexts.FILE)))
                    .containsExactlyInAnyOrderElementsOf(NORMAL);
            Matrix known =
                    Npy.read(after.resolve(TrainedDetector.KNOWN_VECTORS)).toMatrix();
            for (int row = 0; row < known.rows(); row++) {
                assertThat(known.row(row))
                        .isEqualTo(encoder.encodeIdentities(Files.readAllLines(after.resolve(TrainingTexts.FILE)))
                                .row(row));
            }
        }
    }

    @Test
    void aFolderWhoseValidationPartIsAnotherIsRefused(@TempDir Path other) throws IOException {
        copy(stream, other);
        Files.writeString(other.resolve("prepared_data/val.txt"), "open file\n");
        assertThatThrownBy(() -> Quantization.run(other, folder.resolve("refused"), Precision.INT8, RunContext.quiet()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("1 of the 1 messages")
                .hasMessageContaining("val.txt");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static float[] scores(Path root) {
        return Pickle.readFloats(root.resolve("eval_results/anomaly_scores.pkl"))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aDataFolderBecomesOneThatScoresAlike(Precision precision) {
        Path small = folder.resolve("small_" + precision);
        List<Quantization.Written> written = Quantization.run(data, small, precision, RunContext.quiet());
        assertThat(written).hasSize(3).allSatisfy(each -> assertThat(each.to()).isNotEmptyFile());

        Path config = small.resolve(Quantization.CONFIG);
        DatasetEncoding.Result unused = DatasetEncoding.run(
                EncodeSettings.from(Config.load(config, EncodeSettings.SCHEMA, Sources.none())), RunContext.quiet());
        EvalResult eval = Evaluation.run(
                EvalSettings.from(Config.load(config, EvalSettings.SCHEMA, Sources.none())), RunContext.quiet());

        float[] before = scores(data);
        float[] after = scores(small);
        assertThat(after).hasSameSizeAs(before);
        double allowed = precision == Precision.INT8 ? 0.5 : 1e-3;
        for (int i = 0; i < before.length; i++) {
            assertThat((double) after[i]).isCloseTo(before[i], offset(allowed));
        }
        assertThat(eval.threshold().value())
                .isEqualTo(SessionScorer.open(data.resolve("anomaly_trained_model/detector.h5"))
                        .threshold()
                        .value());
        assertThat(ModelDirectory.read(small.resolve("anomaly_trained_model"))
                        .path("quantized_from")
                        .path("detector.h5")
                        .asText())
                .hasSize(64);
    }

    @Test
    void theNewEncoderIsNoneForTheOldDetector() {
        Path small = folder.resolve("mixed");
        List<Quantization.Written> unused = Quantization.run(data, small, Precision.INT8, RunContext.quiet());
        Config config = Config.defaults(
                EvalSettings.SCHEMA,
                new Sources(
                        Map.of(
                                "text_encoder_model",
                                small.resolve("text_autoencoder_model/encoder_quantized.onnx")
                                        .toString()),
                        Map.of(),
                        data));
        assertThatThrownBy(() -> Evaluation.run(EvalSettings.from(config), RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("text encoder it was trained on");
    }

    @Test
    void aFileBecomesAFileThatTheHandleOpens() {
        Path encoder = folder.resolve("encoder_quantized.onnx");
        Path original = data.resolve("text_autoencoder_model/encoder.h5");
        List<Quantization.Written> unused = Quantization.run(original, encoder, Precision.INT8, RunContext.quiet());
        try (TextEncoderHandle before = TextEncoderHandle.open(original);
                TextEncoderHandle after = TextEncoderHandle.open(encoder)) {
            assertThat(after.vocabulary()).isEqualTo(before.vocabulary());
            assertThat(after.identity().masking()).isEqualTo(before.identity().masking());
            assertThat(after.identity().learned()).isEqualTo(before.identity().learned());
            float[] expected = before.encode("write block blk_7");
            float[] found = after.encode("write block blk_7");
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                error += Math.abs(expected[i] - found[i]) / expected.length;
            }
            assertThat(error).isPositive().isLessThan(0.02);
        }
        Path detector = folder.resolve("detector_quantized.onnx");
        List<Quantization.Written> detectors = Quantization.run(
                data.resolve("anomaly_trained_model/detector.h5"), detector, Precision.INT8, RunContext.quiet());
        assertThat(detectors).singleElement().satisfies(each -> assertThat(each.bytes())
                .isLessThan(each.bytesBefore() / 2));
        try (BidirectionalLstmAnomalyDetectorHandle handle = BidirectionalLstmAnomalyDetectorHandle.open(detector)) {
            assertThat(handle.dimension()).isEqualTo(128);
            assertThat(handle.anomalyScore(new float[handle.sequenceLength()][128]))
                    .isNotNaN();
        }
    }

    @Test
    void whatCannotBeMadeIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> Quantization.run(empty, folder.resolve("out"), Precision.INT8, RunContext.quiet()))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("no models");
        assertThatThrownBy(() -> Quantization.run(data, data, Precision.INT8, RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("another folder");
        assertThatThrownBy(() -> Quantization.run(
                        data.resolve("anomaly_trained_model/detector.h5"),
                        folder.resolve("x.h5"),
                        Precision.INT8,
                        RunContext.quiet()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".onnx");
    }
}
