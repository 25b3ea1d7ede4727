package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Alerts of live that are explained, acknowledged and heard while watching, on a small model that is trained once. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class LiveFeedbackTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final TrainedModels models;

    LiveFeedbackTest(@TempDir Path folder) throws IOException {
        models = TrainedModels.ofSessions(folder);
    }

    private List<Alert> alerts(Path folder) {
        List<Alert> alerts = new ArrayList<>();
        LiveSettings settings = models.settings(Map.of(
                "log_file", models.test().toString(),
                "log_format", "<Time> <Content>",
                "tail_mode", "false",
                "feedback_file", folder.resolve("feedback.jsonl").toString(),
                "alert_records", folder.resolve("records.jsonl").toString()));
        AlertSink sink = new AlertSink() {
            @Override
            public void write(Alert alert) {
                alerts.add(alert);
            }

            @Override
            public void close() {}
        };
        LiveMonitor.run(settings, sink, end -> {}, RunContext.quiet());
        return alerts;
    }

    private static boolean isChecksum(Alert alert) {
        Explanation explanation = Objects.requireNonNull(alert.explanation());
        String message = explanation.message();
        return message != null && message.startsWith("checksum");
    }

    @Test
    void alertsAreExplainedAndHaveTheIdsOfEval(@TempDir Path folder) throws IOException {
        List<Alert> alerts = alerts(folder);
        Evaluation.run(
                EvalSettings.from(TrainedModels.config(
                        EvalSettings.SCHEMA,
                        Map.of("output_dir", folder.resolve("eval").toString()),
                        models.folder())),
                RunContext.quiet());
        Map<String, String> ids = new HashMap<>();
        for (String row : Files.readAllLines(folder.resolve("eval/anomaly_scores.csv"))) {
            String[] fields = row.split(",", -1);
            ids.put(fields[0], fields[6]);
        }

        // Those of the log as a whole, and of the end of a finding in several sessions, have no session.
        List<Alert> ofSessions =
                alerts.stream().filter(alert -> alert.session() != null).toList();
        assertThat(ofSessions).isNotEmpty().allSatisfy(alert -> {
            assertThat(alert.id()).isEqualTo(ids.get(alert.session()));
            Explanation explanation = Objects.requireNonNull(alert.explanation());
            assertThat(explanation.step().text()).contains(Objects.requireNonNull(alert.session()));
        });
        List<String> log = Files.readAllLines(models.test());
        Alert checksum =
                alerts.stream().filter(LiveFeedbackTest::isChecksum).findFirst().orElseThrow();
        Explanation explanation = Objects.requireNonNull(checksum.explanation());
        assertThat(explanation.kind()).isEqualTo(Explanation.Kind.UNKNOWN_MESSAGE);
        assertThat(explanation.step().text())
                .isEqualTo(log.get((int) explanation.step().line() - 1))
                .contains("checksum");
    }

    @Test
    void anAcknowledgedAlertAndItsLikeAreSilentAndOthersAreNot(@TempDir Path folder) {
        List<Alert> before = alerts(folder);
        Alert one =
                before.stream().filter(LiveFeedbackTest::isChecksum).findFirst().orElseThrow();
        Path file = folder.resolve("feedback.jsonl");
        Feedback.acknowledge(file, AlertRecords.find(one.id(), List.of(folder.resolve("records.jsonl"))), null, NOW);

        List<Alert> after = alerts(folder);

        assertThat(after).extracting(Alert::id).doesNotContain(one.id());
        assertThat(after.stream().filter(LiveFeedbackTest::isChecksum).count())
                .isLessThan(before.stream().filter(LiveFeedbackTest::isChecksum).count());
        assertThat(ids(after))
                .containsAll(
                        ids(before.stream().filter(alert -> !isChecksum(alert)).toList()));

        Feedback.revoke(file, "1", NOW);
        assertThat(ids(alerts(folder))).isEqualTo(ids(before));
    }

    private static List<String> ids(List<Alert> alerts) {
        return alerts.stream().map(Alert::id).sorted().collect(Collectors.toList());
    }

    @Test
    void feedbackIsHeardWhileWatching(@TempDir Path folder) {
        Path file = folder.resolve("feedback.jsonl");
        Path records = folder.resolve("records.jsonl");
        List<Alert> alerts = new ArrayList<>();
        try (AlertRecordFile remembered = new AlertRecordFile(records);
                AnomalyIdentifier identifier = AnomalyIdentifier.builder()
                        .textEncoder(models.encoder())
                        .anomalyModel(models.detector())
                        .feedback(file)
                        .onAlert(alert -> {
                            alerts.add(alert);
                            remembered.write(alert);
                        })
                        .onMoreKnown(remembered::write)
                        .open()) {
            transfer(identifier, "tx_9001");
            identifier.endSessions();
            assertThat(alerts).extracting(Alert::session).containsExactly("tx_9001");
            Feedback.acknowledge(file, AlertRecords.find(alerts.get(0).id(), List.of(records)), null, NOW);

            transfer(identifier, "tx_9002");
            identifier.endSessions();
            assertThat(alerts).extracting(Alert::session).containsExactly("tx_9001");

            Feedback.revoke(file, "1", NOW);
            transfer(identifier, "tx_9003");
            identifier.endSessions();
            assertThat(alerts).extracting(Alert::session).containsExactly("tx_9001", "tx_9003");
        }
    }

    @Test
    void whatIsRememberedOfAlertsIsRedactedAndFeedbackUnderstandsIt(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("secret.log");
        StringBuilder lines = new StringBuilder();
        for (int key = 9001; key <= 9002; key++) {
            lines.append("2026-01-05T00:00:00Z open transfer tx_" + key + " from 10.0.0.7\n")
                    .append("2026-01-05T00:00:01Z login of tx_" + key + " with password=correcthorse failed\n")
                    .append("2026-01-05T00:00:02Z close transfer tx_" + key + "\n");
        }
        Files.writeString(log, lines);
        List<String> before = secretAlerts(folder, log);
        assertThat(before).hasSize(2);
        Path records = folder.resolve("records.jsonl");
        assertThat(records).content().contains("password=<redacted>").doesNotContain("correcthorse");

        Path feedback = folder.resolve("feedback.jsonl");
        Feedback.acknowledge(feedback, AlertRecords.find(before.get(0), List.of(records)), null, NOW);
        assertThat(feedback).content().doesNotContain("correcthorse");
        assertThat(secretAlerts(folder, log)).as("the like of it, too").isEmpty();
    }

    private List<String> secretAlerts(Path folder, Path log) {
        List<String> ids = new ArrayList<>();
        AlertSink sink = new AlertSink() {
            @Override
            public void write(Alert alert) {
                ids.add(alert.id());
            }

            @Override
            public void close() {}
        };
        LiveSettings settings = models.settings(Map.of(
                "log_file", log.toString(),
                "log_format", "<Time> <Content>",
                "tail_mode", "false",
                "feedback_file", folder.resolve("feedback.jsonl").toString(),
                "alert_records", folder.resolve("records.jsonl").toString()));
        LiveMonitor.run(settings, sink, end -> {}, RunContext.quiet());
        return ids;
    }

    private static void transfer(AnomalyIdentifier identifier, String key) {
        identifier.check("open transfer " + key + " from 10.0.0.7");
        identifier.check("send part 1 of " + key);
        identifier.check("checksum of " + key + " does not match, disk sector unreadable");
        identifier.check("part of " + key + " acknowledged");
        identifier.check("close transfer " + key);
    }
}
