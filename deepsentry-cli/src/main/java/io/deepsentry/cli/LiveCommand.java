package io.deepsentry.cli;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.LiveEndpoint;
import io.deepsentry.live.LiveMetrics;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.LiveSummary;
import io.deepsentry.live.alert.AlertOutputs;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
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
    @Option(
            names = "--log-file",
            arity = "1..*",
            paramLabel = "FILE",
            description = "The log to watch, or several, or names with * in quotes; /dev/stdin for standard input.")
    private @Nullable List<String> logFile;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "A preset, a layout such as '<Date> <Time> <Level>: <Content>', or auto (default).")
    private @Nullable String format;

    @Option(
            names = "--session-key",
            paramLabel = "REGEX",
            description = "A regular expression with one group, a session's key (default: the one of the training).")
    private @Nullable String sessionKey;

    @Option(
            names = "--output-file",
            paramLabel = "FILE",
            description = "Where alerts are appended (default: standard output, unless they go to a server).")
    private @Nullable Path outputFile;

    @Option(names = "--alert-format", paramLabel = "FORMAT", description = "record (default) or json.")
    private @Nullable String alertFormat;

    @Option(
            names = "--syslog",
            paramLabel = "ADDRESS",
            description = "Send alerts to a syslog server: udp://host:514 or tcp://host:601.")
    private @Nullable String syslog;

    @Option(names = "--webhook", paramLabel = "URL", description = "Post each alert to an address, as JSON.")
    private @Nullable String webhook;

    @Option(
            names = "--elasticsearch",
            paramLabel = "URL",
            description = "Index alerts in Elasticsearch or OpenSearch, such as http://localhost:9200.")
    private @Nullable String elasticsearch;

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

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Serve /metrics for Prometheus on this port of 127.0.0.1.")
    private @Nullable String metricsPort;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description = "Serve /health and /ready on this port of 127.0.0.1; may be that of the metrics.")
    private @Nullable String healthPort;

    @Option(
            names = "--listen-address",
            paramLabel = "ADDRESS",
            description = "The address of these ports; 0.0.0.0 is every one of this machine.")
    private @Nullable String listenAddress;

    @Option(names = "--daemonize", description = "Go on in the background once everything is opened and loaded.")
    private boolean daemonize;

    @Option(
            names = "--pid-file",
            paramLabel = "FILE",
            description = "Write the process id here, and refuse a second run (in the background: DIR/live.pid).")
    private @Nullable Path pidFile;

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description = "Where positions and sessions are kept, so that the next start goes on where this run ended.")
    private @Nullable Path checkpointDir;

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
        throw new IllegalStateException("live decides its exit code itself");
    }

    @Override
    int runToCode(Program program) {
        Config config = config(program);
        LiveSettings settings = LiveSettings.from(config);
        Operation operation =
                Operation.from(config, settings, settings.outputs().elsewhere(program.environment()));
        if (operation.daemonize() && Daemon.readyFile().isEmpty()) {
            return Daemon.launch(program.arguments(), operation.daemonLog(), program.cancellation(), program.console());
        }
        PidFile pidFile = operation.pidFile() == null ? null : PidFile.take(operation.pidFile());
        try {
            watch(program, settings, operation);
            return ExitCode.OK;
        } finally {
            if (pidFile != null) {
                pidFile.close();
            }
        }
    }

    private static void watch(Program program, LiveSettings settings, Operation operation) {
        Console console = program.console();
        AlertOutputs outputs = settings.outputs();
        boolean colours = program.environment().getOrDefault("NO_COLOR", "").isEmpty();
        boolean onTerminal = Boolean.getBoolean("deepsentry.results.terminal") && console.terminal();
        LiveDisplay display = new LiveDisplay(console, onTerminal || outputs.elsewhere(program.environment()), colours);
        LiveRun run = new LiveRun();
        run.addListener(display);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        LiveSummary summary;
        // The ports first: whoever asks while the models are loaded is told that it is not ready.
        try (LiveEndpoint endpoint = LiveEndpoint.open(
                        operation.listenAddress(),
                        operation.metricsPort(),
                        operation.healthPort(),
                        run,
                        registry::scrape);
                SeveralAlertSinks alerts =
                        outputs.open(program.environment(), new ConsoleAlerts(console, outputs.format(), onTerminal))) {
            if (!endpoint.ports().isEmpty()) {
                console.say("listening on " + operation.listenAddress() + ", port "
                        + endpoint.ports().stream().map(String::valueOf).collect(Collectors.joining(" and ")));
            }
            LiveMetrics.bind(registry, operation.system(), run, alerts);
            Daemon.readyFile().ifPresent(ready -> run.addListener(new ReadyFile(ready)));
            Hangup.install(console, () -> {
                console.reopen();
                run.requestReload();
            });
            summary = LiveMonitor.run(
                    settings, alerts, verdict -> {}, run, new RunContext(display, program.cancellation()));
        }
        console.say(String.format(
                Locale.ROOT,
                "live: %,d messages, %,d sessions, %,d alerts in %d s",
                summary.identified().messages(),
                summary.identified().sessions(),
                summary.identified().alerts(),
                summary.took().toSeconds()));
        console.say("live: drift " + ScoringCommand.drift(summary.identified().drift()));
        if (summary.input().missingFiles()
                        + summary.input().lostBytes()
                        + summary.input().droppedLines()
                > 0) {
            console.say(String.format(
                    Locale.ROOT,
                    "live: %,d files were gone before they were read to their end, %,d bytes known to be lost, %,d lines dropped",
                    summary.input().missingFiles(),
                    summary.input().lostBytes(),
                    summary.input().droppedLines()));
        }
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

    /** Tells who waits for a start in the background that it is done. */
    private record ReadyFile(Path file) implements LiveRun.Listener {
        @Override
        public void watching() {
            try {
                Files.createFile(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
