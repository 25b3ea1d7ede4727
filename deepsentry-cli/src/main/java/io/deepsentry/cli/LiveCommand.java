package io.deepsentry.cli;

import io.deepsentry.cli.output.AlertText;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.ConsoleAlerts;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.cli.output.LiveDisplay;
import io.deepsentry.cli.service.Hangup;
import io.deepsentry.cli.service.PidFile;
import io.deepsentry.cli.service.Systemd;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.live.LiveEndpoint;
import io.deepsentry.live.LiveMetrics;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.LiveSettings;
import io.deepsentry.live.LiveSummary;
import io.deepsentry.live.LiveUi;
import io.deepsentry.live.alert.AlertOutputs;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.alert.SinkStats;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.parse.internal.Counted;
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

/** {@code deepsentry live}: a growing log to alerts. */
@Command(
        name = "live",
        description = "Watches a log as it grows and sends an alert for each finding.",
        footer = {
            "",
            "Examples:",
            "  deepsentry live --log-file /var/log/app.log",
            "  deepsentry live --log-file app.log --from-start --until-end --output-file alerts.log",
            "  journalctl -f | deepsentry live --log-file /dev/stdin",
            "  deepsentry live --kafka localhost:9092 --topic logs --alert-topic alerts --checkpoint-dir checkpoint",
            "  deepsentry live --otlp-port 4318 --checkpoint-dir checkpoint"
        })
