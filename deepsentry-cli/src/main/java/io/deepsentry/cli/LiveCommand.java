package io.deepsentry.cli;

import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.AlertSink;
import io.deepsentry.live.FileAlertSink;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.LiveSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry live}: a growing log to alerts. */
@Command(
        name = "live",
        description = "Watches a log as it grows and writes an alert for what deviates.",
        footer = {
            "",
            "Examples:",
            "  deepsentry live --log-file /var/log/app.log",
            "  deepsentry live --log-file app.log --from-start --until-end --output-file alerts.log",
            "  journalctl -f | deepsentry live --log-file /dev/stdin"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class LiveCommand extends StageCommand {
    @Option(names = "--log-file", paramLabel = "FILE", description = "The log to watch; /dev/stdin for standard input.")
    private @Nullable Path logFile;

    @Option(
            names = "--output-file",
            paramLabel = "FILE",
            description = "Where alerts are appended (default: standard output).")
    private @Nullable Path outputFile;

    @Option(
            names = "--threshold",
            paramLabel = "X",
            description = "Score from which an alert is written, in place of the trained or adaptive threshold.")
    private @Nullable String threshold;

    @Option(
            names = "--max-alarms-per-day",
            paramLabel = "N",
            description = "In place of a threshold: the one that normal data passes so many times a day, learnt from"
                    + " validation data.")
    private @Nullable String maxAlarmsPerDay;

    @Option(names = "--from-start", description = "Read what the log holds already, too.")
    private boolean fromStart;

    @Option(names = "--until-end", description = "Stop at the end of the log instead of following it.")
    private boolean untilEnd;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(LiveSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        LiveSettings settings = LiveSettings.from(config(program));
        Console console = program.console();
        LiveSummary summary;
        try (AlertSink alerts = settings.outputFile() == null
                ? new ConsoleAlerts(console, settings.alertFormat())
                : FileAlertSink.open(settings.outputFile(), settings.alertFormat())) {
            summary = LiveMonitor.run(settings, alerts, verdict -> {}, program.context());
        }
        console.say(String.format(
                Locale.ROOT,
                "live: %,d messages, %,d sessions, %,d alerts in %d s",
                summary.identified().messages(),
                summary.identified().sessions(),
                summary.identified().alerts(),
                summary.took().toSeconds()));
        console.say("live: drift " + ScoringCommand.drift(summary.identified().drift()));
        if (summary.identified().openSessions() > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "live: %,d sessions had not ended and were judged only by what they said so far",
                    summary.identified().openSessions()));
        }
        if (summary.identified().withoutKey() > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "live: %,d messages hold no session key and were judged by nothing; check --format and session_key if that is many",
                    summary.identified().withoutKey()));
        }
    }
}
