package io.deepsentry.text.prepare;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.PATH_LIST;
import static io.deepsentry.core.config.ConfigType.STRING;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import io.deepsentry.parse.redact.RedactionRules;
import io.deepsentry.text.token.NormalizerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Prepare}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * PrepareSettings settings = PrepareSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .inputs(Path.of("monday.log"), Path.of("tuesday.log"))
 *         .sessionKey("order (\\d+)")
 *         .build();
 * }</pre>
 *
 * @param inputs the logs, in the order of their time; a folder is all logs below it; {@code -} is standard input. Or
 *     files of a {@link LogSample}, in any order, which say themselves how the log is read
 * @param test a log that is the test part; all of {@code inputs} is then for training and validation. Null: the end of
 *     the inputs is the test part
 * @param format a preset, a layout, or {@code auto}
 * @param timeFormat how times are written, or null for what the format usually has
 * @param customParser the class of a parser of the user's own, in place of {@code format}, or null
 * @param parserPath the jar or folder that this class is in, or null if it is on the class path
 * @param zone the zone of times that do not name theirs
 * @param onMalformed what happens to lines that do not fit
 * @param sessionKey a regular expression with one group, the name of a field, {@code path:REGEX} or {@code auto}, as
 *     {@link io.deepsentry.parse.SessionKey} says; null: each input is one stream
 * @param labels a file of labels of sessions, or null
 * @param trainOn what happens to labelled anomalies in training and validation
 * @param trainFraction the share of sessions (of lines, in a stream) that is not test
 * @param validationSplit the share of those, at their end, that is for validation
 * @param preparedDataDir the folder to write
 * @param minWordCount words rarer than this are left out of the vocabulary
 * @param maxVocabSize the size of the vocabulary, {@code <pad>} and {@code <unk>} included
 * @param normalizer what is masked
 * @param learnAnyway whether to learn from a log of which no message comes again
 */
