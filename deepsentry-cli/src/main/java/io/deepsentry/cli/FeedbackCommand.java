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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code deepsentry feedback}: this was normal. */
@Command(
        name = "feedback",
        description = "Marks alerts as normal, so that similar ones raise no alarm again, or as real.",
        footer = {
            "",
            "Find the id of an alert or finding in the output of eval and run, in anomalies.jsonl, and in each",
            "alert of live. The first four digits are enough.",
            "",
            "Examples:",
            "  deepsentry feedback --normal 5b0f4b2f1d3c9a77 --comment 'nightly backup'",
            "  deepsentry feedback --normal 3f9a",
            "  deepsentry feedback --this-was-real b07c",
            "  deepsentry feedback --list",
            "  deepsentry feedback --revoke 1"
        })
final class FeedbackCommand extends StageCommand {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMM yyyy HH:mm 'UTC'", Locale.ENGLISH);

    @Override
    List<ConfigSchema> schemas() {
        return List.of(FeedbackSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of("--normal", "--this-was-real", "--comment", "--list", "--revoke", "--alerts"));
    }

    @Override
    void run(Program program) {
        FeedbackSettings settings = FeedbackSettings.from(config(program));
        Console console = program.console();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        // All are found before the first is written: a wrong one among them changes nothing.
        List<AlertRecord> normal = find(settings.normal(), settings);
        List<AlertRecord> real = find(settings.real(), settings);
        for (FeedbackRecord record : Feedback.acknowledge(settings.feedbackFile(), normal, settings.comment(), now)) {
            tell(record, "", console);
        }
        for (AlertRecord alert : real) {
            FeedbackRecord record = Feedback.confirm(settings.feedbackFile(), alert, settings.comment(), now);
            tell(record, overridden(record, Feedback.read(settings.feedbackFile())), console);
        }
        for (String id : settings.revoke()) {
            for (FeedbackRecord record : Feedback.revoke(settings.feedbackFile(), id, now)) {
                console.result("revoked " + record.id() + ": " + described(record));
            }
        }
        boolean changes =
                !normal.isEmpty() || !real.isEmpty() || !settings.revoke().isEmpty();
        if (settings.list() || !changes) {
            list(settings.feedbackFile(), console);
        } else {
            console.say("live applies it at once; eval, analyze and run apply it on their next run");
        }
    }

    private static List<AlertRecord> find(List<String> ids, FeedbackSettings settings) {
        return ids.stream()
                .map(id -> AlertRecords.find(id, settings.alertFiles()))
                .toList();
    }

    private static void tell(FeedbackRecord record, String overridden, Console console) {
        console.result((record.real() ? "a real fault, as " : "acknowledged as ") + record.id() + overridden + ": "
                + described(record));
    }

    /** Which acknowledgements of the same alert or finding no longer silence it. */
    private static String overridden(FeedbackRecord real, Feedback all) {
        String numbers = all.records().stream()
                .filter(FeedbackRecord::silences)
                .filter(each -> each.alert().equals(real.alert())
                        || (each.finding() != null && each.finding().equals(real.finding())))
                .map(each -> Integer.toString(each.id()))
                .collect(Collectors.joining(", "));
        return numbers.isEmpty() ? "" : ", which overrides " + numbers;
    }

    private static void list(Path file, Console console) {
        List<FeedbackRecord> records = Feedback.read(file).records();
        if (records.isEmpty()) {
            console.say("nothing is acknowledged in " + file);
        }
        for (FeedbackRecord record : records) {
            Instant revoked = record.revoked();
            console.result(record.id() + "  " + time(record.time()) + "  "
                    + (record.real() ? "a real fault" : "normal")
                    + (revoked == null ? "" : ", until it was revoked " + time(revoked)) + ": "
                    + described(record));
        }
    }

    private static String time(Instant time) {
        return TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private static String described(FeedbackRecord record) {
        String session = record.session();
        String said = record.comment();
        String id = TerminalSafe.text(record.alert());
        boolean finding = record.alert().equals(record.finding());
        return (finding ? "finding " : "alert ") + id
                + (session == null ? "" : " of session " + TerminalSafe.text(session))
                + ": " + TerminalSafe.text(record.reason())
                + (said == null ? "" : "  (" + TerminalSafe.text(said) + ")");
    }
}
