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
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link LiveMonitor}. {@link #SCHEMA} has their ranges and defaults. Immutable.
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
 * @param logFiles the logs: at least one, or none beside topics or OTLP; {@code /dev/stdin} and {@code -} are
 *     standard input, a name may be a glob, and a folder stands for the logs below it
 * @param kafka the broker whose topics are read instead of logs, or to which alerts go, or null
 * @param otlp where clients send logs to over OTLP, instead of files, or null; needs {@link TailMode#FROM_END}
 * @param tailMode where reading begins, and whether it ends
 * @param format a preset, a layout, or {@code auto}
 * @param customParser the class of the user's own parser, in place of {@code format}, or null
 * @param parserPath the jar or folder with this class, or null if it is on the class path
 * @param timeFormat how times are written, or null for what the format usually has
 * @param zone the zone of times that do not name theirs
 * @param onMalformed what happens to lines that do not fit the format
 * @param sessionKey the rule for {@link io.deepsentry.parse.SessionKey#of}, or null for the one that the detector was
 *     trained with, if any
 * @param sessionEnd a regular expression found in the last message of a session, or null if nothing marks it
 * @param idleTimeout how long a session must be silent before it is judged as ended; above zero
 * @param maxSessions the most sessions to remember at once, 1 to 10,000,000
 * @param sequenceLength the window that the detector must have been trained with, 2 to 10,000 messages, or null for
 *     any
 * @param windowSize the number of scores that the adaptive threshold looks back on, 2 to 1,000,000
 * @param thresholdMultiplier standard deviations of the adaptive threshold above the mean, above 0; null for the
 *     trained threshold
 * @param threshold a score that replaces the trained and the adaptive threshold, or null
 * @param season the hours that have thresholds of their own, or null for one threshold; excludes the other three
 *     thresholds
 * @param maxAlarmsPerDay the false alarms a day that a threshold from validation data allows, above 0, or null
 * @param kinds the kinds of evidence to use, of {@link EvidenceKind#OF_STREAMS}
 * @param batchInterval how long lines are collected before they are scored together, zero to a day; zero: at once
 * @param checkpointDir the folder that keeps positions and sessions for the next start, or null
 * @param overload what happens to lines that come through a pipe or a call faster than they can be judged
 * @param outputs where alerts go
 * @param feedbackFile the alerts acknowledged as normal; need not exist
 * @param alertRecords the file that remembers alerts for feedback
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
                            .doc("The vocabulary, for an encoder file that does not contain its own.")
                            .key("log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
                            .doc("The log files to follow; a folder for all logs below it, /dev/stdin for standard"
                                    + " input. A file need not exist yet; *, ? and [...] in its name match files,"
                                    + " including later ones.")
                            .key("tail_mode", BOOLEAN, true)
                            .doc("Whether to follow the log; if not, live reads it once from beginning to end.")
                            .key("from_start", BOOLEAN, false)
                            .doc("Whether to read the existing lines of the log first.")
                            .key("until_end", BOOLEAN, false)
                            .doc("Whether to stop at the end of the log instead of following it; needs from_start.")
                            .keyOf(PrepareSettings.SCHEMA, "log_format")
                            .keyOf(PrepareSettings.SCHEMA, "custom_parser")
                            .keyOf(PrepareSettings.SCHEMA, "parser_path")
                            .keyOf(PrepareSettings.SCHEMA, "time_format")
                            .keyOf(PrepareSettings.SCHEMA, "time_zone")
                            .keyOf(PrepareSettings.SCHEMA, "on_malformed")
                            .keyOf(PrepareSettings.SCHEMA, "session_key")
                            .doc("The session key: a regular expression with one group, such as (blk_-?\\d+); the"
                                    + " name of a field; or path:REGEX. None: the one used in training, if any.")
                            .key("session_end", STRING, null)
                            .doc("A regular expression found in the last message of a session. None: only"
                                    + " idle_timeout ends it.")
                            .key("idle_timeout", DOUBLE, 600.0)
                            .above(0)
                            .doc("Seconds without a line after which a session ends. A later line resumes it.")
                            .key("max_sessions", INT, 20_000)
                            .range(1, 10_000_000)
                            .doc("The maximum number of sessions to remember. Beyond that, the one that ended"
                                    + " longest ago is forgotten first, then the one idle longest.")
                            .keyOf(EvalSettings.SCHEMA, "sequence_length")
                            .key("window_size", INT, 100)
                            .range(2, 1_000_000)
                            .doc("How many scores of a stream to compute the adaptive threshold from.")
                            .key("threshold_multiplier", DOUBLE, null)
                            .above(0)
                            .doc("Lets the threshold of a stream adapt: standard deviations above the mean of those"
                                    + " scores, but never below the trained threshold. None: the trained one, as"
                                    + " in eval.")
                            .keyOf(EvalSettings.SCHEMA, "threshold")
                            .doc("A fixed score instead of the trained or the adaptive threshold.")
                            .keyOf(EvalSettings.SCHEMA, "seasonal")
                            .keyOf(EvalSettings.SCHEMA, "seasonal_weekly")
                            .keyOf(EvalSettings.SCHEMA, "max_alarms_per_day")
                            .keyOf(EvalSettings.SCHEMA, "kinds")
                            .key("batch_interval", DOUBLE, 1.0)
                            .range(0, 86_400)
                            .doc("Seconds over which to collect lines and score them together; 0: at once.")
                            .key("checkpoint_dir", PATH, null)
                            .label("DIR")
                            .doc("A folder for this log only, in which the run saves its state so that the next one"
                                    + " resumes where it ended.")
                            .key("overload", ENUM, Overload.WAIT)
                            .doc("What to do when standard input is too fast: make its writer wait, or drop lines"
                                    + " and count them.")
                            .key("system", STRING, null)
                            .doc("The name of the watched system in metrics and messages. None: the name of the log"
                                    + " file.")
                            .key("metrics_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc("The port of /metrics for Prometheus; 0: any free port.")
                            .key("health_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc("The port of /health and /ready; may be the same as the metrics port.")
                            .key("ui_port", INT, null)
                            .range(0, 65_535)
                            .label("PORT")
                            .doc("The port of a page that shows findings, lines and lag live, and lets you mark"
                                    + " findings as normal.")
                            .key("listen_address", STRING, "127.0.0.1")
                            .label("ADDRESS")
                            .doc("The address to listen on; 0.0.0.0 for all addresses of this machine.")
                            .key("daemonize", BOOLEAN, false)
                            .doc("Whether to continue in the background once everything is loaded.")
                            .key("pid_file", PATH, null)
                            .doc("A file for the process id; a second run with the same file is refused. None: with"
                                    + " daemonize, live.pid in the data folder.")
                            .key("daemon_log", PATH, "{ROOT_DATA_DIR}/live.log")
                            .doc("The file for the messages of a background run.")
                            .keyOf(EvalSettings.SCHEMA, "feedback_file")
                            .doc("The file of deepsentry feedback: alerts marked as normal, which are not raised"
                                    + " again. Changes take effect during the run.")
                            .keyOf(FeedbackSettings.SCHEMA, "alert_records")
                            .doc("The file in which to remember alerts for deepsentry feedback.")
                            .key(RENOTIFY, DOUBLE, seconds(FindingBook.Rules.RENOTIFY))
                            .atLeast(0)
                            .label("SECONDS")
                            .doc("Seconds after which a finding that lasts raises another alert; 0: each anomaly"
                                    + " raises one.")
                            .key(END_AFTER, DOUBLE, null)
                            .above(0)
                            .label("SECONDS")
                            .doc("Seconds without an anomaly after which a finding ends, with an alert. None: "
                                    + FindingBook.Rules.END_FACTOR + " times renotify.")
                            .key(MAX_ALERTS, INT, FindingBook.Rules.PER_MINUTE)
                            .range(1, 1_000_000)
                            .doc("The maximum number of alerts a minute; others are held back and counted. New"
                                    + " findings come first; new critical ones have as many again of their own.")
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
                        "otlp_port receives logs until live is stopped: leave out from_start, until_end and tail_mode")
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

    /**
     * Creates the settings of a run that reads logs, not topics or OTLP.
     *
     * @deprecated use {@link #builder()}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    @SuppressWarnings("InlineMeSuggester")
    public LiveSettings(
            Path textEncoder,
            Path anomalyModel,
            @Nullable Path vocabulary,
            List<Path> logFiles,
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
        this(
                textEncoder,
                anomalyModel,
                vocabulary,
                logFiles,
                null,
                null,
                tailMode,
                format,
                customParser,
                parserPath,
                timeFormat,
                zone,
                onMalformed,
                sessionKey,
                sessionEnd,
                idleTimeout,
                maxSessions,
                sequenceLength,
                windowSize,
                thresholdMultiplier,
                threshold,
                season,
                maxAlarmsPerDay,
                kinds,
                batchInterval,
                checkpointDir,
                overload,
                outputs,
                feedbackFile,
                alertRecords,
                findings,
                device,
                runtime);
    }

    /**
     * Returns the settings of a configuration.
     *
     * @param config a configuration with this {@link #SCHEMA}
     * @return the settings
     * @throws ConfigException if settings are out of range or contradict each other
     */
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

    /**
     * Returns whether the records of topics are judged, instead of the lines of files.
     *
     * @return true if a broker and at least one topic are set
     */
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
                        "until_end needs from_start: otherwise nothing is read, as following begins at the end of the"
                                + " log");
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

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Collects settings. A setter is named as the component it sets; those for {@link #outputs} are named as in
     * {@link AlertOutputs}. Values are checked by {@link #build}. Not thread-safe.
     */
    public static final class Builder extends SettingsBuilder<LiveSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        /**
         * Sets the logs to follow.
         *
         * @param logs files, globs or folders; {@code /dev/stdin} and {@code -} are standard input
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder logFiles(Path... logs) {
            return logFiles(Arrays.asList(logs));
        }

        /**
         * Sets the logs to follow.
         *
         * @param logs files, globs or folders; {@code /dev/stdin} and {@code -} are standard input
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder logFiles(List<Path> logs) {
            return set("log_file", List.copyOf(logs));
        }

        /**
         * Sets the brokers of Kafka to read from and write alerts to.
         *
         * @param bootstrap {@code host:port} with commas between, or null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder kafka(@Nullable String bootstrap) {
            return set("kafka", bootstrap);
        }

        /**
         * Sets the topics whose records are judged, instead of logs. Needs {@link #kafka}.
         *
         * @param names the topics
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder topics(String... names) {
            return set("topic", List.of(names));
        }

        /**
         * Sets the consumer group whose members share the partitions of the topics.
         *
         * @param name the group; null, the default: this run reads all partitions
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder group(@Nullable String name) {
            return set("group", name);
        }

        /**
         * Sets the file with settings of Kafka's own clients.
         *
         * @param file a properties file, or null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder kafkaProperties(@Nullable Path file) {
            return set("kafka_properties", file);
        }

        /**
         * Sets the envelope around the lines in records.
         *
         * @param format {@link RecordFormat#AUTO} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder recordFormat(RecordFormat format) {
            return set("record_format", format);
        }

        /**
         * Sets the topic that alerts are written to. Needs {@link #kafka}.
         *
         * @param name the topic, or null for none; must not be one that is read
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder alertTopic(@Nullable String name) {
            return set("alert_topic", name);
        }

        /**
         * Sets the port that receives logs over OTLP/HTTP, instead of logs.
         *
         * @param port 0 to 65535; 0 for any that is free; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder otlpPort(@Nullable Integer port) {
            return set("otlp_port", port);
        }

        /**
         * Sets the address that this port is on.
         *
         * @param address {@code 127.0.0.1} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder listenAddress(String address) {
            return set("listen_address", address);
        }

        /**
         * Sets where reading begins, and whether it ends.
         *
         * @param mode {@link TailMode#FROM_END} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder tailMode(TailMode mode) {
            set("tail_mode", true);
            set("from_start", mode != TailMode.FROM_END);
            return set("until_end", mode == TailMode.UNTIL_END);
        }

        /**
         * Sets the class that reads lines, in place of a format. It needs a public constructor without parameters.
         *
         * @param parser the class
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder customParser(Class<? extends LogParser> parser) {
            return set("custom_parser", parser.getName());
        }

        /**
         * Sets the class that reads lines by its name, and where it is.
         *
         * @param className the name of the class
         * @param jarOrFolder a jar, or a folder of classes and jars
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder customParser(String className, Path jarOrFolder) {
            set("custom_parser", className);
            return set("parser_path", jarOrFolder);
        }

        /**
         * Sets what is replaced in every alert.
         *
         * @param kinds the kinds to replace, each a {@link Redaction.Kind}; all unless set; empty: nothing is replaced.
         *     The deprecated {@link io.deepsentry.live.alert.Redaction.Kind} is accepted until it is removed
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder redacted(Set<? extends Enum<?>> kinds) {
            return set(
                    "redact",
                    kinds.isEmpty()
                            ? List.of(AlertOutputs.NOTHING)
                            : kinds.stream()
                                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                    .toList());
        }

        /**
         * Sets names and patterns to replace in addition.
         *
         * @param further the names and patterns
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder redacting(RedactionRules further) {
            set("redact_names", further.names());
            return set("redact_patterns", further.patterns());
        }

        /**
         * Sets the text encoder.
         *
         * @param file the model file, or its folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder textEncoder(Path file) {
            return set("text_encoder_model", file);
        }

        /**
         * Sets the anomaly detector.
         *
         * @param file the model file, or its folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder anomalyModel(Path file) {
            return set("anomaly_model", file);
        }

        /**
         * Sets the vocabulary of an encoder that does not carry its own.
         *
         * @param file the vocabulary
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder vocabulary(Path file) {
            return set("vocabulary", file);
        }

        /**
         * Sets the format of lines.
         *
         * @param presetOrLayout a preset, a layout, or {@code auto}, the default
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder format(String presetOrLayout) {
            return set("log_format", presetOrLayout);
        }

        /**
         * Sets how times are written.
         *
         * @param pattern a pattern such as {@code yyyy-MM-dd HH:mm:ss}, {@code iso}, {@code epoch} or
         *     {@code epoch-millis}; null, the default, for what the format usually has
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder timeFormat(@Nullable String pattern) {
            return set("time_format", pattern);
        }

        /**
         * Sets the zone of times that do not name theirs.
         *
         * @param zone UTC unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder zone(ZoneId zone) {
            return set("time_zone", zone.getId());
        }

        /**
         * Sets what happens to lines that do not fit the format.
         *
         * @param choice {@link OnMalformed#ATTACH} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder onMalformed(OnMalformed choice) {
            return set("on_malformed", choice);
        }

        /**
         * Sets the rule that finds the sessions of a line.
         *
         * @param regex a regular expression with one group, a field's name, or {@code path:} and a regular
         *     expression; null, the default, for the one of the training, if any
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sessionKey(@Nullable String regex) {
            return set("session_key", regex);
        }

        /**
         * Sets what marks the end of a session.
         *
         * @param regex a regular expression found in its last message; null, the default: only silence ends it
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sessionEnd(@Nullable String regex) {
            return set("session_end", regex);
        }

        /**
         * Sets the silence after which a session ends.
         *
         * @param silence above zero; 10 minutes unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder idleTimeout(Duration silence) {
            return set("idle_timeout", seconds(silence));
        }

        /**
         * Sets the time after which a finding that continues gives another alert.
         *
         * @param pause at least zero; zero: each anomaly gives an alert
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder renotify(Duration pause) {
            return set(RENOTIFY, seconds(pause));
        }

        /**
         * Sets the time without an anomaly after which a finding ends, with an alert.
         *
         * @param silence above zero; {@value FindingBook.Rules#END_FACTOR} times {@link #renotify} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder endAfter(Duration silence) {
            return set(END_AFTER, seconds(silence));
        }

        /**
         * Sets the most alerts a minute. Further ones are held back and counted.
         *
         * @param most 1 to 1,000,000; {@value FindingBook.Rules#PER_MINUTE} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxAlertsPerMinute(int most) {
            return set(MAX_ALERTS, most);
        }

        /**
         * Sets the most sessions to remember at once.
         *
         * @param sessions 1 to 10,000,000; 20,000 unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxSessions(int sessions) {
            return set("max_sessions", sessions);
        }

        /**
         * Sets the window that the detector must have been trained with.
         *
         * @param messages 2 to 10,000; null, the default, for any
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sequenceLength(@Nullable Integer messages) {
            return set("sequence_length", messages);
        }

        /**
         * Sets how many scores the adaptive threshold looks back on.
         *
         * @param scores 2 to 1,000,000; 100 unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder windowSize(int scores) {
            return set("window_size", scores);
        }

        /**
         * Lets the threshold of a stream adapt, never below the trained one.
         *
         * @param deviations standard deviations above the mean, above 0; null, the default, for the trained threshold
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder thresholdMultiplier(@Nullable Double deviations) {
            return set("threshold_multiplier", deviations);
        }

        /**
         * Sets a score in place of the trained and the adaptive threshold.
         *
         * @param score scores above it are anomalous; null, the default, for those thresholds
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder threshold(@Nullable Double score) {
            return set("threshold", score);
        }

        /**
         * Gives each hour a threshold of its own. Its zone becomes that of {@link #zone} too.
         *
         * @param season the hours; null, the default: one threshold for all
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder season(@Nullable Season season) {
            if (season != null) {
                set("seasonal_weekly", season.weekly());
                set("time_zone", season.zone().getId());
            }
            return set("seasonal", season != null);
        }

        /**
         * Sets a budget of false alarms, in place of a threshold.
         *
         * @param alarms how often a day normal data may exceed the threshold, above 0; null, the default, for no
         *     budget
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxAlarmsPerDay(@Nullable Double alarms) {
            return set("max_alarms_per_day", alarms);
        }

        /**
         * Sets the kinds of evidence to use.
         *
         * @param kinds of {@link EvidenceKind#OF_STREAMS}; all unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder kinds(Set<EvidenceKind> kinds) {
            return set("kinds", EvidenceKind.keys(kinds));
        }

        /**
         * Sets how long lines are collected before they are scored together.
         *
         * @param time zero to a day; zero: at once; one second unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder batchInterval(Duration time) {
            return set("batch_interval", seconds(time));
        }

        /**
         * Sets the folder in which the run saves its state, so that the next one continues where it ended.
         *
         * @param folder a folder for this log alone; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder checkpointDir(@Nullable Path folder) {
            return set("checkpoint_dir", folder);
        }

        /**
         * Sets what happens when standard input is written faster than lines can be judged.
         *
         * @param choice {@link Overload#WAIT} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder overload(Overload choice) {
            return set("overload", choice);
        }

        /**
         * Sets the file of alerts marked as normal, which are not raised again.
         *
         * @param file need not exist; it is read again when it changes
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder feedbackFile(Path file) {
            return set("feedback_file", file);
        }

        /**
         * Sets the file that remembers alerts for feedback.
         *
         * @param file the file to write
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder alertRecords(Path file) {
            return set("alert_records", file);
        }

        /**
         * Sets where the models compute.
         *
         * @param device the device
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder device(Device device) {
            return set("gpu", device.setting());
        }

        /**
         * Sets the library that computes.
         *
         * @param runtime the library
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder runtime(ModelRuntime runtime) {
            return set("runtime", runtime);
        }

        /**
         * Sets the file to append alerts to.
         *
         * @param file the file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder outputFile(@Nullable Path file) {
            return set("output_file", file);
        }

        /**
         * Sets the form of alerts in the file, on standard output and in syslog messages.
         *
         * @param format {@link AlertFormat#RECORD} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder alertFormat(AlertFormat format) {
            return set("alert_format", format);
        }

        /**
         * Sets whether alerts go to standard output.
         *
         * @param written null, the default: only if they go nowhere else
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder standardOutput(@Nullable Boolean written) {
            return set("standard_output", written);
        }

        /**
         * Sets a syslog server that alerts are sent to.
         *
         * @param address {@code udp://host:514}, {@code tcp://host:601} or {@code tls://host:6514}; null, the
         *     default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder syslog(@Nullable String address) {
            return set("syslog", address);
        }

        /**
         * Sets an address that each alert is posted to.
         *
         * @param address an {@code http} or {@code https} address; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder webhook(@Nullable String address) {
            return set("webhook", address);
        }

        /**
         * Sets the body of the posted request.
         *
         * @param format {@link WebhookFormat#DEEPSENTRY} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder webhookFormat(WebhookFormat format) {
            return set("webhook_format", format);
        }

        /**
         * Sets the template for {@link WebhookFormat#TEMPLATE}.
         *
         * @param file the template; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder webhookTemplate(@Nullable Path file) {
            return set("webhook_template", file);
        }

        /**
         * Sets the name of the watched system, as receivers show it.
         *
         * @param name the name; null, the default, for the name of the log file
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder system(@Nullable String name) {
            return set("system", name);
        }

        /**
         * Sets the Elasticsearch or OpenSearch server that alerts go to.
         *
         * @param address such as {@code http://host:9200}; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder elasticsearch(@Nullable String address) {
            return set("elasticsearch", address);
        }

        /**
         * Sets the index that alerts go to.
         *
         * @param index lower case letters, digits, dots, dashes and underscores, beginning with a letter or digit;
         *     {@code deepsentry} unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder elasticsearchIndex(String index) {
            return set("elasticsearch_index", index);
        }

        /**
         * Sets whether to install an index template for it.
         *
         * @param installed true unless set
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder elasticsearchTemplate(boolean installed) {
            return set("elasticsearch_template", installed);
        }

        /**
         * Sets the authorities to trust for every server, beside those of the Java runtime.
         *
         * @param file a PEM file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder tlsAuthorities(@Nullable Path file) {
            return set("tls_ca", file);
        }

        /**
         * Sets the authorities to trust for the webhook, in place of {@link #tlsAuthorities}.
         *
         * @param file a PEM file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder webhookTlsAuthorities(@Nullable Path file) {
            return set("webhook_tls_ca", file);
        }

        /**
         * Sets the authorities to trust for the syslog server, in place of {@link #tlsAuthorities}.
         *
         * @param file a PEM file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder syslogTlsAuthorities(@Nullable Path file) {
            return set("syslog_tls_ca", file);
        }

        /**
         * Sets the authorities to trust for Elasticsearch, in place of {@link #tlsAuthorities}.
         *
         * @param file a PEM file; null, the default, for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder elasticsearchTlsAuthorities(@Nullable Path file) {
            return set("elasticsearch_tls_ca", file);
        }

        /**
         * Sets the client certificate for the syslog server. Both files are set, or neither.
         *
         * @param certificate a PEM file with the certificate; null, the default, for none
         * @param key its private key: PEM, PKCS #8, without a password
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder syslogTlsCertificate(@Nullable Path certificate, @Nullable Path key) {
            return set("syslog_tls_cert", certificate).set("syslog_tls_key", key);
        }

        /**
         * Sets the folder in which alerts wait for servers that cannot be reached.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder spoolDir(Path folder) {
            return set("spool_dir", folder);
        }

        /**
         * Sets how much may wait there, for each server.
         *
         * @param megabytes 1 to 1,000,000
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder spoolLimitMegabytes(int megabytes) {
            return set("spool_limit_mb", megabytes);
        }

        /**
         * Sets what happens when the spool is full.
         *
         * @param choice {@link Overload#WAIT}, the default, stops reading the log; {@link Overload#DROP} drops alerts
         *     and counts them
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder spoolFull(Overload choice) {
            return set("spool_full", choice);
        }

        /**
         * Sets how long the end of a run waits for servers. Alerts they have not taken by then are sent after the
         * next start.
         *
         * @param time zero to 25 seconds
         * @return this builder
         */
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
