package io.deepsentry.live;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.PATH_LIST;
import static io.deepsentry.core.config.ConfigType.STRING;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.EvalSettings.Season;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.alert.AlertFormat;
import io.deepsentry.live.alert.AlertOutputs;
import io.deepsentry.live.alert.WebhookFormat;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.record.OtlpSettings;
import io.deepsentry.live.record.RecordFormat;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.parse.redact.RedactionRules;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link LiveMonitor}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * LiveSettings settings = LiveSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .logFiles(Path.of("/var/log/app.log"))
 *         .tailMode(TailMode.FROM_START)
 *         .outputFile(Path.of("alerts.log"))
 *         .build();
 * }</pre>
 *
 * @param textEncoder the encoder's model file, or its folder
 * @param anomalyModel the detector's model file, or its folder
 * @param vocabulary the vocabulary of an encoder that does not carry its own, or null for one that does
 * @param logFiles the logs, at least one; {@code /dev/stdin} and {@code -} are standard input, the name of a file may be a glob, and a folder stands for
 *     the logs below it
 * @param kafka the broker whose topics are read instead of logs, or where alerts go, or null
 * @param otlp where clients send logs to over OTLP, instead of files, or null
 * @param tailMode where reading begins, and whether it ends
 * @param format a preset, a layout, or {@code auto}
 * @param customParser the class of a parser of the user's own, in place of {@code format}, or null
 * @param parserPath the jar or folder that this class is in, or null if it is on the class path
 * @param timeFormat how times are written, or null for what the format usually has
 * @param zone the zone of times that do not name theirs
 * @param onMalformed what happens to lines that do not fit
 * @param sessionKey what {@link io.deepsentry.parse.SessionKey} takes, or null for the one that the detector was trained with, if any
 * @param sessionEnd a regular expression found in the last line of a session, or null where nothing marks it
 * @param idleTimeout how long a session must be silent before it is judged as ended
 * @param maxSessions the most sessions that are remembered at once
 * @param sequenceLength the window that the detector must have been trained with, or null for any
 * @param windowSize scores that the adaptive threshold looks back on
 * @param thresholdMultiplier standard deviations of the adaptive threshold above their mean; null for the trained threshold
 * @param threshold an absolute score that replaces the trained and the adaptive threshold, or null
 * @param season the hours that have thresholds of their own, or null for one threshold
 * @param maxAlarmsPerDay the false alarms a day that a threshold from validation data allows, or null
 * @param kinds the kinds of evidence that are heard, of {@link EvidenceKind#OF_STREAMS}
 * @param batchInterval how long lines are collected before they are scored together
 * @param checkpointDir where positions and sessions are kept for the next start, or null
 * @param overload what happens to lines that come through a pipe or a call faster than they can be judged
 * @param outputs where alerts go
 * @param feedbackFile the alerts that were acknowledged as normal; need not exist
 * @param alertRecords where alerts are remembered for feedback
 * @param findings when findings give alerts
 * @param device where the models compute
 * @param runtime the library that computes
 */
public record LiveSettings(
        Path textEncoder,
        Path anomalyModel,
        @Nullable Path vocabulary,
        List<Path> logFiles,
        @Nullable BrokerSettings kafka,
        @Nullable OtlpSettings otlp,
        TailMode tailMode,
        String format,
        @Nullable String customParser,
        @Nullable Path parserPath,
        @Nullable String timeFormat,
        ZoneId zone,
        OnMalformed onMalformed,
        @Nullable String sessionKey,
        @Nullable String sessionEnd,
        Duration idleTimeout,
        int maxSessions,
        @Nullable Integer sequenceLength,
        int windowSize,
        @Nullable Double thresholdMultiplier,
        @Nullable Double threshold,
        @Nullable Season season,
        @Nullable Double maxAlarmsPerDay,
        Set<EvidenceKind> kinds,
        Duration batchInterval,
        @Nullable Path checkpointDir,
        Overload overload,
        AlertOutputs outputs,
        Path feedbackFile,
        Path alertRecords,
        FindingBook.Rules findings,
        Device device,
        ModelRuntime runtime) {
    private static final String RENOTIFY = "renotify";
    private static final String END_AFTER = "end_after";
    private static final String MAX_ALERTS = "max_alerts_per_minute";

    /** The keys of {@code live_monitoring_config.yml}. */
    public static final ConfigSchema SCHEMA = AlertOutputs.declare(
                    BrokerSettings.declare(OtlpSettings.declare(ConfigSchema.named("live_monitoring_config")
                            .command("live")
                            .about("Follows a log and writes an alert for each anomaly.")
                            .keyOf(EvalSettings.SCHEMA, "text_encoder_model")
                            .doc("The text encoder.")
                            .keyOf(EvalSettings.SCHEMA, "anomaly_model")
                            .doc("The anomaly detector.")
                            .keyOf(EncodeSettings.SCHEMA, "vocabulary")
                            .doc("The vocabulary, for an encoder that does not carry its own.")
                            .key("log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
                            .doc(
                                    "The log to follow, or several; a folder for all logs below it, /dev/stdin for standard input. A file need not exist yet; *, ? and"
                                            + " [...] in its name match files, later ones included.")
                            .key("tail_mode", BOOLEAN, true)
                            .doc("Whether to follow the log; if not, it is read once from beginning to end.")
                            .key("from_start", BOOLEAN, false)
                            .doc("Whether to read what is already in the log, too.")
                            .key("until_end", BOOLEAN, false)
                            .doc("Whether to stop at the end of the log instead of following it; needs from_start.")
                            .keyOf(PrepareSettings.SCHEMA, "log_format")
                            .keyOf(PrepareSettings.SCHEMA, "custom_parser")
                            .keyOf(PrepareSettings.SCHEMA, "parser_path")
                            .keyOf(PrepareSettings.SCHEMA, "time_format")
                            .keyOf(PrepareSettings.SCHEMA, "time_zone")
                            .keyOf(PrepareSettings.SCHEMA, "on_malformed")
                            .keyOf(PrepareSettings.SCHEMA, "session_key")
                            .doc(
                                    "The session's key: a regular expression with one group, (blk_-?\\d+); a field's name; or path:REGEX."
                                            + " None: the one of the training, if any.")
                            .key("session_end", STRING, null)
                            .doc(
                                    "A regular expression found in the last message of a session. None: only idle_timeout ends it.")
                            .key("idle_timeout", DOUBLE, 600.0)
                            .above(0)
                            .doc("Seconds without a line after which a session ends. A later line continues it.")
                            .key("max_sessions", INT, 20_000)
                            .range(1, 10_000_000)
                            .doc(
                                    "The most sessions to remember. Beyond it, the one that ended longest ago is forgotten first, then the idlest.")
                            .keyOf(EvalSettings.SCHEMA, "sequence_length")
                            .key("window_size", INT, 100)
                            .range(2, 1_000_000)
                            .doc("How many scores of a stream the adaptive threshold is computed from.")
                            .key("threshold_multiplier", DOUBLE, null)
                            .above(0)
                            .doc(
                                    "Lets the threshold of a stream adapt: standard deviations above the mean of those scores, but"
                                            + " never below the trained threshold. None: the trained one, as in eval.")
                            .keyOf(EvalSettings.SCHEMA, "threshold")
                            .doc("An absolute score in place of the trained and the adaptive threshold.")
                            .keyOf(EvalSettings.SCHEMA, "seasonal")
                            .keyOf(EvalSettings.SCHEMA, "seasonal_weekly")
                            .keyOf(EvalSettings.SCHEMA, "max_alarms_per_day")
                            .keyOf(EvalSettings.SCHEMA, "kinds")
                            .key("batch_interval", DOUBLE, 1.0)
                            .range(0, 86_400)
                            .doc("Seconds over which to collect lines and score them together; 0: at once.")
                            .key("checkpoint_dir", PATH, null)
                            .label("DIR")
                            .doc(
                                    "A folder for this log alone, in which the run saves its state so that the next one continues where it ended.")
                            .key("overload", ENUM, Overload.WAIT)
                            .doc(
                                    "What to do when standard input is too fast: make its writer wait, or drop lines and count them.")
                            .key("system", STRING, null)
                            .doc(
                                    "The name of the watched system in metrics and messages; none: the name of the log file.")
                            .key("metrics_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc("The port on which Prometheus finds /metrics; 0: any that is free.")
                            .key("health_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc("The port of /health and /ready; may be that of the metrics.")
                            .key("ui_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc(
                                    "The port of a page that shows findings, lines and lag live, and marks findings as normal.")
                            .key("listen_address", STRING, "127.0.0.1")
                            .label("ADDRESS")
                            .doc("The address to listen on; 0.0.0.0 for all of this machine.")
                            .key("daemonize", BOOLEAN, false)
                            .doc("Whether to continue in the background once everything is loaded.")
                            .key("pid_file", PATH, null)
                            .doc(
                                    "A file for the process id; a second run with the same file is refused; none: with daemonize,"
                                            + " live.pid in the data folder.")
                            .key("daemon_log", PATH, "{ROOT_DATA_DIR}/live.log")
                            .doc("The file for messages of a run in the background.")
                            .keyOf(EvalSettings.SCHEMA, "feedback_file")
                            .doc(
                                    "The file of deepsentry feedback: alerts marked as normal, which are not raised again. It is read again when it changes.")
                            .keyOf(FeedbackSettings.SCHEMA, "alert_records")
                            .doc("The file in which to remember alerts for deepsentry feedback.")
                            .key(RENOTIFY, DOUBLE, seconds(FindingBook.Rules.RENOTIFY))
                            .atLeast(0)
                            .label("SECONDS")
                            .doc(
                                    "Seconds after which a finding that continues gives another alert; 0: each anomaly gives one.")
                            .key(END_AFTER, DOUBLE, null)
                            .above(0)
                            .label("SECONDS")
                            .doc("Seconds without an anomaly after which a finding ends, with an alert. None: "
                                    + FindingBook.Rules.END_FACTOR + " times renotify.")
                            .key(MAX_ALERTS, INT, FindingBook.Rules.PER_MINUTE)
                            .range(1, 1_000_000)
                            .doc(
                                    "The most alerts a minute; others are held back and counted. New findings come first; critical ones may use as many again.")
                            .keyOf(EncodeSettings.SCHEMA, "gpu")
                            .keyOf(EncodeSettings.SCHEMA, "runtime"))))
            .build();

    public LiveSettings {
        logFiles = List.copyOf(logFiles);
        SettingsCheck.of(SCHEMA)
                .rule(
                        !logFiles.isEmpty() || readsTopics(kafka) || otlp != null,
                        "log_file must name at least one log, but was empty")
                .rule(logFiles.isEmpty() || !readsTopics(kafka), "log_file and topic exclude each other; leave one out")
                .rule(logFiles.isEmpty() || otlp == null, "log_file and otlp_port exclude each other; leave one out")
                .rule(otlp == null || !readsTopics(kafka), "otlp_port and topic exclude each other; leave one out")
                .rule(
                        otlp == null || tailMode == TailMode.FROM_END,
                        "otlp_port takes what is sent from now on and does not end:"
                                + " leave out from_start, until_end and tail_mode")
                .rule(
                        customParser == null || format.equalsIgnoreCase(LogFormat.AUTO),
                        "custom_parser and log_format exclude each other, but were '" + customParser + "' and '"
                                + format + "'; leave one out")
                .rule(
                        parserPath == null || customParser != null,
                        "parser_path (" + parserPath + ") needs custom_parser, the name of the class in it")
                .rule(
                        season == null || threshold == null,
                        "threshold (" + threshold + ") and seasonal exclude each other; leave one out")
                .rule(
                        season == null || maxAlarmsPerDay == null,
                        "max_alarms_per_day (" + maxAlarmsPerDay + ") and seasonal exclude each other; leave one out")
                .rule(
                        season == null || thresholdMultiplier == null,
                        "threshold_multiplier (" + thresholdMultiplier
                                + ") and seasonal exclude each other; leave one out")
                .value("threshold", threshold)
                .value("threshold_multiplier", thresholdMultiplier)
                .value("max_alarms_per_day", maxAlarmsPerDay)
                .value("sequence_length", sequenceLength)
                .value("window_size", windowSize)
                .value("max_sessions", maxSessions)
                .value("idle_timeout", seconds(idleTimeout))
                .value("batch_interval", seconds(batchInterval))
                .done();
    }

    /** Returns the settings of a configuration with this {@link #SCHEMA}. */
    public static LiveSettings from(Config config) {
        AlertOutputs outputs = AlertOutputs.from(config);
        return new LiveSettings(
                config.getPath("text_encoder_model"),
                config.getPath("anomaly_model"),
                vocabulary(config),
                logFiles(config),
                outputs.kafka(),
                OtlpSettings.from(config),
                tailMode(config),
                config.getString("log_format"),
                config.findString("custom_parser").orElse(null),
                config.findPath("parser_path").orElse(null),
                config.findString("time_format").orElse(null),
                config.getZone("time_zone"),
                config.getEnum("on_malformed", OnMalformed.class),
                config.findString("session_key").orElse(null),
                config.findString("session_end").orElse(null),
                seconds(config.getDouble("idle_timeout")),
                config.getInt("max_sessions"),
                config.isSet("sequence_length")
                        ? config.findInt("sequence_length").orElse(null)
                        : null,
                config.getInt("window_size"),
                config.findDouble("threshold_multiplier").orElse(null),
                config.findDouble("threshold").orElse(null),
                config.getBoolean("seasonal")
                        ? new Season(config.getZone("time_zone"), config.getBoolean("seasonal_weekly"))
                        : null,
                config.findDouble("max_alarms_per_day").orElse(null),
                EvalSettings.kinds(config),
                seconds(config.getDouble("batch_interval")),
                config.findPath("checkpoint_dir").orElse(null),
                config.getEnum("overload", Overload.class),
                outputs,
                config.getPath("feedback_file"),
                config.getPath("alert_records"),
                findings(config),
                Device.ofSetting(config.getString("gpu")),
                config.getEnum("runtime", ModelRuntime.class));
    }

    private static boolean readsTopics(@Nullable BrokerSettings kafka) {
        return kafka != null && !kafka.topics().isEmpty();
    }

    /** What is watched, for messages. */
    String input() {
        BrokerSettings broker = kafka;
        if (otlp != null) {
            return "OTLP on " + otlp.listenAddress() + ':' + otlp.port();
        }
        return broker != null && readsTopics()
                ? String.join(", ", broker.topics()) + " at " + broker.bootstrap()
                : logFiles.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** Whether the records of topics are judged, and not the lines of files. */
    public boolean readsTopics() {
        return readsTopics(kafka);
    }

    /** The log that is followed where nothing is named is none beside another input. */
    private static List<Path> logFiles(Config config) {
        boolean others = !config.getStrings("topic").isEmpty() || OtlpSettings.from(config) != null;
        return others && config.isDefault("log_file") ? List.of() : config.getPaths("log_file");
    }

    private static FindingBook.Rules findings(Config config) {
        Duration renotify = seconds(config.getDouble(RENOTIFY));
        return new FindingBook.Rules(
                renotify,
                config.findDouble(END_AFTER)
                        .map(LiveSettings::seconds)
                        .orElse((renotify.isZero() ? FindingBook.Rules.RENOTIFY : renotify)
                                .multipliedBy(FindingBook.Rules.END_FACTOR)),
                config.getInt(MAX_ALERTS),
                FindingBook.Rules.MOST);
    }

    private static TailMode tailMode(Config config) {
        boolean fromStart = config.getBoolean("from_start");
        if (!config.getBoolean("tail_mode")) {
            return TailMode.UNTIL_END;
        }
        if (config.getBoolean("until_end")) {
            if (!fromStart) {
                throw new ConfigException(
                        "until_end must go with from_start, or nothing is read: following begins at the end of the log");
            }
            return TailMode.UNTIL_END;
        }
        return fromStart ? TailMode.FROM_START : TailMode.FROM_END;
    }

    /** Our encoders carry their vocabulary. That of the data folder is only for others, and need not be there. */
    private static @Nullable Path vocabulary(Config config) {
        Path named = config.findPath("vocabulary").orElse(null);
        if (named == null || !config.isSet("vocabulary")) {
            return null;
        }
        return config.isDefault("vocabulary") && !Files.exists(named) ? null : named;
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(Math.min(seconds, 1e9) * 1e9));
    }

    private static double seconds(Duration time) {
        return BigDecimal.valueOf(time.toSeconds())
                .add(BigDecimal.valueOf(time.toNanosPart(), 9))
                .doubleValue();
    }

    /** Begins with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Collects settings, each named as the component it sets; what concerns {@link #outputs} is named as in {@link AlertOutputs}. Not thread-safe.
     */
    public static final class Builder extends SettingsBuilder<LiveSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        @CanIgnoreReturnValue
        public Builder logFiles(Path... logs) {
            return logFiles(Arrays.asList(logs));
        }

        @CanIgnoreReturnValue
        public Builder logFiles(List<Path> logs) {
            return set("log_file", List.copyOf(logs));
        }

        /** Sets the brokers of Kafka to read from and write alerts to, {@code host:port} with commas between. */
        @CanIgnoreReturnValue
        public Builder kafka(@Nullable String bootstrap) {
            return set("kafka", bootstrap);
        }

        /** Sets the topics whose records are judged, instead of logs. */
        @CanIgnoreReturnValue
        public Builder topics(String... names) {
            return set("topic", List.of(names));
        }

        /** Sets the group whose members share the partitions of the topics. */
        @CanIgnoreReturnValue
        public Builder group(@Nullable String name) {
            return set("group", name);
        }

        /** Sets the file with settings of Kafka's own clients. */
        @CanIgnoreReturnValue
        public Builder kafkaProperties(@Nullable Path file) {
            return set("kafka_properties", file);
        }

        @CanIgnoreReturnValue
        public Builder recordFormat(RecordFormat format) {
            return set("record_format", format);
        }

        @CanIgnoreReturnValue
        public Builder alertTopic(@Nullable String name) {
            return set("alert_topic", name);
        }

        /** Sets the port that takes logs over OTLP/HTTP, instead of logs. */
        @CanIgnoreReturnValue
        public Builder otlpPort(@Nullable Integer port) {
            return set("otlp_port", port);
        }

        /** Sets the address that this port is on; 127.0.0.1 unless set. */
        @CanIgnoreReturnValue
        public Builder listenAddress(String address) {
            return set("listen_address", address);
        }

        @CanIgnoreReturnValue
        public Builder tailMode(TailMode mode) {
            set("tail_mode", true);
            set("from_start", mode != TailMode.FROM_END);
            return set("until_end", mode == TailMode.UNTIL_END);
        }

        /** Sets the class that reads lines, in place of a format. It needs a public constructor without parameters. */
        @CanIgnoreReturnValue
        public Builder customParser(Class<? extends LogParser> parser) {
            return set("custom_parser", parser.getName());
        }

        /** Sets the class that reads lines by its name, and the jar or folder of classes it is in. */
        @CanIgnoreReturnValue
        public Builder customParser(String className, Path jarOrFolder) {
            set("custom_parser", className);
            return set("parser_path", jarOrFolder);
        }

        /** Sets what is replaced in every alert; nothing, if empty. */
        @CanIgnoreReturnValue
        public Builder redacted(Set<Redaction.Kind> kinds) {
            return set(
                    "redact",
                    kinds.isEmpty()
                            ? List.of(AlertOutputs.NOTHING)
                            : kinds.stream().map(Redaction.Kind::configName).toList());
        }

        /** Sets what is replaced beside that. */
        @CanIgnoreReturnValue
        public Builder redacting(RedactionRules further) {
            set("redact_names", further.names());
            return set("redact_patterns", further.patterns());
        }

        @CanIgnoreReturnValue
        public Builder textEncoder(Path file) {
            return set("text_encoder_model", file);
        }

        @CanIgnoreReturnValue
        public Builder anomalyModel(Path file) {
            return set("anomaly_model", file);
        }

        @CanIgnoreReturnValue
        public Builder vocabulary(Path file) {
            return set("vocabulary", file);
        }

        @CanIgnoreReturnValue
        public Builder format(String presetOrLayout) {
            return set("log_format", presetOrLayout);
        }

        @CanIgnoreReturnValue
        public Builder timeFormat(@Nullable String pattern) {
            return set("time_format", pattern);
        }

        @CanIgnoreReturnValue
        public Builder zone(ZoneId zone) {
            return set("time_zone", zone.getId());
        }

        @CanIgnoreReturnValue
        public Builder onMalformed(OnMalformed choice) {
            return set("on_malformed", choice);
        }

        @CanIgnoreReturnValue
        public Builder sessionKey(@Nullable String regex) {
            return set("session_key", regex);
        }

        @CanIgnoreReturnValue
        public Builder sessionEnd(@Nullable String regex) {
            return set("session_end", regex);
        }

        @CanIgnoreReturnValue
        public Builder idleTimeout(Duration silence) {
            return set("idle_timeout", seconds(silence));
        }

        @CanIgnoreReturnValue
        public Builder renotify(Duration pause) {
            return set(RENOTIFY, seconds(pause));
        }

        @CanIgnoreReturnValue
        public Builder endAfter(Duration silence) {
            return set(END_AFTER, seconds(silence));
        }

        @CanIgnoreReturnValue
        public Builder maxAlertsPerMinute(int most) {
            return set(MAX_ALERTS, most);
        }

        @CanIgnoreReturnValue
        public Builder maxSessions(int sessions) {
            return set("max_sessions", sessions);
        }

        @CanIgnoreReturnValue
        public Builder sequenceLength(@Nullable Integer messages) {
            return set("sequence_length", messages);
        }

        @CanIgnoreReturnValue
        public Builder windowSize(int scores) {
            return set("window_size", scores);
        }

        @CanIgnoreReturnValue
        public Builder thresholdMultiplier(@Nullable Double deviations) {
            return set("threshold_multiplier", deviations);
        }

        @CanIgnoreReturnValue
        public Builder threshold(@Nullable Double score) {
            return set("threshold", score);
        }

        /** Gives each hour a threshold of its own; null: one threshold for all. The zone is that of {@link #zone}. */
        @CanIgnoreReturnValue
        public Builder season(@Nullable Season season) {
            if (season != null) {
                set("seasonal_weekly", season.weekly());
                set("time_zone", season.zone().getId());
            }
            return set("seasonal", season != null);
        }

        @CanIgnoreReturnValue
        public Builder maxAlarmsPerDay(@Nullable Double alarms) {
            return set("max_alarms_per_day", alarms);
        }

        @CanIgnoreReturnValue
        public Builder kinds(Set<EvidenceKind> kinds) {
            return set("kinds", EvidenceKind.keys(kinds));
        }

        @CanIgnoreReturnValue
        public Builder batchInterval(Duration time) {
            return set("batch_interval", seconds(time));
        }

        @CanIgnoreReturnValue
        public Builder checkpointDir(@Nullable Path folder) {
            return set("checkpoint_dir", folder);
        }

        @CanIgnoreReturnValue
        public Builder overload(Overload choice) {
            return set("overload", choice);
        }

        @CanIgnoreReturnValue
        public Builder feedbackFile(Path file) {
            return set("feedback_file", file);
        }

        @CanIgnoreReturnValue
        public Builder alertRecords(Path file) {
            return set("alert_records", file);
        }

        @CanIgnoreReturnValue
        public Builder device(Device device) {
            return set("gpu", device.setting());
        }

        @CanIgnoreReturnValue
        public Builder runtime(ModelRuntime runtime) {
            return set("runtime", runtime);
        }

        @CanIgnoreReturnValue
        public Builder outputFile(@Nullable Path file) {
            return set("output_file", file);
        }

        @CanIgnoreReturnValue
        public Builder alertFormat(AlertFormat format) {
            return set("alert_format", format);
        }

        @CanIgnoreReturnValue
        public Builder standardOutput(@Nullable Boolean written) {
            return set("standard_output", written);
        }

        @CanIgnoreReturnValue
        public Builder syslog(@Nullable String address) {
            return set("syslog", address);
        }

        @CanIgnoreReturnValue
        public Builder webhook(@Nullable String address) {
            return set("webhook", address);
        }

        @CanIgnoreReturnValue
        public Builder webhookFormat(WebhookFormat format) {
            return set("webhook_format", format);
        }

        @CanIgnoreReturnValue
        public Builder webhookTemplate(@Nullable Path file) {
            return set("webhook_template", file);
        }

        @CanIgnoreReturnValue
        public Builder system(@Nullable String name) {
            return set("system", name);
        }

        @CanIgnoreReturnValue
        public Builder elasticsearch(@Nullable String address) {
            return set("elasticsearch", address);
        }

        @CanIgnoreReturnValue
        public Builder elasticsearchIndex(String index) {
            return set("elasticsearch_index", index);
        }

        @CanIgnoreReturnValue
        public Builder elasticsearchTemplate(boolean installed) {
            return set("elasticsearch_template", installed);
        }

        @CanIgnoreReturnValue
        public Builder tlsAuthorities(@Nullable Path file) {
            return set("tls_ca", file);
        }

        @CanIgnoreReturnValue
        public Builder webhookTlsAuthorities(@Nullable Path file) {
            return set("webhook_tls_ca", file);
        }

        @CanIgnoreReturnValue
        public Builder syslogTlsAuthorities(@Nullable Path file) {
            return set("syslog_tls_ca", file);
        }

        @CanIgnoreReturnValue
        public Builder elasticsearchTlsAuthorities(@Nullable Path file) {
            return set("elasticsearch_tls_ca", file);
        }

        @CanIgnoreReturnValue
        public Builder syslogTlsCertificate(@Nullable Path certificate, @Nullable Path key) {
            return set("syslog_tls_cert", certificate).set("syslog_tls_key", key);
        }

        @CanIgnoreReturnValue
        public Builder spoolDir(Path folder) {
            return set("spool_dir", folder);
        }

        @CanIgnoreReturnValue
        public Builder spoolLimitMegabytes(int megabytes) {
            return set("spool_limit_mb", megabytes);
        }

        @CanIgnoreReturnValue
        public Builder spoolFull(Overload choice) {
            return set("spool_full", choice);
        }

        @CanIgnoreReturnValue
        public Builder drainLimit(Duration time) {
            return set("stop_timeout", seconds(time));
        }

        @Override
        protected LiveSettings from(Config config) {
            return LiveSettings.from(config);
        }
    }
}