public record PrepareSettings(
        List<Path> inputs,
        @Nullable Path test,
        String format,
        @Nullable String timeFormat,
        @Nullable String customParser,
        @Nullable Path parserPath,
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
        NormalizerSettings normalizer,
        boolean learnAnyway) {
    /** The keys of {@code text_autoencoder_prepare_data.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_prepare_data")
            .command("prepare")
            .about("Reads logs, masks variable parts, splits the logs by time and builds the vocabulary.")
            .key("raw_log_file", PATH_LIST, "{ROOT_DATA_DIR}/HDFS_1.log")
            .flag("--input")
            .doc("The log files, oldest first, plain or compressed; a folder for all logs in it; - for standard"
                    + " input. parse, prepare and run also take samples.")
            .key("raw_log_labels", PATH, "{ROOT_DATA_DIR}/labels.txt")
            .flag("--labels")
            .doc("Labels of sessions ('blk_123: 1', or a CSV of BlockId,Label). The default file need not exist.")
            .key("test_log_file", PATH, null)
            .flag("--test")
            .doc("A separate log to test on. All of raw_log_file is then used for training and validation.")
            .key("log_format", STRING, LogFormat.AUTO)
            .flag("--format")
            .label("FORMAT")
            .doc("A preset (" + String.join(", ", LogFormat.presets())
                    + "), a layout such as '<Date> <Time> <Level>: <Content>', regex: with named groups, or auto.")
            .key("time_format", STRING, null)
            .label("PATTERN")
            .doc("The pattern of times, such as 'yyyy-MM-dd HH:mm:ss', iso, epoch or epoch-millis. None: the"
                    + " format's own.")
            .key("custom_parser", STRING, null)
            .label("CLASS")
            .doc("The class of your own LogParser, instead of log_format.")
            .key("parser_path", PATH, null)
            .label("JAR|DIR")
            .doc("The jar, or the folder of classes, with custom_parser. None: the class path.")
            .key("time_zone", STRING, "UTC")
            .doc("The time zone of times that do not name one, such as Europe/Berlin.")
            .key("on_malformed", ENUM, OnMalformed.ATTACH)
            .doc("What to do with lines that do not fit the format: leave them out (skip), append them to the"
                    + " previous event (attach), or stop with an error (fail).")
            .key("session_key", STRING, null)
            .label("KEY")
            .doc("The session key: a regular expression with one group, such as (blk_-?\\d+); the name of a field;"
                    + " path:REGEX; or auto. None: each input is one stream.")
            .key("train_on", ENUM, TrainOn.NORMAL)
            .doc("Whether labelled anomalies are left out of training and validation (normal) or stay (all).")
            .key("training_log_data_fraction", DOUBLE, 0.8)
            .range(0.01, 1)
            .doc("The share of sessions (of lines, in a stream) for training and validation. The rest is for testing.")
            .key("validation_split", DOUBLE, 0.2)
            .range(0.01, 0.99)
            .label("SHARE")
            .doc("The share of training_log_data_fraction, at its end, for validation.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .label("DIR")
            .doc("The folder to write.")
            .key("min_word_count", INT, 1)
            .atLeast(1)
            .doc("Words rarer than this in the training part are <unk>.")
            .key("max_vocab_size", INT, 10_000)
            .range(3, 10_000_000)
            .doc("The size of the vocabulary, including <pad> and <unk>.")
            .key("lower", BOOLEAN, false)
            .doc("Whether to convert words to lower case.")
            .key("mask_types", STRING_LIST, NormalizerSettings.switchable())
            .doc("The types of values to mask. Values of other types stay as they are.")
            .key("mask_rules", STRING_LIST, List.of())
            .doc("More rules, each NAME=REGEX: what the regex (or its first group) matches becomes <NAME>.")
            .key("redact_names", STRING_LIST, List.of())
            .doc("More names whose values to redact before anything is learned, such as member_no.")
            .key("redact_patterns", STRING_LIST, List.of())
            .doc("More patterns to redact, in the syntax of RE2: the first group, or the whole match.")
            .key("learn_anyway", BOOLEAN, false)
            .doc("Whether to learn even from a log whose messages never repeat. Every new message is then reported.")
            .build();

    public PrepareSettings {
        inputs = List.copyOf(inputs);
        SettingsCheck.of(SCHEMA)
                .rule(!inputs.isEmpty(), "raw_log_file must name at least one log, but names none")
                .value("training_log_data_fraction", trainFraction)
                .value("validation_split", validationSplit)
                .value("min_word_count", minWordCount)
                .value("max_vocab_size", maxVocabSize)
                .rule(
                        customParser == null || format.equals(LogFormat.AUTO),
                        "custom_parser and log_format exclude each other, but were '" + customParser + "' and '"
                                + format + "'; leave one out")
                .rule(
                        parserPath == null || customParser != null,
                        "parser_path (" + parserPath + ") needs custom_parser, the name of the class in it")
                .rule(
                        labels == null || sessionKey != null || inputs.stream().anyMatch(LogSample::isSampleOfSessions),
                        "labels of sessions (" + labels
                                + ") need session_key, which says what the session of a line is; set it, or leave the"
                                + " labels out")
                .done();
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static PrepareSettings from(Config config) {
        String sessionKey = config.findString("session_key").orElse(null);
        boolean ofSessions =
                sessionKey != null || config.getPaths("raw_log_file").stream().anyMatch(LogSample::isSampleOfSessions);
        Path labels = config.getPath("raw_log_labels");
        // A file that init wrote names the default too: that one is used if it is there.
        boolean useLabels = !config.isDefault("raw_log_labels") || (ofSessions && Files.exists(labels));
        return new PrepareSettings(
                config.getPaths("raw_log_file"),
                config.findPath("test_log_file").orElse(null),
                config.getString("log_format"),
                config.findString("time_format").orElse(null),
                config.findString("custom_parser").orElse(null),
                config.findPath("parser_path").orElse(null),
                config.getZone("time_zone"),
                config.getEnum("on_malformed", OnMalformed.class),
                sessionKey,
                useLabels ? labels : null,
                config.getEnum("train_on", TrainOn.class),
                config.getDouble("training_log_data_fraction"),
                config.getDouble("validation_split"),
                config.getPath("prepared_data_dir"),
                config.getInt("min_word_count"),
                config.getInt("max_vocab_size"),
                NormalizerSettings.parse(
                                config.getStrings("mask_types"),
                                config.getStrings("mask_rules"),
                                config.getBoolean("lower"))
                        .withSecrets(rules(config)),
                config.getBoolean("learn_anyway"));
    }

    private static RedactionRules rules(Config config) {
        try {
            return new RedactionRules(config.getStrings("redact_names"), config.getStrings("redact_patterns"));
        } catch (IllegalArgumentException e) {
            throw config.problem("redact_patterns", "and redact_names must fit: " + e.getMessage());
        }
    }

    /**
     * {@return these settings for a sample, which says itself how its log was read}
     *
     * @param reading how the log of the sample was read
     * @throws ConfigException if they name another format or session key
     */
    public PrepareSettings ofSample(LogSample.Reading reading) {
        require("log_format", format.equals(LogFormat.AUTO) ? null : format, reading.format());
        require("session_key", SessionKey.AUTO.equals(sessionKey) ? null : sessionKey, reading.sessionKey());
        require("custom_parser", customParser, reading.customParser());
        boolean custom = reading.customParser() != null;
        return readAs(
                custom ? LogFormat.AUTO : reading.format(),
                reading.timeFormat(),
                reading.customParser(),
                custom ? parserPath : null,
                reading.zone(),
                reading.onMalformed(),
                reading.sessionKey());
    }

    private static void require(String key, @Nullable String value, @Nullable String ofSample) {
        if (value != null && !value.equals(ofSample)) {
            throw new ConfigException(key + " must be that of the sample, " + (ofSample == null ? "none" : ofSample)
                    + ", but was " + value + "; leave it out, or sample the log again");
        }
    }

    /**
     * {@return these settings with another session key}
     *
     * @param key what makes sessions; null for none
     */
    public PrepareSettings withSessionKey(@Nullable String key) {
        return readAs(format, timeFormat, customParser, parserPath, zone, onMalformed, key);
    }

    private PrepareSettings readAs(
            String newFormat,
            @Nullable String newTimeFormat,
            @Nullable String newCustomParser,
            @Nullable Path newParserPath,
            ZoneId newZone,
            OnMalformed newOnMalformed,
            @Nullable String newSessionKey) {
        return new PrepareSettings(
                inputs,
                test,
                newFormat,
                newTimeFormat,
                newCustomParser,
                newParserPath,
                newZone,
                newOnMalformed,
                newSessionKey,
                labels,
                trainOn,
                trainFraction,
                validationSplit,
                preparedDataDir,
                minWordCount,
                maxVocabSize,
                normalizer,
                learnAnyway);
    }

    /**
     * Creates a builder with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<PrepareSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        /**
         * Sets the logs to prepare.
         *
         * @param logs the logs
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder inputs(Path... logs) {
            return inputs(Arrays.asList(logs));
        }

        /**
         * Sets the logs to prepare.
         *
         * @param logs the logs
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder inputs(List<Path> logs) {
            return set("raw_log_file", List.copyOf(logs));
        }

        /**
         * Sets the log that is the test part; all inputs are then training and validation.
         *
         * @param log the log; null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder test(@Nullable Path log) {
            return set("test_log_file", log);
        }

        /**
         * Sets the format: a preset, or a layout such as {@code <Date> <Time> <Level> <Content>}.
         *
         * @param presetOrLayout {@code auto} to look at the first lines
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder format(String presetOrLayout) {
            return set("log_format", presetOrLayout);
        }

        /**
         * Sets how times are written.
         *
         * @param pattern such as {@code yyyy-MM-dd HH:mm:ss}, {@code iso} or {@code epoch}; null for that of the format
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder timeFormat(@Nullable String pattern) {
            return set("time_format", pattern);
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
         * Sets the class that reads lines by its name, and the jar or folder of classes it is in.
         *
         * @param className the name of the class
         * @param jarOrFolder where the class is
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder customParser(String className, Path jarOrFolder) {
            set("custom_parser", className);
            return set("parser_path", jarOrFolder);
        }

        /**
         * Sets the time zone of times that name none.
         *
         * @param zone the zone
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder zone(ZoneId zone) {
            return set("time_zone", zone.getId());
        }

        /**
         * Sets what happens to lines that do not fit.
         *
         * @param choice the choice
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder onMalformed(OnMalformed choice) {
            return set("on_malformed", choice);
        }

        /**
         * Sets what makes sessions; null for none.
         *
         * @param regex an expression with one group, {@code auto} or {@code path:REGEX}
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sessionKey(@Nullable String regex) {
            return set("session_key", regex);
        }

        /**
         * Sets the file of labels. Without this call, {@code labels.txt} of the data folder is used where it exists.
         *
         * @param file the file
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder labels(Path file) {
            return set("raw_log_labels", file);
        }

        /**
         * Sets which sessions to learn from where there are labels.
         *
         * @param choice the choice
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder trainOn(TrainOn choice) {
            return set("train_on", choice);
        }

        /**
         * Sets the share of the log, from its beginning, for training and validation.
         *
         * @param share from 0.01 to 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder trainFraction(double share) {
            return set("training_log_data_fraction", share);
        }

        /**
         * Sets the share of the training part, at its end, that is for validation.
         *
         * @param share from 0.01 to 0.99
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder validationSplit(double share) {
            return set("validation_split", share);
        }

        /**
         * Sets the folder of the prepared data.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder preparedDataDir(Path folder) {
            return set("prepared_data_dir", folder);
        }

        /**
         * Sets how often a word must occur to be known.
         *
         * @param count at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder minWordCount(int count) {
            return set("min_word_count", count);
        }

        /**
         * Sets the most words that are known.
         *
         * @param words at least 3
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxVocabSize(int words) {
            return set("max_vocab_size", words);
        }

        /**
         * Sets what is masked.
         *
         * @param masking what is masked
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder normalizer(NormalizerSettings masking) {
            set("mask_types", masking.typeKeys());
            set("mask_rules", masking.ruleTexts());
            set("redact_names", masking.secrets().names());
            set("redact_patterns", masking.secrets().patterns());
            return set("lower", masking.lower());
        }

        /**
         * Sets whether to learn from logs that say too little.
         *
         * @param anyway true to learn in spite of it
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder learnAnyway(boolean anyway) {
            return set("learn_anyway", anyway);
        }

        @Override
        protected PrepareSettings from(Config config) {
            return PrepareSettings.from(config);
        }
    }
}
