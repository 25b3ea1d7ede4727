package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.internal.identify.FoundAlert;
import io.deepsentry.live.internal.identify.IdentifierEngine;
import io.deepsentry.live.internal.identify.IdentifierListener;
import io.deepsentry.live.internal.identify.ModelFiles;
import io.deepsentry.live.internal.identify.SessionRules;
import io.deepsentry.live.internal.identify.ThresholdRules;
import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log of sessions as a whole, beside them, in files and live. */
@Tag("long")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(600)
class WholeLogLiveTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BURST_AT = 60;
    private static final int SILENT_FROM = 120;

    private final TrainedModels models;

    WholeLogLiveTest(@TempDir Path folder) throws IOException {
        Path train = Files.write(folder.resolve("train.log"), log(600, 1, false));
        Path test = Files.write(folder.resolve("test.log"), log(240, 2, true));
        models = TrainedModels.train(folder, train, test, Map.of("session_key", "order (\\d+)", "seed", "7"));
    }

    /**
     * An order or none a second, and a health check every tenth; then forty orders at once, and later no health check
     * any more.
     */
    private static List<String> log(int seconds, int seed, boolean faulty) {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        int order = 1_000 * seed;
        for (int i = 0; i < seconds; i++) {
            String time = String.format("2026-01-02T%02d:%02d:%02dZ INFO ", i / 3600, i / 60 % 60, i % 60);
            int orders = faulty && i == BURST_AT ? 40 : random.nextInt(2);
            for (int n = 0; n < orders; n++) {
                lines.add(time + "order " + order + " taken");
                lines.add(time + "order " + order++ + " paid");
            }
            if (i % 10 == 5 && !(faulty && i >= SILENT_FROM)) {
                lines.add(time + "health check passed");
            }
        }
        return lines;
    }

    private EvalResult eval(Path output, Map<String, String> more) {
        Map<String, Object> flags = new HashMap<>(more);
        flags.put("output_dir", output.toString());
        return Evaluation.run(
                EvalSettings.from(TrainedModels.config(EvalSettings.SCHEMA, flags, models.folder())),
                RunContext.quiet());
    }

    /** What was found in the log as a whole. */
    private static List<JsonNode> found(Path file) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode row = JSON.readTree(line);
            if (!row.path("session").isTextual()
                    && row.path("verdict").asText("anomalous").equals("anomalous")) {
                found.add(row);
            }
        }
        return found;
    }

    private static List<String> ids(List<JsonNode> rows) {
        return rows.stream().map(each -> each.path("id").asText()).toList();
    }

    private static List<String> kinds(List<JsonNode> rows) {
        return rows.stream()
                .map(each -> each.path("explanation").path("kind").asText())
                .toList();
    }

    @Test
    void evalFindsTheBurstAndTheSilenceAndNoSessionScoresForThem(@TempDir Path output) throws IOException {
        EvalResult result = eval(output, Map.of());
        List<JsonNode> found = found(output.resolve(EvalResult.ANOMALIES));

        assertThat(kinds(found)).contains("burst", "silence");
        assertThat(result.wholeLog().lines())
                .isEqualTo(Files.readAllLines(models.test()).size());
        assertThat(result.wholeLog().findings()).isEqualTo(found.size()).isLessThan(8);
        assertThat(result.flagged()).isZero();
        assertThat(found.get(0).path("time").asText()).isEqualTo("2026-01-02T00:01:00Z");
        assertThat(result.findings()).anySatisfy(finding -> assertThat(finding.reason())
                .contains("Lines of the log came", "never more than"));

        EvalResult without = eval(output.resolve("without"), Map.of("kinds", "value"));
        assertThat(without.wholeLog().lines()).isZero();
        assertThat(Files.readAllLines(output.resolve("without").resolve(EvalResult.SCORES_TABLE)))
                .isEqualTo(Files.readAllLines(output.resolve(EvalResult.SCORES_TABLE)));
    }

    @Test
    void liveAlertsOnWhatEvalFindsAlsoInTwoRuns(@TempDir Path output) throws IOException {
        Path evaluated = output.resolve("eval");
        eval(evaluated, Map.of());
        List<JsonNode> alerts = live(output.resolve("one"), models.test(), Map.of());
        // Bursts of several messages at once are one finding there.
        List<String> expected = ids(alerts);
        assertThat(ids(found(evaluated.resolve(EvalResult.ANOMALIES)))).containsSubsequence(expected);
        assertThat(kinds(alerts)).containsExactly("burst", "silence");

        List<String> lines = Files.readAllLines(models.test());
        for (int cut : List.of(lines.size() / 5, lines.size() / 2)) {
            Path folder = Files.createDirectories(output.resolve("cut" + cut));
            Path grown = Files.write(folder.resolve("test.log"), lines.subList(0, cut));
            Map<String, String> checkpoint =
                    Map.of("checkpoint_dir", folder.resolve("checkpoint").toString());
            assertThat(live(folder, grown, checkpoint)).hasSizeLessThan(expected.size());
            Files.write(grown, lines.subList(cut, lines.size()), StandardOpenOption.APPEND);
            assertThat(ids(live(folder, grown, checkpoint))).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void anOutageIsToldWhileItLastsAndOverAtTheNextLine() {
        List<FindingKey> found = new ArrayList<>();
        List<String> over = new ArrayList<>();
        SteppedClock clock = new SteppedClock();
        IdentifierListener listener = new IdentifierListener() {
            @Override
            public void found(FoundAlert alert) {
                found.addAll(FindingKey.all(Objects.requireNonNull(alert.alert().explanation())));
                assertThat(alert.alert().session()).isNull();
            }

            @Override
            public void over(List<Evidence> outages, @Nullable Instant time) {
                outages.forEach(each -> over.add(each.reason()));
            }
        };
        try (IdentifierEngine engine = IdentifierEngine.open(
                new ModelFiles(
                        models.encoder(),
                        null,
                        models.detector(),
                        null,
                        EvidenceKind.OF_STREAMS,
                        Device.CPU,
                        ModelRuntime.AUTO),
                new SessionRules(SessionKey.of("order (\\d+)"), null, Duration.ofMinutes(10), 1_000),
                new ThresholdRules(null, null, null, 1_000, null),
                null,
                Redaction.of(List.of()),
                listener,
                clock)) {
            long line = 0;
            for (String text : log(40, 3, false)) {
                engine.judge(List.of(event(text, ++line)));
            }
            for (int second = 0; second < 300; second++) {
                clock.pass(Duration.ofSeconds(1));
                engine.caughtUp();
            }
            assertThat(found)
                    .as("and again when ten times as long")
                    .hasSize(2)
                    .allMatch(key -> key.message() == null && "log".equals(key.subject()));
            assertThat(over).isEmpty();
            engine.judge(List.of(event("2026-01-02T00:05:40Z INFO order 99000 taken", ++line)));
        }
        assertThat(over).singleElement(STRING).matches("No lines from 00:00:3\\d to 00:05:40 UTC \\(5.* min; .+\\)\\.");
        assertThat(found).hasSize(2);
    }

    private static LogEvent event(String text, long line) {
        String[] parts = text.split(" ", 3);
        return new LogEvent(
                Instant.parse(parts[0]),
                parts[2],
                parts[1],
                null,
                new Origin("app.log", line, 50 * line),
                List.of(),
                null);
    }

    @Test
    void anAcknowledgedFindingIsSilentInFilesAndLive(@TempDir Path output) throws IOException {
        List<JsonNode> before = live(output, models.test(), Map.of());
        JsonNode silence = before.get(kinds(before).indexOf("silence"));
        Path feedback = output.resolve("feedback.jsonl");
        Feedback.acknowledge(
                feedback,
                AlertRecords.find(silence.path("id").asText(), List.of(output.resolve("records.jsonl"))),
                "checks are off in the night",
                Instant.parse("2026-01-31T12:00:00Z"));

        EvalResult result = eval(output.resolve("eval"), Map.of("feedback_file", feedback.toString()));
        assertThat(result.wholeLog().acknowledged()).isPositive();
        assertThat(kinds(found(output.resolve("eval").resolve(EvalResult.ANOMALIES))))
                .doesNotContain("silence")
                .contains("burst");
        Files.delete(output.resolve("alerts.jsonl"));
        assertThat(kinds(live(output, models.test(), Map.of())))
                .doesNotContain("silence")
                .contains("burst");
    }

    /** The alerts about the log as a whole so far. */
    private List<JsonNode> live(Path folder, Path log, Map<String, String> more) throws IOException {
        Path alerts = Files.createDirectories(folder).resolve("alerts.jsonl");
        Map<String, String> flags = new HashMap<>(more);
        flags.put("log_file", log.toString());
        flags.put("output_file", alerts.toString());
        flags.put("alert_format", "json");
        flags.put("from_start", "true");
        flags.put("until_end", "true");
        flags.put("feedback_file", folder.resolve("feedback.jsonl").toString());
        flags.put("alert_records", folder.resolve("records.jsonl").toString());
        LiveMonitor.run(models.settings(flags), RunContext.quiet());
        return found(alerts);
    }
}
