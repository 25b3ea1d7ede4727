package io.deepsentry.anomaly.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.SmallData;
import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.ConfusionMatrix;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.internal.detector.TrainingSessions;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A detector of sessions and one of lines, trained once; what they flag is explained and acknowledged. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FeedbackTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Map<String, ?> TRAINING =
            Map.of("epochs", 12, "lstm_hidden_size", 12, "sequence_length", 4, "dropout", 0.0, "learning_rate", 0.01);
    private static final List<String> TEST = List.of(
            "open read write close",
            "open read fail write close",
            "open read fail write close",
            "open fail read write close",
            "open read fail fail write close",
            "open read crash write close",
            "open read fail crash write close",
            "open read write write",
            "open read write write",
            "open",
            "open read write close",
            "close open read write",
            "close open read write write",
            "write open read close",
            "close open read fail write");

    private final Path keyed;
    private final Path lines;

    FeedbackTest(@TempDir Path folder) {
        keyed = folder.resolve("keyed");
        lines = folder.resolve("lines");
    }

    @BeforeAll
    void train() throws IOException {
        List<String> learn = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            learn.add(i % 3 == 0 ? "open read write write close" : "open read write close");
        }
        Files.createDirectories(keyed);
        train(new SmallData(keyed).sessions(learn, TEST), keyed);
        Files.createDirectories(lines);
        train(new SmallData(lines).streams("a b c ".repeat(150).strip(), "a b c a x y a b c a x c a b z a b c"), lines);
    }

    private static void train(SmallData data, Path at) throws IOException {
        Files.createDirectories(at.resolve("text_autoencoder_model"));
        Files.writeString(at.resolve("text_autoencoder_model/encoder.h5"), "an encoder");
        DetectorTraining.run(
                DetectorTrainSettings.from(data.config(DetectorTrainSettings.SCHEMA, TRAINING)), RunContext.quiet());
    }

    private static EvalResult eval(Path at, Path feedback) {
        return Evaluation.run(
                EvalSettings.from(
                        new SmallData(at).config(EvalSettings.SCHEMA, Map.of("feedback_file", feedback.toString()))),
                RunContext.quiet());
    }

    private static Path anomalies(Path at) {
        return at.resolve("eval_results").resolve(EvalResult.ANOMALIES);
    }

    private static List<JsonNode> found(Path at) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : Files.readAllLines(anomalies(at))) {
            found.add(new JsonMapper().readTree(line));
        }
        return found;
    }

    /** The verdict on each case, by its name; of one that is acknowledged the acknowledgement too. */
    private static Map<String, String> verdicts(Path at, Path feedback) throws IOException {
        eval(at, feedback);
        Map<String, String> verdicts = new LinkedHashMap<>();
        List<String> table = Files.readAllLines(at.resolve("eval_results/anomaly_scores.csv"));
        for (String row : table.subList(1, table.size())) {
            String[] fields = row.split(",", -1);
            verdicts.put(fields[0], fields[3] + (fields[7].isEmpty() ? "" : " by " + fields[7]));
        }
        return verdicts;
    }

    private static AlertRecord alert(Path at, String session) throws IOException {
        for (JsonNode each : found(at)) {
            if (each.path("session").asText().equals(session)) {
                return AlertRecords.find(each.path("id").asText(), List.of(anomalies(at)));
            }
        }
        throw new AssertionError(session + " raised no alarm");
    }

    @Test
    void sessionsAndLinesOfOneReasonAreOneFinding(@TempDir Path folder) throws IOException {
        for (Path at : List.of(keyed, lines)) {
            EvalResult result = eval(at, folder.resolve("none.jsonl"));
            Map<String, Finding> byId = new HashMap<>();
            result.findings().forEach(finding -> byId.put(finding.id(), finding));
            Map<String, Long> rows = new HashMap<>();
            for (JsonNode row : found(at)) {
                String id = row.path("finding").asText();
                Finding finding = Objects.requireNonNull(byId.get(id), "each row is of a finding");
                assertThat(finding.highestScore())
                        .isGreaterThanOrEqualTo(row.path("score").asDouble());
                assertThat(row.path("level").asText()).isIn("critical", "warning");
                rows.merge(id, 1L, Long::sum);
            }
            assertThat(rows.keySet()).isEqualTo(byId.keySet());
            assertThat(result.findings().stream().mapToLong(Finding::count).sum())
                    .isEqualTo(result.flagged() + result.wholeLog().findings());
            JsonNode written = new JsonMapper()
                    .readTree(result.outputDir().resolve(EvalResult.FINDINGS).toFile());
            assertThat(written.path("data").path("flagged").asLong()).isEqualTo(result.flagged());
            assertThat(written.path("findings"))
                    .extracting(each -> each.path("id").asText())
                    .containsExactlyElementsOf(
                            result.findings().stream().map(Finding::id).toList());
        }
        EvalResult sessions = eval(keyed, folder.resolve("none.jsonl"));
        // What is found in the log as a whole has no session.
        assertThat(sessions.findings().stream().filter(each -> each.sessions().number() > 0))
                .hasSizeLessThan((int) sessions.flagged())
                .allSatisfy(finding -> assertThat(finding.sessions().number()).isEqualTo(finding.count()))
                .anySatisfy(finding -> assertThat(finding.key().kind()).isEqualTo(EvidenceKind.NEW_MESSAGE));
    }

    @Test
    void aRealFaultIsCriticalAndStaysAnAlarmWhateverIsAcknowledged(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("feedback.jsonl");
        eval(keyed, file);
        JsonNode first = found(keyed).get(0);
        String finding = first.path("finding").asText();
        String session = first.path("session").asText();
        AlertRecord alert = alert(keyed, session);
        Feedback.acknowledge(file, alert, null, NOW);
        FeedbackRecord real = Feedback.confirm(
                file, AlertRecords.find(finding.substring(0, 6), List.of(anomalies(keyed))), "an outage", NOW);
        assertThat(real.alert()).isEqualTo(finding);

        eval(keyed, file);
        assertThat(found(keyed).stream()
                        .filter(each -> each.path("finding").asText().equals(finding)))
                .isNotEmpty()
                .allSatisfy(each -> {
                    assertThat(each.path("level").asText()).isEqualTo("critical");
                    assertThat(each.path("verdict").asText()).isEqualTo("anomalous");
                });
        Feedback.revoke(file, Integer.toString(real.id()), NOW);
        assertThat(verdicts(keyed, file)).containsEntry(session, "normal by 1");
    }

    @Test
    void aRealFaultIsNotMarkedAsNormalBeforeThatIsTakenBack(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("feedback.jsonl");
        eval(keyed, file);
        JsonNode first = found(keyed).get(0);
        String finding = first.path("finding").asText();
        AlertRecord alert = alert(keyed, first.path("session").asText());
        AlertRecord all = AlertRecords.find(finding, List.of(anomalies(keyed)));
        JsonNode different = found(keyed).stream()
                .filter(each -> !each.path("finding").asText().equals(finding)
                        && each.path("session").isTextual())
                .findFirst()
                .orElseThrow();
        AlertRecord other = alert(keyed, different.path("session").asText());
        Feedback.confirm(file, all, "an outage", NOW);

        assertThatThrownBy(() -> Feedback.acknowledge(file, all, null, NOW))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("it is on record as a real fault (number 1 in " + file + ", \"an outage\")")
                .hasMessageEndingWith("deepsentry feedback --revoke 1");
        assertThatThrownBy(() -> Feedback.acknowledge(file, List.of(other, alert), null, NOW))
                .as("an alert of that finding")
                .hasMessageContaining(alert.id() + " cannot be marked as normal: its finding " + finding);
        assertThat(Feedback.read(file).records()).as("all or none").hasSize(1);

        Feedback.revoke(file, "1", NOW);
        assertThat(Feedback.acknowledge(file, List.of(other, alert), null, NOW))
                .extracting(FeedbackRecord::id)
                .containsExactly(2, 3);
    }

    @Test
    void equalAndNearlyEqualAlarmsAreSilentAndDifferentOnesAreNot(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        Map<String, String> before = verdicts(keyed, file);
        assertThat(before.get("blk_1001")).isEqualTo("normal");
        for (int i = 1002; i <= 1010; i++) {
            assertThat(before.get("blk_" + i)).as("blk_%d", i).isEqualTo("anomalous");
        }

        FeedbackRecord record = Feedback.acknowledge(file, alert(keyed, "blk_1002"), "a retry", NOW);
        Map<String, String> after = verdicts(keyed, file);

        assertThat(record.id()).isEqualTo(1);
        assertThat(after.get("blk_1002")).as("the alarm itself").isEqualTo("normal by 1");
        assertThat(after.get("blk_1003")).as("an equal one").isEqualTo("normal by 1");
        assertThat(after.get("blk_1004")).as("the same at another place").isEqualTo("normal by 1");
        assertThat(after.get("blk_1005")).as("more often").isEqualTo("anomalous");
        assertThat(after.get("blk_1006")).as("another unknown message").isEqualTo("anomalous");
        assertThat(after.get("blk_1007")).as("the same and another").isEqualTo("anomalous");
        assertThat(after.get("blk_1008")).as("something missing").isEqualTo("anomalous");
        assertThat(after.get("blk_1010")).as("more missing").isEqualTo("anomalous");
    }

    @Test
    void whatIsMissingIsAcknowledgedForTheSameOnly(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        verdicts(keyed, file);
        Feedback.acknowledge(file, alert(keyed, "blk_1008"), null, NOW);

        Map<String, String> after = verdicts(keyed, file);

        assertThat(after.get("blk_1008")).isEqualTo("normal by 1");
        assertThat(after.get("blk_1009")).isEqualTo("normal by 1");
        assertThat(after.get("blk_1010")).as("more is missing").isEqualTo("anomalous");
        assertThat(after.get("blk_1002")).isEqualTo("anomalous");
    }

    @Test
    void aBrokenOrderIsAcknowledgedForTheSameMessagesOnly(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        Map<String, String> before = verdicts(keyed, file);
        for (int i = 1012; i <= 1015; i++) {
            assertThat(before.get("blk_" + i)).as("blk_%d", i).isEqualTo("anomalous");
        }
        JsonNode explanation = found(keyed).stream()
                .filter(each -> each.path("session").asText().equals("blk_1012"))
                .findFirst()
                .orElseThrow()
                .path("explanation");
        assertThat(explanation.path("kind").asText()).isEqualTo("unexpected_order");
        assertThat(explanation.path("kinds").get(0).asText()).isEqualTo("order");
        assertThat(explanation.path("reason").asText()).contains("came after", "close", "training sessions with both");

        Feedback.acknowledge(file, alert(keyed, "blk_1012"), null, NOW);

        Map<String, String> after = verdicts(keyed, file);
        assertThat(after.get("blk_1012")).isEqualTo("normal by 1");
        assertThat(after.get("blk_1013")).as("the same").isEqualTo("normal by 1");
        assertThat(after.get("blk_1014")).as("another order").isEqualTo("anomalous");
        assertThat(after.get("blk_1015")).as("and something more").isEqualTo("anomalous");
        assertThat(after.get("blk_1002")).isEqualTo("anomalous");
    }

    @Test
    void revokingBringsTheAlarmsBackAndRawScoresNeverChange(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        Map<String, String> before = verdicts(keyed, file);
        List<String> raw = scores();
        FeedbackRecord record = Feedback.acknowledge(file, alert(keyed, "blk_1002"), null, NOW);
        EvalResult heard = eval(keyed, file);
        assertThat(heard.acknowledged()).isEqualTo(3);
        assertThat(scores()).isEqualTo(raw);

        assertThat(Feedback.revoke(file, "1", NOW.plusSeconds(60)))
                .singleElement()
                .isEqualTo(record.revokedAt(NOW.plusSeconds(60)));

        assertThat(verdicts(keyed, file)).isEqualTo(before);
        assertThat(Feedback.read(file).isEmpty()).isTrue();
        assertThat(Feedback.read(file).records()).hasSize(1);
        assertThatThrownBy(() -> Feedback.revoke(file, "1", NOW))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("revoked already");
        FeedbackRecord again = Feedback.acknowledge(file, alert(keyed, "blk_1002"), null, NOW);
        assertThat(again.id()).as("a number is never given twice").isEqualTo(2);
        assertThat(Feedback.acknowledge(file, alert(keyed, "blk_1002"), null, NOW))
                .as("saying it twice changes nothing")
                .isEqualTo(again);
        FeedbackRecord commented = Feedback.acknowledge(file, alert(keyed, "blk_1002"), "a retry", NOW.plusSeconds(60));
        assertThat(commented.id()).isEqualTo(2);
        assertThat(commented.time()).isEqualTo(NOW);
        Feedback.acknowledge(file, alert(keyed, "blk_1002"), "a retry of the backup", NOW);
        Feedback.acknowledge(file, alert(keyed, "blk_1002"), null, NOW);
        assertThat(Feedback.read(file).records())
                .as("the last comment counts, and none takes nothing away")
                .extracting(FeedbackRecord::comment)
                .containsExactly(null, "a retry of the backup");
    }

    private List<String> scores() throws IOException {
        return Files.readAllLines(keyed.resolve("eval_results/anomaly_scores.csv")).stream()
                .map(row -> row.split(",", -1)[1])
                .toList();
    }

    @Test
    void figuresHearWhatWasSaid(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        Path labels = Files.write(folder.resolve("labels.txt"), List.of("blk_1001: 0", "blk_1002: 0", "blk_1006: 1"));
        eval(keyed, file);
        Feedback.acknowledge(file, alert(keyed, "blk_1002"), null, NOW);
        Map<String, ?> given = Map.of(
                "feedback_file", file.toString(),
                "labels_file", labels.toString(),
                "output_dir", folder.resolve("out").toString());

        AnalysisResult result = Analysis.run(
                AnalyzeSettings.from(new SmallData(keyed).config(AnalyzeSettings.SCHEMA, given)), RunContext.quiet());

        assertThat(result.metrics().confusion()).isEqualTo(new ConfusionMatrix(1, 0, 2, 0));
        assertThat(result.protocol()).contains("anomalies that users marked as normal");
    }

    @Test
    void aLineOfAStreamIsAcknowledgedAtItsPlace(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        eval(lines, file);
        JsonNode first = found(lines).get(0);
        assertThat(first.path("session").isNull()).isTrue();
        assertThat(first.path("explanation").path("first_line").asLong()).isEqualTo(5);
        Map<String, String> before = verdicts(lines, file);
        assertThat(before.get("5")).isEqualTo("anomalous");
        assertThat(before.get("11")).isEqualTo("anomalous");
        assertThat(before.get("15")).isEqualTo("anomalous");

        Feedback.acknowledge(file, AlertRecords.find(first.path("id").asText(), List.of(anomalies(lines))), null, NOW);

        Map<String, String> after = verdicts(lines, file);
        assertThat(after.get("5")).isEqualTo("normal by 1");
        assertThat(after.get("11")).as("x again").isEqualTo("normal by 1");
        assertThat(after.get("15")).as("another unknown line").isEqualTo("anomalous");
    }

    @Test
    void anAnomalyIsExplainedByItsLineAndWhatWasExpectedThere(@TempDir Path folder) throws IOException {
        eval(keyed, folder.resolve(Feedback.FILE));
        Map<String, JsonNode> bySession = new HashMap<>();
        for (JsonNode each : found(keyed)) {
            bySession.put(each.path("session").asText(), each.path("explanation"));
        }

        JsonNode unknown = Objects.requireNonNull(bySession.get("blk_1002"));
        assertThat(unknown.path("kind").asText()).isEqualTo("unknown_message");
        assertThat(unknown.path("step").path("line").asLong()).isEqualTo(7);
        String text = unknown.path("step").path("text").asText();
        assertThat(text).endsWith("blk_1002 fail");
        byte[] log = Files.readAllBytes(keyed.resolve("test.log"));
        int offset = unknown.path("step").path("offset").asInt();
        assertThat(new String(log, offset, text.length(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(text);
        assertThat(unknown.path("expected").get(0).path("message").asText()).contains("write");
        assertThat(unknown.path("expected").get(0).path("probability").asDouble())
                .isGreaterThan(0.5);
        assertThat(unknown.path("nearest_normal").path("seen").asInt()).isGreaterThan(50);
        assertThat(unknown.path("nearest_normal").path("missing")).isEmpty();
        assertThat(unknown.path("nearest_normal")
                        .path("surplus")
                        .get(0)
                        .path("message")
                        .asText())
                .contains("fail");
        assertThat(unknown.path("first_line").asLong()).isEqualTo(5);
        assertThat(unknown.path("last_line").asLong()).isEqualTo(9);
        assertThat(unknown.path("excerpt")).hasSize(5);

        JsonNode missing = Objects.requireNonNull(bySession.get("blk_1008"));
        assertThat(missing.path("kind").asText()).isEqualTo("missing_at_end");
        assertThat(missing.path("reason").asText()).contains("ended without", "close");
        assertThat(missing.path("nearest_normal")
                        .path("missing")
                        .get(0)
                        .path("count")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aLogThatIsGoneOrAnotherIsExplainedWithoutItsLines(@TempDir Path folder) throws IOException {
        Path log = keyed.resolve("test.log");
        byte[] content = Files.readAllBytes(log);
        try {
            Files.write(log, "x".repeat(content.length).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            eval(keyed, folder.resolve(Feedback.FILE));
            JsonNode step = found(keyed).get(0).path("explanation").path("step");
            assertThat(step.path("text").isNull()).isTrue();
            assertThat(step.path("line").asLong()).isEqualTo(7);
        } finally {
            Files.write(log, content);
        }
    }

    @Test
    void aModelFolderWithoutTextsIsStillExplained(@TempDir Path folder) throws IOException {
        Path model = keyed.resolve("anomaly_trained_model");
        Path texts = Files.move(model.resolve(TrainingTexts.FILE), folder.resolve("texts"));
        Path sessions = Files.move(model.resolve(TrainingSessions.FILE), folder.resolve("sessions"));
        try {
            eval(keyed, folder.resolve(Feedback.FILE));
            JsonNode first = found(keyed).get(0).path("explanation");
            assertThat(first.path("kind").asText()).isEqualTo("unknown_message");
            assertThat(first.path("nearest_normal").isNull()).isTrue();
            assertThat(first.path("expected").get(0).path("message").asText()).startsWith("message ");
        } finally {
            Files.move(texts, model.resolve(TrainingTexts.FILE));
            Files.move(sessions, model.resolve(TrainingSessions.FILE));
        }
    }

    @Test
    void brokenFilesAndUnknownAlertsAreNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve(Feedback.FILE);
        Files.write(file, List.of("{\"id\":1", ""));
        assertThatThrownBy(() -> eval(keyed, file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file + ":1")
                .hasMessageContaining("remove it");
        Files.write(file, List.of("{\"id\":0,\"time\":\"2026-01-31T12:00:00Z\",\"alert\":\"a\",\"steps\":[]}"));
        assertThatThrownBy(() -> Feedback.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("id");
        assertThatThrownBy(() -> AlertRecords.find("0123456789abcdef", List.of(folder.resolve("none.jsonl"))))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("0123456789abcdef")
                .hasMessageContaining("none.jsonl, which does not exist; check the id");
        assertThat(Feedback.read(folder.resolve("no file"))).isSameAs(Feedback.NONE);
    }

    @Test
    void textForPeopleHoldsNoControlCharacter() {
        SourceLine line = new SourceLine("a\u001b[31m.log", 7, 70, "evil \u001b[2J\r\n line");
        Explanation explanation = new Explanation(
                Explanation.Kind.UNKNOWN_MESSAGE,
                View.CONTENT,
                line,
                "evil \u0007",
                1,
                12,
                null,
                List.of(new Explanation.Expected("good \u0000", 0.98), new Explanation.Expected(null, 0.001)),
                null,
                0,
                -1,
                new Explanation.Nearest(1203, List.of(new Explanation.MessageCount("m\u202e", 2)), List.of(), true),
                line,
                line,
                1,
                List.of(line),
                List.of(),
                List.of());

        List<String> text = explanation.toText("blk\n1", "id", 21.3, 8.9);

        assertThat(String.join("", text)).doesNotContain("\u001b", "\n", "\r", "\u0000", "\u0007", "\u202e");
        assertThat(text.get(0)).contains("score 21.3 (threshold 8.9)");
        assertThat(String.join(" ", text))
                .contains("line 7", "(98%)", "the end of the session (< 1%)", "1,203 like it", "missing here: 2 x");
    }
}
