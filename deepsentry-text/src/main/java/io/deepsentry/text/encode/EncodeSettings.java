package io.deepsentry.text.encode;

import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.PATH;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;

/**
 * What {@link DatasetEncoding} is told.
 *
 * @param textEncoderModel the encoder
 * @param vocabulary the vocabulary it was trained with
 * @param preparedDataDir the folder that prepare wrote
 * @param encodedDataDir the folder to write
 * @param batchSize lines that are looked at together
 * @param device where to compute
 * @param runtime what computes
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
            .about("Turns every message of the prepared data into its vector.")
            .key("text_encoder_model", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model/encoder.h5")
            .doc("The encoder that train-text wrote.")
            .key("vocabulary", PATH, "{ROOT_DATA_DIR}/prepared_data/vocab.pkl")
            .doc("The vocabulary it was trained with.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .doc("The folder that prepare wrote.")
            .key("encoded_data_dir", PATH, "{ROOT_DATA_DIR}/encoded_dataset")
            .doc("The folder to write.")
            .key("batch_size", INT, 1024)
            .range(1, 1_000_000)
            .doc("Lines that are looked at together; no result depends on it.")
            .key("gpu", ENUM, "auto")
            .values("auto", "true", "false")
            .doc(
                    "Whether to compute on a GPU: if there is one and TensorFlow computes, always (an error without one), or never.")
            .key("runtime", ENUM, "auto")
            .values("auto", "tensorflow", "onnxruntime")
            .doc(
                    "What computes: TensorFlow or ONNX Runtime; auto is ONNX Runtime where it runs the model and no GPU is asked for.")
            .build();

    public EncodeSettings {
        if (batchSize < 1) {
            throw new ConfigException("batch_size must be at least 1, but was " + batchSize);
        }
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static EncodeSettings from(Config config) {
        return new EncodeSettings(
                config.getPath("text_encoder_model"),
                config.getPath("vocabulary"),
                config.getPath("prepared_data_dir"),
                config.getPath("encoded_data_dir"),
                config.getInt("batch_size"),
                Device.ofSetting(config.getString("gpu")),
                ModelRuntime.ofSetting(config.getString("runtime")));
    }
}