final class LiveCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(LiveSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(
                new OptionGroup(
                        "The log",
                        List.of(
                                "--log-file",
                                "--format",
                                "--session-key",
                                "--time-format",
                                "--time-zone",
                                "--on-malformed",
                                "--custom-parser",
                                "--parser-path",
                                "--from-start",
                                "--until-end",
                                "--checkpoint-dir")),
                new OptionGroup("Logs over OTLP", List.of("--otlp-port")),
                new OptionGroup(
                        "Kafka records",
                        List.of(
                                "--kafka",
                                "--topic",
                                "--group",
                                "--kafka-properties",
                                "--record-format",
                                "--alert-topic")),
                new OptionGroup(
                        "What raises an alert",
                        List.of(
                                "--threshold",
                                "--max-alarms-per-day",
                                "--seasonal",
                                "--kinds",
                                "--renotify",
                                "--end-after",
                                "--max-alerts-per-minute")),
                new OptionGroup(
                        "Where alerts go",
                        List.of(
                                "--output-file",
                                "--alert-format",
                                "--syslog",
                                "--webhook",
                                "--webhook-format",
                                "--webhook-template",
                                "--elasticsearch")),
                new OptionGroup(
                        "Monitoring the run",
                        List.of(
                                "--ui-port",
                                "--metrics-port",
                                "--health-port",
                                "--listen-address",
                                "--daemonize",
                                "--pid-file")));
    }

    @Override
    void run(Program program) {
        throw new IllegalStateException("live decides its exit code itself");
    }

    @Override
    int runToCode(Program program) {
        Config config = config(program);
        LiveSettings settings = LiveSettings.from(config);
        if (!settings.logFiles().isEmpty()) {
            requireLog(program, config, "log_file", "--log-file", "watch");
        }
        Operation operation =
                Operation.from(config, settings, settings.outputs().elsewhere(program.environment()));
        if (operation.daemonize() && Daemon.readyFile().isEmpty()) {
            return Daemon.launch(program.arguments(), operation.daemonLog(), program.cancellation(), program.console());
        }
        PidFile pidFile = operation.pidFile() == null ? null : PidFile.take(operation.pidFile());
        try {
            return watch(program, settings, operation, config.dataDir()) ? ExitCode.OK : ExitCode.FAILED;
        } finally {
            if (pidFile != null) {
                pidFile.close();
            }
        }
    }

    /** Says whether alerts arrived wherever there were any. */
    private static boolean watch(Program program, LiveSettings settings, Operation operation, Path dataDir) {
        Console console = program.console();
        AlertOutputs outputs = settings.outputs();
        boolean colours = program.environment().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(program.environment().get("TERM"));
        AlertText text = new AlertText(
                console.screen(), settings.zone(), program.verbose(), colours, ScoringCommand.acknowledge(dataDir));
        LiveDisplay display = new LiveDisplay(console, outputs.elsewhere(program.environment()) ? text : null, colours);
        LiveRun run = new LiveRun();
        run.addListener(display);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        letTunnelsAuthenticate();
        LiveSummary summary;
        SeveralAlertSinks sinks;
        // The ports first: whoever asks while the models are loaded is told that it is not ready.
        try (LiveEndpoint endpoint = LiveEndpoint.open(
                        operation.listenAddress(),
                        operation.metricsPort(),
                        operation.healthPort(),
                        run,
                        registry::scrape);
                LiveUi ui = operation.uiPort() == null
                        ? null
                        : LiveUi.open(operation.listenAddress(), operation.uiPort(), settings, run);
                Systemd systemd = Systemd.follow(run, program.environment(), console);
                SeveralAlertSinks alerts =
                        outputs.open(program.environment(), new ConsoleAlerts(console, outputs.format(), text))) {
            if (!endpoint.ports().isEmpty()) {
                console.say("listening on " + operation.listenAddress() + ", port "
                        + endpoint.ports().stream().map(String::valueOf).collect(Collectors.joining(" and ")));
            }
            if (ui != null) {
                console.say("live page: " + ui.address());
            }
            LiveMetrics.bind(registry, operation.system(), run, alerts);
            if (settings.readsTopics()) {
                LiveMetrics.bindRecords(registry, operation.system(), run);
            }
            if (settings.otlp() != null) {
                LiveMetrics.bindOtlp(registry, operation.system(), run);
            }
            Daemon.readyFile().ifPresent(ready -> run.addListener(new ReadyFile(ready)));
            Hangup.install(console, () -> {
                console.reopen();
                systemd.reloading();
                run.requestReload();
            });
            summary = LiveMonitor.run(
                    settings, alerts, verdict -> {}, run, new RunContext(display, program.cancellation()));
            sinks = alerts;
        }
        IdentifierStats all = summary.identified();
        IdentifierStats earlier = summary.earlier();
        console.say("live: "
                + counts(
                        all.messages() - earlier.messages(),
                        all.sessions() - earlier.sessions(),
                        all.alerts() - earlier.alerts())
                + " in " + summary.took().toSeconds() + " s");
        console.say("live: " + LineAccount.of(summary.input().read(), summary.kept()));
        summary.input().read().warning().ifPresent(warning -> console.say("warning: " + warning));
        if (earlier.messages() > 0) {
            console.say("live: including previous runs: " + counts(all.messages(), all.sessions(), all.alerts()));
        }
        console.say("live: drift " + ScoringCommand.drift(summary.identified().drift()));
        if (summary.input().missingFiles()
                        + summary.input().lostBytes()
                        + summary.input().droppedLines()
                > 0) {
            console.say(String.format(
                    "live: %s gone before the end was read, %s known to be lost, %s dropped",
                    Counted.of(summary.input().missingFiles(), "file was", "files were"),
                    Counted.of(summary.input().lostBytes(), "byte"),
                    Counted.of(summary.input().droppedLines(), "line")));
        }
        sayFailures(summary, settings.readsTopics() ? settings.kafka() : null, console);
        if (all.unjudged() > earlier.unjudged()) {
            console.say("live: " + Counted.of(all.unjudged() - earlier.unjudged(), "message")
                    + " could not be judged; the warnings above say which");
        }
        if (all.openSessions() > 0) {
            console.say("live: "
                    + Counted.of(
                            all.openSessions(),
                            "session was still open and judged",
                            "sessions were still open and judged")
                    + " by what had come so far");
        }
        if (all.withoutKey() > earlier.withoutKey()) {
            console.say(String.format(
                    Locale.ROOT,
                    "live: messages without a session key: %,d; each was judged by itself, or not at all if training"
                            + " had no such lines; if there are many, check --format and session_key",
                    all.withoutKey() - earlier.withoutKey()));
        }
        return sinks.stats().stream().noneMatch(SinkStats::deniedEverything);
    }

    /** Says how often the input could not be read; of a broker that was never reached, what may be wrong. */
    private static void sayFailures(LiveSummary summary, @Nullable BrokerSettings kafka, Console console) {
        long failures = summary.input().readFailures();
        if (failures == 0) {
            return;
        }
        if (kafka == null) {
            console.say(String.format(
                    Locale.ROOT,
                    "live: reading in or beside a log failed %,d times; the warnings above say where",
                    failures));
            return;
        }
        boolean never = summary.input().read().bytes() == 0;
        console.say(String.format(
                Locale.ROOT,
                "live: Kafka at %s could not be reached %,d times%s",
                kafka.bootstrap(),
                failures,
                never
                        ? ", and no record was read: check the address given to --kafka, that a broker listens there,"
                                + " and --kafka-properties if it needs TLS or a password"
                        : "; the warnings above say when"));
    }

    /** Unless told so before its first request, Java sends no password to a proxy on the way to https. */
    private static void letTunnelsAuthenticate() {
        String disabled = "jdk.http.auth.tunneling.disabledSchemes";
        if (System.getProperty(disabled) == null) {
            System.setProperty(disabled, "");
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

    private static String counts(long messages, long sessions, long alerts) {
        return Counted.of(messages, "message") + ", " + Counted.of(sessions, "session") + ", "
                + Counted.of(alerts, "alert");
    }
}
