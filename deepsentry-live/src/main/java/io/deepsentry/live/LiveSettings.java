package io.deepsentry.live;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.PATH_LIST;
import static io.deepsentry.core.config.ConfigType.STRING;

import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.live.alert.AlertOutputs;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.OnMalformed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LiveMonitor} is told.
 *
 * @param textEncoder the encoder's model file, or its folder
 * @param anomalyModel the detector's model file, or its folder
 * @param vocabulary the vocabulary of an encoder that does not carry its own, or null for one that does
 * @param logFiles the logs, at least one; {@code /dev/stdin} and {@code -} are standard input, the name of a file may be a glob
 * @param tailMode whether the log is followed; otherwise it is read from its beginning to its end
 * @param fromStart whether what it holds already is read too
 * @param untilEnd whether reading ends at the end of the log
 * @param format a preset, a layout, or {@code auto}
 * @param customParser the class of a parser of the user's own, in place of {@code format}, or null
 * @param timeFormat how times are written, or null for what the format usually has
 * @param zone the zone of times that do not tell theirs
 * @param onMalformed what becomes of lines that do not fit
 * @param sessionKey a regular expression with one group, or null for the one that the detector was trained with, if any
 * @param sessionEnd a regular expression found in the last line of a session, or null where nothing marks it
 * @param idleTimeout how long nothing must come for a session before it is judged as ended
 * @param maxSessions how many sessions are remembered at once
 * @param sequenceLength the window that the detector must have been trained with, or null for whatever it has
 * @param windowSize scores the adaptive threshold looks back on
 * @param thresholdMultiplier standard deviations above the mean
 * @param threshold an absolute score that replaces the trained and the adaptive threshold, or null
 * @param maxAlarmsPerDay false alarms a day that a threshold from validation data is to keep to, or null
 * @param batchInterval how long lines are collected before they are looked at together
 * @param checkpointDir where positions and sessions are kept for the next start, or null
 * @param overload what becomes of lines that come through a pipe or a call faster than they can be judged
 * @param outputs where alerts go
 * @param feedbackFile the alerts that were acknowledged as normal; need not exist
 * @param alertRecords where alerts are remembered for feedback
 * @param device where the models compute
 * @param runtime what computes
 */
