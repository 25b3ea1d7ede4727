package io.deepsentry.anomaly.evaluation;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.STRING_LIST;

import com.google.common.collect.Sets;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link Evaluation}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * EvalSettings settings = EvalSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .maxAlarmsPerDay(2.0)
 *         .build();
 * }</pre>
 *
 * @param textEncoderModel the encoder that made the vectors
 * @param anomalyModel the detector
 * @param encodedTestData the vectors of the test part; the same folder has those of the other parts
 * @param preparedDataDir the folder that says whose vectors they are
 * @param sequenceLength the detector's window, or null: whatever it has
 * @param threshold scores above it are anomalous; null: the one recommended in training
 * @param season the hours that have thresholds of their own; null: one threshold for all
 * @param maxAlarmsPerDay the false alarms a day that the threshold allows, in place of a given or the recommended one;
 *     or null
 * @param kinds the kinds of evidence that are heard, of {@link EvidenceKind#OF_STREAMS}
 * @param all whether the whole log is judged, with the part that was learned from
 * @param outputDir the folder to write
 * @param feedbackFile the alerts that were acknowledged as normal; need not exist
 * @param device where the detector computes
 * @param runtime the library that computes
 */
public record EvalSettings(
        Path textEncoderModel,
        Path anomalyModel,
        Path encodedTestData,
        Path preparedDataDir,
        @Nullable Integer sequenceLength,
        @Nullable Double threshold,
        @Nullable Season season,
        @Nullable Double maxAlarmsPerDay,
        Set<EvidenceKind> kinds,
        boolean all,
        Path outputDir,
        Path feedbackFile,
        Device device,
        ModelRuntime runtime) {
    /**
     * Hours of the day, or of the week.
     *
     * @param zone whose clock gives the hour
     * @param weekly whether the same hour of two days of the week counts as two hours
     */
    public record Season(ZoneId zone, boolean weekly) {}

    /** Returns the same settings for data in other folders, which holds all that is to be judged. */
    EvalSettings in(Path encodedTest, Path prepared) {
        return new EvalSettings(
                textEncoderModel,
                anomalyModel,
                encodedTest,
                prepared,
                sequenceLength,
                threshold,
                season,
                maxAlarmsPerDay,
                kinds,
                false,
                outputDir,
                feedbackFile,
                device,
                runtime);
    }

    /** The keys of {@code anomaly_detector_eval.yml}. */
    public static final ConfigSchema SCHEMA = schema(
                    "anomaly_detector_eval",
                    "eval",
                    "Scores the test part, judges by a threshold and writes scores and statistics.")
            .key("all", BOOLEAN, false)
            .doc("Whether to judge the whole log, including the part used for training.")
            .build();

    public EvalSettings {
        kinds = Sets.immutableEnumSet(kinds);
        SettingsCheck.of(SCHEMA)
                .value("sequence_length", sequenceLength)
                .value("threshold", threshold)
                .value("max_alarms_per_day", maxAlarmsPerDay)
                .rule(
                        threshold == null || season == null,
                        "threshold (" + threshold
                                + ") and seasonal exclude each other: one threshold for all hours, or one for each;"
                                + " leave one out")
                .rule(
                        maxAlarmsPerDay == null || season == null,
                        "max_alarms_per_day (" + maxAlarmsPerDay
                                + ") and seasonal exclude each other: one threshold for all hours, or one for each;"
                                + " leave one out")
                .rule(
                        threshold == null || maxAlarmsPerDay == null,
                        "threshold (" + threshold + ") and max_alarms_per_day (" + maxAlarmsPerDay
                                + ") exclude each other; leave one out")
                .done();
    }

    static ConfigSchema.Builder schema(String name, String command, String about) {
        return ConfigSchema.named(name)
                .command(command)
                .about(about)
                .keyOf(DetectorTrainSettings.SCHEMA, "text_encoder_model")
                .doc("The encoder that made the vectors. It must be the one that the detector was trained with.")
                .key("anomaly_model", PATH, "{ROOT_DATA_DIR}/anomaly_trained_model/detector.h5")
                .doc("The detector.")
                .key("encoded_test_data", PATH, "{ROOT_DATA_DIR}/encoded_dataset/test_encoded.pkl")
                .doc("The vectors of the test part (.pkl or .npy).")
                .keyOf(DetectorTrainSettings.SCHEMA, "prepared_data_dir")
                .doc("The folder that prepare wrote, which says whose vectors they are.")
                .keyOf(DetectorTrainSettings.SCHEMA, "sequence_length")
                .range(2, 10_000)
                .doc("The detector's window. It must be the one used in training; leave it out to use that.")
                .key("threshold", DOUBLE, null)
                .doc("Scores above it are anomalous. None: the one recommended in training, from normal validation"
                        + " data.")
                .key("seasonal", BOOLEAN, false)
                .doc("Whether to give each hour of the day with at least 50 normal validation scores its own"
                        + " threshold.")
                .key("seasonal_weekly", BOOLEAN, false)
                .doc("With seasonal: whether each day of the week has its own hours.")
                .keyOf(PrepareSettings.SCHEMA, "time_zone")
                .doc("With seasonal: the time zone of the hours, including daylight saving time.")
                .key("max_alarms_per_day", DOUBLE, null)
                .above(0)
                .label("N")
                .doc("A budget of false alarms, instead of a threshold: how many alarms a day normal data may raise.")
                .key("kinds", STRING_LIST, EvidenceKind.keys(EvidenceKind.OF_STREAMS))
                .label("KIND")
                .doc("The kinds of evidence to use: for streams all; for sessions value and parameter; for the whole"
                        + " log of sessions burst, drop, silence and level.")
                .key("output_dir", PATH, "{ROOT_DATA_DIR}/eval_results")
                .label("DIR")
                .doc("The folder to write.")
                .keyOf(FeedbackSettings.SCHEMA, "feedback_file")
                .doc("The file of deepsentry feedback: alerts marked as normal, which raise no alarm again. It need"
                        + " not exist.")
                .keyOf(EncodeSettings.SCHEMA, "gpu")
                .keyOf(EncodeSettings.SCHEMA, "runtime");
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static EvalSettings from(Config config) {
        return of(config, config.getBoolean("all"));
    }

    /** Returns the settings of a configuration whose schema need not have the key {@code all}. */
    static EvalSettings of(Config config, boolean all) {
        return new EvalSettings(
                config.getPath("text_encoder_model"),
                config.getPath("anomaly_model"),
                config.getPath("encoded_test_data"),
                config.getPath("prepared_data_dir"),
                config.isSet("sequence_length")
                        ? config.findInt("sequence_length").orElse(null)
                        : null,
                config.findDouble("threshold").orElse(null),
                config.getBoolean("seasonal")
                        ? new Season(config.getZone("time_zone"), config.getBoolean("seasonal_weekly"))
                        : null,
                config.findDouble("max_alarms_per_day").orElse(null),
                kinds(config),
                all,
                config.getPath("output_dir"),
                config.getPath("feedback_file"),
                Device.ofSetting(config.getString("gpu")),
                config.getEnum("runtime", ModelRuntime.class));
    }

    /**
     * {@return the kinds of evidence of a configuration with the key {@code kinds}}
     *
     * @param config the configuration
     * @throws ConfigException if there is no such kind
     */
    public static Set<EvidenceKind> kinds(Config config) {
        try {
            return EvidenceKind.ofStreams(config.getStrings("kinds"));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Begins with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder extends ScoringBuilder<EvalSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        /**
         * Judges the whole log, with the part that was learned from.
         *
         * @param all true for the whole log
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder all(boolean all) {
            return set("all", all);
        }

        @Override
        protected EvalSettings from(Config config) {
            return EvalSettings.from(config);
        }
    }
}
