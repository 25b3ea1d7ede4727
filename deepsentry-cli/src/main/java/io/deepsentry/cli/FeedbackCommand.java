package io.deepsentry.cli;

import io.deepsentry.anomaly.feedback.AlertRecord;
import io.deepsentry.anomaly.feedback.AlertRecords;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.TerminalSafe;
import io.deepsentry.core.config.ConfigSchema;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code deepsentry feedback}: this was normal. */
@Command(
        name = "feedback",
        description = "Says that alerts were normal: neither they nor their like raise an alarm again.",
        footer = {
            "",
            "An alert's id stands in the terminal output of eval and run, in anomalies.jsonl, and in each alert of live.",
            "",
            "Examples:",
            "  deepsentry feedback --normal 5b0f4b2f1d3c9a77 --comment 'nightly backup'",
            "  deepsentry feedback --list",
            "  deepsentry feedback --revoke 1"
        })
final class FeedbackCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(FeedbackSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of("--normal", "--comment", "--list", "--revoke", "--alerts"));
    }

    @Override
    void run(Program program) {
        FeedbackSettings settings = FeedbackSettings.from(config(program));
        Console console = program.console();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        // All are found before the first is acknowledged: a wrong one among them changes nothing.
        List<AlertRecord> found = new ArrayList<>();
        for (String id : settings.normal()) {
            found.add(AlertRecords.find(id, settings.alertFiles()));
        }
        for (AlertRecord alert : found) {
            FeedbackRecord record = Feedback.acknowledge(settings.feedbackFile(), alert, settings.comment(), now);
            console.result("acknowledged as " + record.id() + ": " + described(record));
        }
        for (String id : settings.revoke()) {
            for (FeedbackRecord record : Feedback.revoke(settings.feedbackFile(), id, now)) {
                console.result("revoked " + record.id() + ": " + described(record));
            }
        }
        if (settings.list() || (settings.normal().isEmpty() && settings.revoke().isEmpty())) {
            list(settings.feedbackFile(), console);
        } else {
            console.say("live hears of it at once; eval, analyze and run when they run next");
        }
    }

    private static void list(Path file, Console console) {
        List<FeedbackRecord> records = Feedback.read(file).records();
        if (records.isEmpty()) {
            console.say("nothing is acknowledged in " + file);
        }
        for (FeedbackRecord record : records) {
            String revoked = record.revoked() == null ? "" : "  revoked " + record.revoked();
            console.result(record.id() + "  " + record.time() + revoked + "  alert " + TerminalSafe.text(record.alert())
                    + "  " + described(record));
        }
    }

    private static String described(FeedbackRecord record) {
        String session = record.session();
        String said = record.comment();
        return String.format(
                Locale.ROOT,
                "%s  score %.1f  %s%s",
                session == null ? "no session" : TerminalSafe.text(session),
                record.score(),
                TerminalSafe.text(record.reason()),
                said == null ? "" : "  (" + TerminalSafe.text(said) + ")");
    }
}
