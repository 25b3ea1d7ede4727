package io.deepsentry.text.prepare;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.PATH_LIST;
import static io.deepsentry.core.config.ConfigType.STRING;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.text.token.NormalizerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Prepare} is told.
 *
 * @param inputs the logs, in the order of their time; {@code -} is standard input
 * @param test a log that is the test part; all of {@code inputs} is then for training and validation. Null: the end of the
 *     inputs is the test part
 * @param format a preset, a layout, or {@code auto}
 * @param timeFormat how times are written, or null for what the format usually has
 * @param customParser the class of a parser of the user's own, in place of {@code format}, or null
 * @param zone the zone of times that do not tell theirs
 * @param onMalformed what becomes of lines that do not fit
 * @param sessionKey a regular expression with one group, or null: each input is one stream
 * @param labels a file of labels of sessions, or null
 * @param trainOn what becomes of labelled anomalies in training and validation
 * @param trainFraction the share of sessions (of lines, in a stream) that is not test
 * @param validationSplit the share of those, at their end, that is for validation
 * @param preparedDataDir the folder to write
 * @param minWordCount words rarer than this are left out of the vocabulary
 * @param maxVocabSize the size of the vocabulary, {@code <pad>} and {@code <unk>} included
 * @param normalizer what is masked
 */
public record PrepareSettings(
        List<Path> inputs,
        @Nullable Path test,
        String format,
        @Nullable String timeFormat,
        @Nullable String customParser,
        ZoneId zone,
        OnMalformed onMalformed,
        @Nullable String sessionKey,
        @Nullable Path labels,
        TrainOn trainOn,
        double trainFraction,
        double validationSplit,
        Path preparedDataDir,
        int minWordCount,
        int maxVocabSize,
        NormalizerSettings normalizer) {
    /** The keys of {@code text_autoencoder_prepare_data.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_prepare_data")
            .command("prepare")
            .about("Reads logs, masks what varies, splits by time and makes the vocabulary.")
            .key("raw_log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
            .flag("--input")
            .doc("The log, or several in the order of their time; plain or gzip; - is standard input.")
            .key("raw_log_labels", PATH, "{ROOT_DATA_DIR}/labels.txt")
            .flag("--labels")
            .doc("Labels of sessions ('blk_123: 1', or a CSV of BlockId,Label); the default is used if it exists.")
            .key("test_log_file", PATH, null)
            .flag("--test")
            .doc("A log that is the test part; all of raw_log_file is then for training and validation.")
            .key("log_format", STRING, LogFormat.AUTO)
            .flag("--format")
            .doc("A preset (" + String.join(", ", LogFormat.presets())
                    + "), a layout such as '<Date> <Time> <Level>: <Content>', or auto.")
            .key("time_format", STRING, null)
            .doc("How times are written, such as 'yyyy-MM-dd HH:mm:ss'; none: what the format usually has.")
            .key("custom_parser", STRING, null)
            .doc("The class of a LogParser of your own, in place of log_format.")
            .key("time_zone", STRING, "UTC")
            .doc("The zone of times that do not tell theirs, such as Europe/Berlin.")
            .key("on_malformed", ENUM, "attach")
            .values("skip", "attach", "fail")
            .doc("Lines that do not fit the format: left out, appended to the event before, or an error.")
            .key("session_key", STRING, null)
            .doc(
                    "A regular expression with one group, the session's key: (blk_-?\\d+). None: each input is one stream.")
            .key("train_on", ENUM, "normal")
            .values("normal", "all")
            .doc("Labelled anomalies are left out of training and validation, or stay.")
            .key("training_log_data_fraction", DOUBLE, 0.8)
            .range(0.01, 1)
            .doc("The share of sessions (lines, in a stream) for training and validation; the rest is the test part.")
            .key("validation_split", DOUBLE, 0.2)
            .range(0.01, 0.99)
            .doc("The share of those, at their end, for validation.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .doc("The folder to write.")
            .key("min_word_count", INT, 1)
            .atLeast(1)
            .doc("Words rarer than this in the training part are <unk>.")
            .key("max_vocab_size", INT, 10_000)
            .range(3, 10_000_000)
            .doc("The size of the vocabulary, <pad> and <unk> included.")
            .key("lower", BOOLEAN, false)
            .doc("Whether words are put in lower case.")
            .key("mask_types", STRING_LIST, NormalizerSettings.switchable())
            .doc("The kinds of values that become typed tokens; leave some out to keep those as they are.")
            .key("mask_rules", STRING_LIST, List.of())
            .doc("Further rules, each NAME=REGEX: what the regex (or its first group) matches becomes <NAME>.")
            .build();

    public PrepareSettings {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new ConfigException("raw_log_file must name at least one log, but names none");
        }
        if (!(trainFraction > 0 && trainFraction <= 1)) {
            throw new ConfigException(
                    "training_log_data_fraction must be above 0 and at most 1, but was " + trainFraction);
        }
        if (!(validationSplit > 0 && validationSplit < 1)) {
            throw new ConfigException("validation_split must be above 0 and below 1, but was " + validationSplit);
        }
        if (minWordCount < 1) {
            throw new ConfigException("min_word_count must be at least 1, but was " + minWordCount);
        }
        if (maxVocabSize < 3) {
            throw new ConfigException("max_vocab_size must be at least 3, but was " + maxVocabSize);
        }
        if (customParser != null && !format.equals(LogFormat.AUTO)) {
            throw new ConfigException("custom_parser and log_format exclude each other, but were '" + customParser
                    + "' and '" + format + "'; leave one out");
        }
        if (labels != null && sessionKey == null) {
            throw new ConfigException("labels of sessions (" + labels
                    + ") need session_key, which says what the session of a line is; set it, or leave the labels out");
        }
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static PrepareSettings from(Config config) {
        String sessionKey = config.findString("session_key").orElse(null);
        Path labels = config.getPath("raw_log_labels");
        // A file that init wrote names the default too: that one is used if it is there.
        boolean usual = labels.equals(config.dataDir().resolve("labels.txt"));
        boolean useLabels = usual ? sessionKey != null && Files.exists(labels) : config.isSet("raw_log_labels");
        return new PrepareSettings(
                config.getPaths("raw_log_file"),
                config.findPath("test_log_file").orElse(null),
                config.getString("log_format"),
                config.findString("time_format").orElse(null),
                config.findString("custom_parser").orElse(null),
                zone(config),
                OnMalformed.valueOf(config.getString("on_malformed").toUpperCase(Locale.ROOT)),
                sessionKey,
                useLabels ? labels : null,
                TrainOn.valueOf(config.getString("train_on").toUpperCase(Locale.ROOT)),
                config.getDouble("training_log_data_fraction"),
                config.getDouble("validation_split"),
                config.getPath("prepared_data_dir"),
                config.getInt("min_word_count"),
                config.getInt("max_vocab_size"),
                NormalizerSettings.parse(
                        config.getStrings("mask_types"), config.getStrings("mask_rules"), config.getBoolean("lower")));
    }

    private static ZoneId zone(Config config) {
        try {
            return ZoneId.of(config.getString("time_zone"));
        } catch (DateTimeException e) {
            ConfigException problem = config.problem("time_zone", "must be a time zone such as UTC or Europe/Berlin");
            problem.initCause(e);
            throw problem;
        }
    }
}
