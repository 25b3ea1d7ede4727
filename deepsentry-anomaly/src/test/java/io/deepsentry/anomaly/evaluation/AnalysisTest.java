package io.deepsentry.anomaly.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.SmallData;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One small detector of sessions and one of lines, trained once; every test evaluates with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnalysisTest {
    private static final Map<String, ?> TINY =
            Map.of("epochs", 1, "lstm_hidden_size", 4, "sequence_length", 4, "dropout", 0.0);
    private static final List<String> TEST_SESSIONS =
            List.of("open write close", "open fail close", "open write close", "open open open open open");

    private final Path folder;
    private final Path keyed;
    private final Path lines;

    AnalysisTest(@TempDir Path folder) {
        this.folder = folder;
        keyed = folder.resolve("keyed");
        lines = folder.resolve("lines");
    }

    @BeforeAll
    void train() throws IOException {
        List<String> learn = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            learn.add(i % 3 == 0 ? "open write write close" : "open write close");
        }
        Files.createDirectories(keyed);
        train(new SmallData(keyed).sessions(learn, TEST_SESSIONS), keyed);
        Files.createDirectories(lines);
        train(new SmallData(lines).streams("a b c ".repeat(40).strip(), "a b c a b d a b c"), lines);
    }

    private static void train(SmallData data, Path at) throws IOException {
        Files.createDirectories(at.resolve("text_autoencoder_model"));
        Files.writeString(at.resolve("text_autoencoder_model/encoder.h5"), "an encoder");
        DetectorTraining.run(
                DetectorTrainSettings.from(data.config(DetectorTrainSettings.SCHEMA, TINY)), RunContext.quiet());
    }

    private static EvalSettings eval(Path at, Map<String, ?> given) {
        return EvalSettings.from(new SmallData(at).config(EvalSettings.SCHEMA, given));
    }

    private static AnalyzeSettings analyze(Path at, Map<String, ?> given) {
        return AnalyzeSettings.from(new SmallData(at).config(AnalyzeSettings.SCHEMA, given));
    }

    private Path labels(String... content) throws IOException {
        return Files.write(Files.createTempFile(folder, "labels", ".txt"), List.of(content));
    }

    private Path labels() throws IOException {
        return labels("blk_1001: 0", "blk_1002: 1", "blk_1003: 0", "blk_1004: 1");
    }

    private static JsonNode json(Path file) throws IOException {
        return new JsonMapper().readTree(file.toFile());
    }

    private static Metrics baseline(AnalysisResult result, String name) {
        return Objects.requireNonNull(result.baselines().get(name));
    }

    @Test
    void scoresAreThoseOfTheSessionsInOrder() throws IOException {
        Path out = folder.resolve("eval");
        EvalResult result = Evaluation.run(eval(keyed, Map.of("output_dir", out.toString())), RunContext.quiet());

        List<String> table = Files.readAllLines(out.resolve("anomaly_scores.csv"));
        assertThat(table.get(0)).isEqualTo("session,score,threshold,verdict,label,source,id,acknowledged_by");
        assertThat(table).hasSize(5);
        assertThat(table.get(2)).startsWith("blk_1002,").contains("test.log:4,");
        long anomalous = 0;
        try (VectorFile scores = VectorFile.open(out.resolve("anomaly_scores.pkl"))) {
            assertThat(scores.rows()).isEqualTo(4);
            assertThat(scores.columns()).isEqualTo(1);
            float[] score = new float[1];
            for (int i = 0; i < 4; i++) {
                scores.read(i, score, 0);
                String[] fields = table.get(i + 1).split(",", -1);
                assertThat(fields[0]).isEqualTo("blk_" + (1001 + i));
                double value = Double.parseDouble(fields[1]);
                assertThat((float) value).isEqualTo(score[0]);
                assertThat(fields[3]).isEqualTo(value > result.threshold().value() ? "anomalous" : "normal");
                assertThat(fields[4]).isEmpty();
                anomalous += fields[3].equals("anomalous") ? 1 : 0;
            }
        }
        assertThat(result.flagged()).isEqualTo(anomalous);
        assertThat(json(out.resolve("threshold.json")).path("threshold").asDouble())
                .isEqualTo(result.threshold().value());
        JsonNode statistics = json(out.resolve("statistics.json"));
        assertThat(statistics.path("count").asInt()).isEqualTo(4);
        assertThat(statistics.path("max").asDouble())
                .isEqualTo(result.statistics().max());
        assertThat(statistics.path("unit").asText()).isEqualTo("session");
    }

    @Test
    void figuresAgreeWithTheTableAndWithBaselinesByHand() throws IOException {
        Path out = folder.resolve("analysis");
        AnalysisResult result = Analysis.run(
                analyze(keyed, Map.of("output_dir", out.toString(), "labels_file", labels().toString())),
                RunContext.quiet());

        JsonNode metrics = json(out.resolve("metrics.json"));
        int[] counts = new int[4];
        for (String row : Files.readAllLines(out.resolve("anomaly_scores.csv")).subList(1, 5)) {
            String[] fields = row.split(",", -1);
            boolean flagged = fields[3].equals("anomalous");
            boolean anomaly = fields[4].equals("anomaly");
            counts[(flagged ? 0 : 2) + (anomaly == flagged ? 0 : 1)]++;
        }
        assertThat(metrics.path("confusion").toString())
                .isEqualTo("{\"tp\":" + counts[0] + ",\"fp\":" + counts[1] + ",\"tn\":" + counts[2] + ",\"fn\":"
                        + counts[3] + "}");
        assertThat(metrics.path("unit").asText()).isEqualTo("session");
        assertThat(metrics.path("protocol").asText()).contains("separate test log");
        assertThat(metrics.path("threshold_source").asText()).contains("validation sessions");
        assertThat(baseline(result, "flag_everything").confusion()).isEqualTo(new ConfusionMatrix(2, 2, 0, 0));
        assertThat(baseline(result, "new_event").confusion()).isEqualTo(new ConfusionMatrix(1, 0, 2, 1));
        assertThat(baseline(result, "count_vector").confusion()).isEqualTo(new ConfusionMatrix(2, 0, 2, 0));
        assertThat(baseline(result, "new_event").aucRoc()).isEqualTo(0.75);
        assertThat(metrics.path("baselines").path("count_vector").path("f1").asDouble())
                .isEqualTo(1);
        assertThat(out.resolve("roc_curve.png")).isNotEmptyFile();
        assertThat(out.resolve("precision_recall.png")).isNotEmptyFile();
        assertThat(out.resolve("confusion_matrix.png")).isNotEmptyFile();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).hasSize(13);
        }
    }

    @Test
    void givenThresholdIsUsedAndNamed() throws IOException {
        Path out = folder.resolve("given");
        AnalysisResult result = Analysis.run(
                analyze(
                        keyed,
                        Map.of("output_dir", out.toString(), "labels_file", labels().toString(), "threshold", -1000)),
                RunContext.quiet());
        assertThat(result.metrics().confusion()).isEqualTo(new ConfusionMatrix(2, 2, 0, 0));
        assertThat(result.metrics().thresholdSource()).isEqualTo("given");
        assertThat(result.protocol()).contains("the threshold was given");
        assertThat(json(out.resolve("threshold.json")).toString())
                .isEqualTo("{\"threshold\":-1000.0,\"method\":\"given\",\"validation_count\":0}");
    }

    @Test
    void sessionsWithoutALabelCountInNoFigure() throws IOException {
        Path some = labels("blk_1001: 0", "blk_1004: 1", "blk_9: 1");
        AnalysisResult result = Analysis.run(
                analyze(keyed, Map.of("output_dir", folder.resolve("some").toString(), "labels_file", some.toString())),
                RunContext.quiet());
        assertThat(result.unlabelled()).isEqualTo(2);
        assertThat(result.metrics().confusion().total()).isEqualTo(2);
        assertThat(result.eval().cases()).isEqualTo(4);
    }

    @Test
    void linesGetAScoreEach() throws IOException {
        Path out = folder.resolve("line-scores");
        EvalResult result = Evaluation.run(eval(lines, Map.of("output_dir", out.toString())), RunContext.quiet());
        assertThat(result.unit()).isEqualTo("line");
        List<String> table = Files.readAllLines(out.resolve("anomaly_scores.csv"));
        assertThat(table.get(0)).startsWith("line,score");
        assertThat(table).hasSize(10);
        assertThat(table.get(9)).startsWith("9,").contains("test.log:9,");
    }

    private static void assertRefused(
            AnalyzeSettings settings, Class<? extends DeepSentryException> type, int exitCode, String... words) {
        assertThatThrownBy(() -> Analysis.run(settings, RunContext.quiet()))
                .isExactlyInstanceOf(type)
                .hasMessageContainingAll(words)
                .extracting(e -> ((DeepSentryException) e).exitCode())
                .isEqualTo(exitCode);
    }

    @Test
    void labelsThatCannotBeUsedAreRefusedWithWhatWasFound() throws IOException {
        assertRefused(
                analyze(keyed, Map.of("labels_file", labels("other_1: 1").toString())),
                DataException.class,
                1,
                "none of its 1 sessions (such as other_1) is one of the 4",
                "blk_1001",
                "session_key");
        assertRefused(
                analyze(
                        keyed,
                        Map.of(
                                "labels_file",
                                labels("blk_1001: 0", "blk_1002: 0").toString())),
                DataException.class,
                1,
                "2 are labelled normal, 0 an anomaly and 2 not at all");
        assertRefused(
                analyze(keyed, Map.of()), MissingDataException.class, 3, "none of the 4 test sessions", "use eval");
        assertRefused(
                analyze(lines, Map.of("labels_file", labels().toString())),
                ConfigException.class,
                2,
                "without session_key");
    }

    @Test
    void detectorForOtherWindowsOrOfAnotherEncoderIsRefusedWithBothValues() throws IOException {
        assertThatThrownBy(() -> Evaluation.run(eval(keyed, Map.of("sequence_length", 10)), RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("which is 4, but was 10");
        Path other = Files.writeString(folder.resolve("other.h5"), "another encoder");
        assertThatThrownBy(() ->
                        Evaluation.run(eval(keyed, Map.of("text_encoder_model", other.toString())), RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("other.h5 has ")
                .hasMessageContaining("whose SHA-256 is ");
        assertThatThrownBy(() ->
                        Evaluation.run(eval(keyed, Map.of("text_encoder_model", "/no/such.h5")), RunContext.quiet()))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("/no/such.h5");
    }

    @Test
    void vectorsOfOtherDataAreRefused() {
        assertThatThrownBy(() -> Evaluation.run(
                        eval(
                                keyed,
                                Map.of(
                                        "encoded_test_data",
                                        lines.resolve("encoded_dataset/test_encoded.pkl")
                                                .toString())),
                        RunContext.quiet()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("do not belong together");
    }

    @Test
    void fieldsOfATableAreQuotedWhereTheyMust() {
        assertThat(Evaluation.quoted("plain name")).isEqualTo("plain name");
        assertThat(Evaluation.quoted("a,b")).isEqualTo("\"a,b\"");
        assertThat(Evaluation.quoted("say \"x\"\n")).isEqualTo("\"say \"\"x\"\"\n\"");
    }
}
