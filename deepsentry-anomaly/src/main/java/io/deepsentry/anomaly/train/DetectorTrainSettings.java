package io.deepsentry.anomaly.train;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.anomaly.internal.detector.DetectorMetadata;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The settings of {@link DetectorTraining}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * DetectorTrainSettings settings = DetectorTrainSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .epochs(20)
 *         .sequenceLength(12)
 *         .build();
 * }</pre>
 *
 * @param lstmHiddenSize units of each LSTM
 * @param numLayers LSTMs on top of each other in each direction
 * @param dropout the share of the context that is left out at random while training
 * @param sequenceLength rows of a window
 * @param bidirectional whether the window detector also looks at what comes after a step
 * @param epochs passes over the training data
 * @param batchSize windows in one step of training
 * @param learningRate of Adam
 * @param saveBestOnly whether the epoch with the lowest validation loss is kept, not the last one
 * @param seed of the weights, the order and the dropout
 * @param members networks of each view, which differ in their seeds only
 * @param device where to compute
 * @param encodedDataDir the folder that encode wrote
 * @param preparedDataDir the folder that prepare wrote, for the sessions
 * @param textEncoderModel the encoder whose vectors these are
 * @param outputModelDir the folder to write
 */
public record DetectorTrainSettings(
        int lstmHiddenSize,
        int numLayers,
        double dropout,
        int sequenceLength,
        boolean bidirectional,
        int epochs,
        int batchSize,
        double learningRate,
        boolean saveBestOnly,
        long seed,
        int members,
        Device device,
        Path encodedDataDir,
        Path preparedDataDir,
        Path textEncoderModel,
        Path outputModelDir) {
    /** The most networks that one detector may have. */
    public static final int MOST_MEMBERS = DetectorMetadata.MOST_MEMBERS;

    /** The keys of {@code anomaly_detector_train.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("anomaly_detector_train")
            .command("train-detector")
            .about("Learns which sequences of messages are normal.")
            .key("lstm_hidden_size", INT, 64)
            .range(1, 4096)
            .doc("Units of each LSTM.")
            .key("num_layers", INT, 1)
            .range(1, 8)
            .doc("How many LSTMs to stack in each direction.")
            .key("dropout", DOUBLE, 0.2)
            .from(0, 1)
            .doc("The share of the context to drop in training.")
            .key("sequence_length", INT, 10)
            .range(2, 1000)
            .doc("How many messages a window has.")
            .key("bidirectional", BOOLEAN, true)
            .doc("Whether the window detector also looks at what comes after a message.")
            .keyOf(TextTrainSettings.SCHEMA, "epochs")
            .doc("Passes over the training data.")
            .key("batch_size", INT, 32)
            .range(1, 65_536)
            .doc("Windows per training step.")
            .keyOf(TextTrainSettings.SCHEMA, "learning_rate")
            .key("save_best_only", BOOLEAN, true)
            .doc("Whether to keep the epoch with the lowest validation loss instead of the last.")
            .keyOf(TextTrainSettings.SCHEMA, "seed")
            .key("members", INT, 1)
            .range(1, MOST_MEMBERS)
            .doc("How many networks to train with different seeds. Their probabilities are averaged; training"
                    + " takes that many times as long.")
            .keyOf(TextTrainSettings.SCHEMA, "gpu")
            .keyOf(EncodeSettings.SCHEMA, "encoded_data_dir")
            .doc("The folder that encode wrote.")
            .keyOf(EncodeSettings.SCHEMA, "prepared_data_dir")
            .doc("The folder that prepare wrote, which says which message belongs to which session.")
            .keyOf(EncodeSettings.SCHEMA, "text_encoder_model")
            .doc("The encoder that made the vectors. Its digest is stored with the detector.")
            .key("output_model_dir", PATH, "{ROOT_DATA_DIR}/anomaly_trained_model")
            .label("DIR")
            .doc("The folder to write.")
            .build();

    public DetectorTrainSettings {
        SettingsCheck.of(SCHEMA)
                .value("lstm_hidden_size", lstmHiddenSize)
                .value("num_layers", numLayers)
                .value("dropout", dropout)
                .value("sequence_length", sequenceLength)
                .value("epochs", epochs)
                .value("batch_size", batchSize)
                .value("learning_rate", learningRate)
                .value("members", members)
                .done();
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static DetectorTrainSettings from(Config config) {
        return new DetectorTrainSettings(
                config.getInt("lstm_hidden_size"),
                config.getInt("num_layers"),
                config.getDouble("dropout"),
                config.getInt("sequence_length"),
                config.getBoolean("bidirectional"),
                config.getInt("epochs"),
                config.getInt("batch_size"),
                config.getDouble("learning_rate"),
                config.getBoolean("save_best_only"),
                config.getLong("seed"),
                config.getInt("members"),
                Device.ofSetting(config.getString("gpu")),
                config.getPath("encoded_data_dir"),
                config.getPath("prepared_data_dir"),
                config.getPath("text_encoder_model"),
                config.getPath("output_model_dir"));
    }

    /** Returns the parameters under their names in {@code metadata.json}; folders are left out. */
    Map<String, Object> parameters() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("lstm_hidden_size", lstmHiddenSize);
        map.put("num_layers", numLayers);
        map.put("dropout", dropout);
        map.put("sequence_length", sequenceLength);
        map.put("bidirectional", bidirectional);
        map.put("epochs", epochs);
        map.put("batch_size", batchSize);
        map.put("learning_rate", learningRate);
        map.put("save_best_only", saveBestOnly);
        map.put("seed", seed);
        map.put("members", members);
        map.put("device", device.name().toLowerCase(Locale.ROOT));
        return map;
    }

    /**
     * Begins with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins with these settings.
     *
     * @return this builder
     */
    public Builder toBuilder() {
        return new Builder()
                .lstmHiddenSize(lstmHiddenSize)
                .numLayers(numLayers)
                .dropout(dropout)
                .sequenceLength(sequenceLength)
                .bidirectional(bidirectional)
                .epochs(epochs)
                .batchSize(batchSize)
                .learningRate(learningRate)
                .saveBestOnly(saveBestOnly)
                .seed(seed)
                .members(members)
                .device(device)
                .encodedDataDir(encodedDataDir)
                .preparedDataDir(preparedDataDir)
                .textEncoderModel(textEncoderModel)
                .outputModelDir(outputModelDir);
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<DetectorTrainSettings, Builder> {
        private Builder() {
            super(SCHEMA);
        }

        /**
         * Sets the size of the state of the LSTMs.
         *
         * @param units at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder lstmHiddenSize(int units) {
            return set("lstm_hidden_size", units);
        }

        /**
         * Sets how many LSTMs lie on top of each other.
         *
         * @param layers at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder numLayers(int layers) {
            return set("num_layers", layers);
        }

        /**
         * Sets the share of numbers that training leaves out.
         *
         * @param share from 0 to below 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder dropout(double share) {
            return set("dropout", share);
        }

        /**
         * Sets how many messages a window has.
         *
         * @param messages at least 2
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sequenceLength(int messages) {
            return set("sequence_length", messages);
        }

        /**
         * Sets whether windows are read in both directions.
         *
         * @param both true for both
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder bidirectional(boolean both) {
            return set("bidirectional", both);
        }

        /**
         * Sets the most passes over the training windows.
         *
         * @param passes at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder epochs(int passes) {
            return set("epochs", passes);
        }

        /**
         * Sets how many windows are computed together.
         *
         * @param windows at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder batchSize(int windows) {
            return set("batch_size", windows);
        }

        /**
         * Sets the learning rate.
         *
         * @param rate above 0
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder learningRate(double rate) {
            return set("learning_rate", rate);
        }

        /**
         * Sets whether the best epoch is kept, not the last.
         *
         * @param best true to keep the best
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder saveBestOnly(boolean best) {
            return set("save_best_only", best);
        }

        /**
         * Sets the seed of weights, order and dropout.
         *
         * @param seed any number
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder seed(long seed) {
            return set("seed", seed);
        }

        /**
         * Sets how many networks are trained, each with a seed of its own.
         *
         * @param networks at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder members(int networks) {
            return set("members", networks);
        }

        /**
         * Sets where to compute.
         *
         * @param device where to compute
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder device(Device device) {
            return set("gpu", device.setting());
        }

        /**
         * Sets the folder of the vectors.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder encodedDataDir(Path folder) {
            return set("encoded_data_dir", folder);
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
         * Sets the file of the text encoder.
         *
         * @param file the file
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder textEncoderModel(Path file) {
            return set("text_encoder_model", file);
        }

        /**
         * Sets the folder that the model is written to.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder outputModelDir(Path folder) {
            return set("output_model_dir", folder);
        }

        @Override
        protected DetectorTrainSettings from(Config config) {
            return DetectorTrainSettings.from(config);
        }
    }
}