public record LiveSettings(
        Path textEncoder,
        Path anomalyModel,
        @Nullable Path vocabulary,
        List<Path> logFiles,
        boolean tailMode,
        boolean fromStart,
        boolean untilEnd,
        String format,
        @Nullable String customParser,
        @Nullable String timeFormat,
        ZoneId zone,
        OnMalformed onMalformed,
        @Nullable String sessionKey,
        @Nullable String sessionEnd,
        Duration idleTimeout,
        int maxSessions,
        @Nullable Integer sequenceLength,
        int windowSize,
        double thresholdMultiplier,
        @Nullable Double threshold,
        @Nullable Double maxAlarmsPerDay,
        Duration batchInterval,
        @Nullable Path checkpointDir,
        Overload overload,
        AlertOutputs outputs,
        Path feedbackFile,
        Path alertRecords,
        Device device,
        ModelRuntime runtime) {
    /** The keys of {@code live_monitoring_config.yml}. */
    public static final ConfigSchema SCHEMA = AlertOutputs.declare(
                    ConfigSchema.named("live_monitoring_config")
                            .command("live")
                            .about("Follows a log and writes an alert for each anomaly.")
                            .key("text_encoder_model", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model/encoder.h5")
                            .doc("The text encoder.")
                            .key("anomaly_model", PATH, "{ROOT_DATA_DIR}/anomaly_trained_model/detector.h5")
                            .doc("The anomaly detector.")
                            .key("vocabulary", PATH, "{ROOT_DATA_DIR}/prepared_data/vocab.pkl")
                            .doc("The vocabulary, for an encoder that does not carry its own.")
                            .key("log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
                            .doc(
                                    "The log to follow, or several; /dev/stdin is standard input. A file need not exist yet; *, ? and"
                                            + " [...] in its name stand for all that fit, also later ones.")
                            .key("tail_mode", BOOLEAN, true)
                            .doc("Whether the log is followed; if not, it is read from its beginning to its end.")
                            .key("from_start", BOOLEAN, false)
                            .doc("Whether what the log holds already is read too.")
                            .key("until_end", BOOLEAN, false)
                            .doc("Whether to stop at the end of the log instead of following it; needs from_start.")
                            .key("log_format", STRING, LogFormat.AUTO)
                            .flag("--format")
                            .doc("A preset (" + String.join(", ", LogFormat.presets())
                                    + "), a layout such as '<Date> <Time> <Level>: <Content>', or auto.")
                            .key("custom_parser", STRING, null)
                            .doc("The class of a LogParser of your own, in place of log_format.")
                            .key("time_format", STRING, null)
                            .doc(
                                    "How times are written, such as 'yyyy-MM-dd HH:mm:ss'; none: what the format usually has.")
                            .key("time_zone", STRING, "UTC")
                            .doc("The zone of times that do not tell theirs, such as Europe/Berlin.")
                            .key("on_malformed", ENUM, "attach")
                            .values("skip", "attach", "fail")
                            .doc(
                                    "Lines that do not fit the format: left out, appended to the event before, or an error.")
                            .key("session_key", STRING, null)
                            .doc(
                                    "A regular expression with one group, the session's key: (blk_-?\\d+). None: the one of the training, if any.")
                            .key("session_end", STRING, null)
                            .doc(
                                    "A regular expression found in the last message of a session. None: only idle_timeout ends it.")
                            .key("idle_timeout", DOUBLE, 600.0)
                            .above(0)
                            .doc(
                                    "Seconds without a line after which a session is judged as ended; a later line continues it.")
                            .key("max_sessions", INT, 20_000)
                            .range(1, 10_000_000)
                            .doc(
                                    "Sessions remembered at once; beyond, those that ended longest ago are forgotten, then the idlest.")
                            .key("sequence_length", INT, 10)
                            .range(2, 10_000)
                            .doc(
                                    "The detector's window. Another than the one it was trained with is an error; left out, it is the detector's.")
                            .key("window_size", INT, 100)
                            .range(2, 1_000_000)
                            .doc("Scores of a stream that its adaptive threshold looks back on.")
                            .key("threshold_multiplier", DOUBLE, 2.5)
                            .above(0)
                            .doc("The adaptive threshold: standard deviations above the mean of those scores.")
                            .key("threshold", DOUBLE, null)
                            .doc("An absolute score in place of the trained and the adaptive threshold.")
                            .key("max_alarms_per_day", DOUBLE, null)
                            .above(0)
                            .doc(
                                    "In place of a threshold: the one that normal data like the validation data passes so many times a day.")
                            .key("batch_interval", DOUBLE, 1.0)
                            .range(0, 86_400)
                            .doc("Seconds over which lines are collected and then scored together; 0: at once.")
                            .key("checkpoint_dir", PATH, null)
                            .doc(
                                    "A folder of this log's own for what the next start needs to go on without losing or doubling anything.")
                            .key("overload", ENUM, "wait")
                            .values("wait", "drop")
                            .doc(
                                    "When standard input is faster than lines can be judged: its writer waits, or lines are dropped and counted.")
                            .key("system", STRING, null)
                            .doc("The name of the watched system in metrics; none: the name of the log file.")
                            .key("metrics_port", INT, null)
                            .range(0, 65_535)
                            .doc("The port on which Prometheus finds /metrics; 0: any that is free.")
                            .key("health_port", INT, null)
                            .range(0, 65_535)
                            .doc("The port of /health and /ready; may be that of the metrics.")
                            .key("listen_address", STRING, "127.0.0.1")
                            .doc("The address these ports are on; 0.0.0.0 is every one of this machine.")
                            .key("daemonize", BOOLEAN, false)
                            .doc("Whether to go on in the background, once everything is opened and loaded.")
                            .key("pid_file", PATH, null)
                            .doc(
                                    "A file with the process id, which a second run refuses; none: with daemonize, live.pid in the data folder.")
                            .key("daemon_log", PATH, "{ROOT_DATA_DIR}/live.log")
                            .doc("Where a run in the background writes what it would say on standard error.")
                            .key("feedback_file", PATH, "{ROOT_DATA_DIR}/" + Feedback.FILE)
                            .doc(
                                    "What deepsentry feedback wrote: alerts that were normal, which are not raised again. Read again when it changes.")
                            .key("alert_records", PATH, "{ROOT_DATA_DIR}/" + FeedbackSettings.LIVE_ALERTS)
                            .doc("Where alerts are remembered for deepsentry feedback.")
                            .key("gpu", ENUM, "auto")
                            .values("auto", "true", "false")
                            .doc(
                                    "Whether to compute on a GPU: if there is one and TensorFlow computes, always (an error without one), or never.")
                            .key("runtime", ENUM, "auto")
                            .values("auto", "tensorflow", "onnxruntime")
                            .doc(
                                    "What computes: TensorFlow or ONNX Runtime; auto is ONNX Runtime where it runs the model and no GPU is asked for."))
            .build();

    public LiveSettings {
        logFiles = List.copyOf(logFiles);
        if (logFiles.isEmpty()) {
            throw new ConfigException("log_file must name at least one log, but was empty");
        }
        if (untilEnd && tailMode && !fromStart) {
            throw new ConfigException(
                    "until_end must go with from_start, or nothing is read: following begins at the end of the log");
        }
        if (customParser != null && !format.equalsIgnoreCase(LogFormat.AUTO)) {
            throw new ConfigException("custom_parser and log_format exclude each other, but were '" + customParser
                    + "' and '" + format + "'; leave one out");
        }
        if (threshold != null && !Double.isFinite(threshold)) {
            throw new ConfigException("threshold must be a finite number, but was " + threshold);
        }
        if (!(thresholdMultiplier > 0) || Double.isInfinite(thresholdMultiplier)) {
            throw new ConfigException("threshold_multiplier must be a positive number, but was " + thresholdMultiplier);
        }
        if (sequenceLength != null) {
            atLeast("sequence_length", sequenceLength, 2);
        }
        atLeast("window_size", windowSize, 2);
        atLeast("max_sessions", maxSessions, 1);
        if (idleTimeout.isNegative() || idleTimeout.isZero()) {
            throw new ConfigException("idle_timeout must be positive, but was " + idleTimeout);
        }
        if (batchInterval.isNegative()) {
            throw new ConfigException("batch_interval must not be negative, but was " + batchInterval);
        }
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new ConfigException(key + " must be at least " + least + ", but was " + value);
        }
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static LiveSettings from(Config config) {
        return new LiveSettings(
                config.getPath("text_encoder_model"),
                config.getPath("anomaly_model"),
                vocabulary(config),
                config.getPaths("log_file"),
                config.getBoolean("tail_mode"),
                config.getBoolean("from_start"),
                config.getBoolean("until_end"),
                config.getString("log_format"),
                config.findString("custom_parser").orElse(null),
                config.findString("time_format").orElse(null),
                zone(config),
                OnMalformed.valueOf(config.getString("on_malformed").toUpperCase(Locale.ROOT)),
                config.findString("session_key").orElse(null),
                config.findString("session_end").orElse(null),
                seconds(config.getDouble("idle_timeout")),
                config.getInt("max_sessions"),
                config.isSet("sequence_length")
                        ? config.findInt("sequence_length").orElse(null)
                        : null,
                config.getInt("window_size"),
                config.getDouble("threshold_multiplier"),
                config.findDouble("threshold").orElse(null),
                config.findDouble("max_alarms_per_day").orElse(null),
                seconds(config.getDouble("batch_interval")),
                config.findPath("checkpoint_dir").orElse(null),
                Overload.valueOf(config.getString("overload").toUpperCase(Locale.ROOT)),
                AlertOutputs.from(config),
                config.getPath("feedback_file"),
                config.getPath("alert_records"),
                Device.ofSetting(config.getString("gpu")),
                ModelRuntime.ofSetting(config.getString("runtime")));
    }

    /** Our encoders carry their vocabulary. That of the data folder is only for others, and need not be there. */
    private static @Nullable Path vocabulary(Config config) {
        Path named = config.findPath("vocabulary").orElse(null);
        if (named == null || !config.isSet("vocabulary")) {
            return null;
        }
        boolean usual = named.equals(config.dataDir().resolve("prepared_data/vocab.pkl"));
        return usual && !Files.exists(named) ? null : named;
    }

    public static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(Math.min(seconds, 1e9) * 1e9));
    }

    private static ZoneId zone(Config config) {
        try {
            return ZoneId.of(config.getString("time_zone"));
        } catch (DateTimeException e) {
            throw config.problem("time_zone", "must be a time zone such as UTC, Europe/Berlin or +02:00");
        }
    }
}
