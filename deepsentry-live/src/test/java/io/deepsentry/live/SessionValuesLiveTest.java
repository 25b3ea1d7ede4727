package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.Splitter;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.FileAlertSink;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.tail.TailMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Numbers out of range, and words never seen, in the lines of sessions: in files and live. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(600)
class SessionValuesLiveTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String DEAR = "20";
    private static final String STRANGE = "40";

    private final TrainedModels models;
    private final Map<String, Verdict> ends = new HashMap<>();

    SessionValuesLiveTest(@TempDir Path folder) throws IOException {
        Path train = Files.write(folder.resolve("train.log"), log(400, 1, false));
        Path test = Files.write(folder.resolve("test.log"), log(80, 2, true));
        models = TrainedModels.train(folder, train, test, Map.of("session_key", "order (\\d+)", "seed", "7"));
    }

    /** Orders of customers, two at a time; each of an order's lines has its number. */
    private static List<String> log(int orders, int seed, boolean faulty) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < orders; i += 2) {
            List<String> one = order(random, 1000 * seed + i, i, faulty);
            List<String> other = order(random, 1000 * seed + i + 1, i + 1, faulty);
            for (int line = 0; line < one.size(); line++) {
                lines.add(one.get(line));
                lines.add(other.get(line));
            }
        }
        List<String> timed = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            timed.add(String.format("2026-01-02T%02d:%02d:%02dZ INFO %s", i / 3600, i / 60 % 60, i % 60, lines.get(i)));
        }
        return timed;
    }

    private static List<String> order(Random random, int number, int place, boolean faulty) {
        boolean dear = faulty && Integer.toString(place).equals(DEAR);
        boolean strange = faulty && Integer.toString(place).equals(STRANGE);
        int euros = 10 + random.nextInt(190);
        return List.of(
                "order " + number + " received from customer " + (1 + random.nextInt(9000)),
                "order " + number + " costs " + (dear ? 100 * euros : euros) + " EUR",
                "order " + number + " paid at gateway 10.0.0." + (strange ? 77 : 1 + random.nextInt(5)),
                "order " + number + " shipped");
    }

    private static String key(String place) {
        return Integer.toString(2000 + Integer.parseInt(place));
    }

    private EvalResult eval(Path output, String... flags) {
        Map<String, Object> all = new HashMap<>(Map.of("output_dir", output.toString()));
        for (int i = 0; i < flags.length; i += 2) {
            all.put(flags[i], flags[i + 1]);
        }
        return Evaluation.run(
                EvalSettings.from(TrainedModels.config(EvalSettings.SCHEMA, all, models.folder())), RunContext.quiet());
    }

    private static Map<String, JsonNode> found(EvalResult result) throws IOException {
        Map<String, JsonNode> found = new HashMap<>();
        for (String line : Files.readAllLines(result.outputDir().resolve(EvalResult.ANOMALIES))) {
            JsonNode row = JSON.readTree(line);
            found.put(row.path("session").asText(), row);
        }
        return found;
    }

    private static JsonNode row(Map<String, JsonNode> found, String place) {
        return Objects.requireNonNull(found.get(key(place)));
    }

    private static Set<String> anomalous(EvalResult result) throws IOException {
        return found(result).entrySet().stream()
                .filter(row -> row.getValue().path("verdict").asText().equals("anomalous"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    @Test
    void evalFindsTheNumberAndTheWordAndSaysWhy(@TempDir Path output) throws IOException {
        Map<String, JsonNode> found = found(eval(output));

        assertThat(found).containsOnlyKeys(key(DEAR), key(STRANGE));
        JsonNode dear = row(found, DEAR).path("explanation");
        assertThat(dear.path("kind").asText()).isEqualTo("value");
        assertThat(dear.path("kinds")).extracting(JsonNode::asText).containsExactly("value");
        assertThat(dear.path("message").asText()).isEqualTo("order <num> costs <num> EUR");
        assertThat(dear.path("step").path("text").asText()).contains("order " + key(DEAR) + " costs");
        assertThat(dear.path("reason").asText()).contains("none of 400 values here was over 199");
        JsonNode strange = row(found, STRANGE).path("explanation");
        assertThat(strange.path("kind").asText()).isEqualTo("parameter");
        assertThat(strange.path("reason").asText()).contains("\"10.0.0.77\" was never here");
    }

    @Test
    void liveScoresAsEvalDoesAndAlertsAtTheLine(@TempDir Path output) throws Exception {
        EvalResult eval = eval(output);
        Map<String, Double> expected = new HashMap<>();
        List<String> table = Files.readAllLines(eval.outputDir().resolve("anomaly_scores.csv"));
        for (String row : table.subList(1, table.size())) {
            List<String> cells = Splitter.on(',').splitToList(row);
            expected.put(cells.get(0), Double.parseDouble(cells.get(1)));
        }
        Map<String, Double> live = new HashMap<>();
        List<Alert> alerts = new ArrayList<>();
        List<Alert> atTheEnd = new ArrayList<>();
        try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(models.encoder())
                        .anomalyModel(models.detector())
                        .idleTimeout(null)
                        .onAlert(alerts::add)
                        .onMoreKnown(atTheEnd::add)
                        .onSessionEnd((SessionVerdict end) ->
                                live.put(end.session(), end.verdict().score()))
                        .open();
                DataStream stream = DataStream.builder()
                        .logFile(models.test())
                        .tailMode(TailMode.UNTIL_END)
                        .open()) {
            while (!stream.ended()) {
                identifier.checkAll(stream.nextBatch());
            }
            identifier.endSessions();
        }

        assertThat(live).isEqualTo(expected).hasSize(80);
        assertThat(alerts).extracting(Alert::session).containsExactly(key(DEAR), key(STRANGE));
        assertThat(alerts.get(0).message()).contains("costs");
        assertThat(alerts.get(1).message()).contains("gateway");
        Map<String, JsonNode> found = found(eval);
        for (List<Alert> told : List.of(alerts, atTheEnd)) {
            assertThat(told).hasSize(2).allSatisfy(alert -> {
                JsonNode row = Objects.requireNonNull(found.get(alert.session()));
                assertThat(alert.id()).isEqualTo(row.path("id").asText());
                assertThat(alert.explanation())
                        .extracting(explanation -> explanation.reason())
                        .isEqualTo(row.path("explanation").path("reason").asText());
                assertThat(alert.explanation())
                        .extracting(explanation -> explanation.step().line())
                        .isEqualTo(row.path("explanation")
                                .path("step")
                                .path("line")
                                .asLong());
            });
        }
    }

    @Test
    void aKindThatIsNotNamedIsSilent(@TempDir Path output) throws IOException {
        assertThat(anomalous(eval(output, "kinds", "value"))).containsExactly(key(DEAR));
        List<Alert> alerts = new ArrayList<>();
        try (AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                .textEncoder(models.encoder())
                .anomalyModel(models.detector())
                .kinds(Set.of(EvidenceKind.PARAMETER))
                .onAlert(alerts::add)
                .open()) {
            Files.readAllLines(models.test()).forEach(line -> identifier.check(line.substring(26)));
            identifier.endSessions();
        }
        assertThat(alerts).extracting(Alert::session).containsExactly(key(STRANGE));
    }

    @Test
    void anAcknowledgedValueIsSilentInFilesAndLive(@TempDir Path output) throws IOException {
        List<JsonNode> before = live(output, models.test(), Map.of());
        assertThat(sessions(before)).containsExactly(key(DEAR), key(STRANGE));
        String id = before.get(0).path("id").asText();
        Path feedback = output.resolve("feedback.jsonl");
        Feedback.acknowledge(
                feedback, AlertRecords.find(id, List.of(output.resolve("records.jsonl"))), "a big order", NOW);

        assertThat(anomalous(eval(output, "feedback_file", feedback.toString())))
                .containsExactly(key(STRANGE));
        Files.delete(output.resolve("alerts.jsonl"));
        assertThat(sessions(live(output, models.test(), Map.of()))).containsExactly(key(STRANGE));
    }

    @Test
    void aRestartWithinASessionKeepsWhatWasSaidOfIt(@TempDir Path output) throws IOException {
        List<String> lines = Files.readAllLines(models.test());
        int cut = 0;
        while (!lines.get(cut).contains("order " + key(DEAR) + " costs")) {
            cut++;
        }
        Path grown = Files.write(output.resolve("grown.log"), lines.subList(0, cut + 1));
        Map<String, String> checkpoint =
                Map.of("checkpoint_dir", output.resolve("checkpoint").toString());
        assertThat(sessions(live(output, grown, checkpoint))).containsExactly(key(DEAR));
        Files.write(grown, lines.subList(cut + 1, lines.size()), StandardOpenOption.APPEND);
        assertThat(sessions(live(output, grown, checkpoint))).containsExactly(key(DEAR), key(STRANGE));
        // Its last verdict is that of the whole session, whose number nothing but the checkpoint tells of.
        assertThat(Objects.requireNonNull(ends.get(key(DEAR))).score())
                .isEqualTo(row(found(eval(output)), DEAR).path("score").asDouble());
    }

    private static List<String> sessions(Collection<JsonNode> alerts) {
        return alerts.stream().map(each -> each.path("session").asText()).toList();
    }

    /** The alerts so far. */
    private List<JsonNode> live(Path output, Path log, Map<String, String> more) throws IOException {
        Path alerts = output.resolve("alerts.jsonl");
        Map<String, String> flags = new HashMap<>(more);
        flags.put("log_file", log.toString());
        flags.put("output_file", alerts.toString());
        flags.put("alert_format", "json");
        flags.put("from_start", "true");
        flags.put("until_end", "true");
        flags.put("feedback_file", output.resolve("feedback.jsonl").toString());
        flags.put("alert_records", output.resolve("records.jsonl").toString());
        try (AlertSink sink = FileAlertSink.open(alerts, AlertFormat.JSON)) {
            LiveMonitor.run(
                    models.settings(flags), sink, end -> ends.put(end.session(), end.verdict()), RunContext.quiet());
        }
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(alerts)) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
