package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.ConfigType;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Evaluation} is told.
 *
 * @param textEncoderModel the encoder that made the vectors
 * @param anomalyModel the detector
 * @param encodedTestData the vectors of the test part; those of the other parts lie beside it
 * @param preparedDataDir the folder that says whose vectors they are
 * @param sequenceLength the detector's window, or null: whatever it has
 * @param threshold scores above it are anomalous; null: the one recommended in training
 * @param season by which hours thresholds are told apart; null: one threshold for all
 * @param maxAlarmsPerDay false alarms a day that the threshold is to keep to, in place of a given or the recommended one; or null
 * @param outputDir the folder to write
 * @param feedbackFile the alerts that were acknowledged as normal; need not exist
 * @param device where the detector computes
 * @param runtime what computes
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
        Path outputDir,
        Path feedbackFile,
        Device device,
        ModelRuntime runtime) {
    /**
     * Hours of the day, or of the week.
     *
     * @param zone whose clock tells the hour
     * @param weekly whether the hours of each day of the week are told apart
     */
    public record Season(ZoneId zone, boolean weekly) {}

    /** The keys of {@code anomaly_detector_eval.yml}. */
    public static final ConfigSchema SCHEMA = schema(
                    "anomaly_detector_eval",
                    "eval",
                    "Scores the test part, judges by a threshold and writes scores and statistics.")
            .build();

    public EvalSettings {
        if (sequenceLength != null && sequenceLength < 2) {
            throw new ConfigException("sequence_length must be at least 2, but was " + sequenceLength);
        }
        if (threshold != null && !Double.isFinite(threshold)) {
            throw new ConfigException("threshold must be a finite number, but was " + threshold);
        }
        if (threshold != null && season != null) {
            throw new ConfigException("threshold (" + threshold
                    + ") and seasonal exclude each other: one threshold for all hours, or one for each; leave one out");
        }
    }

    static ConfigSchema.Builder schema(String name, String command, String about) {
        return ConfigSchema.named(name)
                .command(command)
                .about(about)
                .key("text_encoder_model", ConfigType.PATH, "{ROOT_DATA_DIR}/text_autoencoder_model/encoder.h5")
                .doc("The encoder that made the vectors; a detector that was trained on another's is refused.")
                .key("anomaly_model", ConfigType.PATH, "{ROOT_DATA_DIR}/anomaly_trained_model/detector.h5")
                .doc("The detector.")
                .key("encoded_test_data", ConfigType.PATH, "{ROOT_DATA_DIR}/encoded_dataset/test_encoded.pkl")
                .doc("The vectors of the test part (.pkl or .npy).")
                .key("prepared_data_dir", ConfigType.PATH, "{ROOT_DATA_DIR}/prepared_data")
                .doc("The folder that prepare wrote: it says whose vectors they are.")
                .key("sequence_length", ConfigType.INT, 10)
                .range(2, 10_000)
                .doc(
                        "The detector's window. Another than the one it was trained with is an error; left out, it is the detector's.")
                .key("threshold", ConfigType.DOUBLE, null)
                .doc(
                        "Scores above it are anomalous. None: the one recommended in training, from normal validation data.")
                .key("seasonal", ConfigType.BOOLEAN, false)
                .doc(
                        "Whether each hour of the day with at least 50 normal validation scores has a threshold of its own.")
                .key("seasonal_weekly", ConfigType.BOOLEAN, false)
                .doc("With seasonal: whether the hours of each day of the week are told apart.")
                .key("time_zone", ConfigType.STRING, "UTC")
                .doc("With seasonal: the zone whose clock tells the hour, daylight saving time included.")
                .key("max_alarms_per_day", ConfigType.DOUBLE, null)
                .above(0)
                .doc(
                        "In place of a threshold: the one that normal data like the validation data passes so many times a day.")
                .key("output_dir", ConfigType.PATH, "{ROOT_DATA_DIR}/eval_results")
                .doc("The folder to write.")
                .key("feedback_file", ConfigType.PATH, "{ROOT_DATA_DIR}/" + Feedback.FILE)
                .doc(
                        "What deepsentry feedback wrote: alerts that were normal, which raise no alarm again. It need not exist.")
                .key("gpu", ConfigType.ENUM, "auto")
                .values("auto", "true", "false")
                .doc(
                        "Whether to compute on a GPU: if there is one and TensorFlow computes, always (an error without one), or never.")
                .key("runtime", ConfigType.ENUM, "auto")
                .values("auto", "tensorflow", "onnxruntime")
                .doc(
                        "What computes: TensorFlow or ONNX Runtime; auto is ONNX Runtime where it runs the model and no GPU is asked for.");
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static EvalSettings from(Config config) {
        return new EvalSettings(
                config.getPath("text_encoder_model"),
                config.getPath("anomaly_model"),
                config.getPath("encoded_test_data"),
                config.getPath("prepared_data_dir"),
                config.isSet("sequence_length")
                        ? config.findInt("sequence_length").orElse(null)
                        : null,
                config.findDouble("threshold").orElse(null),
                config.getBoolean("seasonal") ? new Season(zone(config), config.getBoolean("seasonal_weekly")) : null,
                config.findDouble("max_alarms_per_day").orElse(null),
                config.getPath("output_dir"),
                config.getPath("feedback_file"),
                Device.ofSetting(config.getString("gpu")),
                ModelRuntime.ofSetting(config.getString("runtime")));
    }

    private static ZoneId zone(Config config) {
        try {
            return ZoneId.of(config.getString("time_zone"));
        } catch (DateTimeException e) {
            ConfigException problem =
                    config.problem("time_zone", "must be a time zone such as UTC, Europe/Berlin or +02:00");
            problem.initCause(e);
            throw problem;
        }
    }
}
