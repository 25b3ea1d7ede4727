package io.deepsentry.text.encode;

import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.prepare.PrepareSettings;
import java.nio.file.Path;

/**
 * The settings of {@link DatasetEncoding}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * EncodeSettings settings = EncodeSettings.builder().dataDir(Path.of("orders")).build();
 * }</pre>
 *
 * @param textEncoderModel the encoder
 * @param vocabulary the vocabulary it was trained with
 * @param preparedDataDir the folder that prepare wrote
 * @param encodedDataDir the folder to write
 * @param batchSize messages that are encoded together
 * @param device where to compute
 * @param runtime the library that computes
 */
public record EncodeSettings(
        Path textEncoderModel,
        Path vocabulary,
        Path preparedDataDir,
        Path encodedDataDir,
        int batchSize,
        Device device,
        ModelRuntime runtime) {
    /** The keys of {@code text_autoencoder_dataset_encoder.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_dataset_encoder")
            .command("encode")
            .about("Turns every prepared message into a vector.")
            .key("text_encoder_model", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model/encoder.h5")
            .doc("The encoder that train-text wrote.")
            .key("vocabulary", PATH, "{ROOT_DATA_DIR}/prepared_data/vocab.pkl")
            .doc("The vocabulary it was trained with.")
            .keyOf(PrepareSettings.SCHEMA, "prepared_data_dir")
            .doc("The folder that prepare wrote.")
            .key("encoded_data_dir", PATH, "{ROOT_DATA_DIR}/encoded_dataset")
            .label("DIR")
            .doc("The folder to write.")
            .key("batch_size", INT, 1024)
            .range(1, 1_000_000)
            .doc("Messages to encode at once. Results do not depend on it.")
            .key("gpu", ENUM, "auto")
            .values("auto", "true", "false")
            .doc("Whether to compute on a GPU: if there is one (auto), always (true; an error without one), or"
                    + " never (false).")
            .key("runtime", ENUM, ModelRuntime.AUTO)
            .doc("The library to compute with: TensorFlow or ONNX Runtime; auto: ONNX Runtime if it can run the"
                    + " model, unless a GPU is required that only TensorFlow finds.")
            .build();

    public EncodeSettings {
        SettingsCheck.of(SCHEMA).value("batch_size", batchSize).done();
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static EncodeSettings from(Config config) {
        return new EncodeSettings(
                config.getPath("text_encoder_model"),
                config.getPath("vocabulary"),
                config.getPath("prepared_data_dir"),
                config.getPath("encoded_data_dir"),
                config.getInt("batch_size"),
                Device.ofSetting(config.getString("gpu")),
                config.getEnum("runtime", ModelRuntime.class));
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
    public static final class Builder extends SettingsBuilder<EncodeSettings, Builder> {
        private Builder() {
            super(SCHEMA);
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
         * Sets the file of the vocabulary.
         *
         * @param file the file
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder vocabulary(Path file) {
            return set("vocabulary", file);
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
         * Sets the folder that vectors are written to.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder encodedDataDir(Path folder) {
            return set("encoded_data_dir", folder);
        }

        /**
         * Sets how many messages are computed together.
         *
         * @param messages at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder batchSize(int messages) {
            return set("batch_size", messages);
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
         * Sets the library that computes.
         *
         * @param runtime the library that computes
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder runtime(ModelRuntime runtime) {
            return set("runtime", runtime);
        }

        @Override
        protected EncodeSettings from(Config config) {
            return EncodeSettings.from(config);
        }
    }
}
