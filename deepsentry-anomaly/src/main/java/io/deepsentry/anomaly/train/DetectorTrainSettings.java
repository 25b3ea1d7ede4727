package io.deepsentry.anomaly.train;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.LONG;
import static io.deepsentry.core.config.ConfigType.PATH;

import io.deepsentry.anomaly.internal.detector.DetectorMetadata;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link DetectorTraining} is told.
 *
 * @param lstmHiddenSize units of each LSTM
 * @param numLayers LSTMs on top of each other in each direction
 * @param sequenceLength rows of a window
 * @param bidirectional whether the window detector also looks at what comes after a step
 * @param members networks of each view, which differ in their seeds only
 * @param encodedDataDir the folder that encode wrote
 * @param preparedDataDir the folder that prepare wrote, for the sessions
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
    /** Networks that one detector may have. */
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
            .doc("LSTMs on top of each other in each direction.")
            .key("dropout", DOUBLE, 0.2)
            .from(0, 1)
            .doc("The share of the context that is left out at random while training.")
            .key("sequence_length", INT, 10)
            .range(2, 1000)
            .doc("How many messages a window has.")
            .key("bidirectional", BOOLEAN, true)
            .doc("Whether the window detector also looks at what comes after a message.")
            .key("epochs", INT, 10)
            .range(1, 100_000)
            .doc("How many times the training data is gone through.")
            .key("batch_size", INT, 32)
            .range(1, 65_536)
            .doc("Windows in one step of training.")
            .key("learning_rate", DOUBLE, 0.001)
            .above(0)
            .doc("Of Adam.")
            .key("save_best_only", BOOLEAN, true)
            .doc("Keep the epoch with the lowest validation loss, else the last one.")
            .key("seed", LONG, 42)
            .doc("The same seed on the same number of threads gives the same model.")
            .key("members", INT, 1)
            .range(1, MOST_MEMBERS)
            .doc(
                    "Networks to train with different seeds, whose probabilities are averaged; each takes the time of one.")
            .key("gpu", ENUM, "auto")
            .values("auto", "true", "false")
            .doc("Whether to compute on a GPU: if there is one, always (an error without one), or never.")
            .key("encoded_data_dir", PATH, "{ROOT_DATA_DIR}/encoded_dataset")
            .doc("The folder that encode wrote.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .doc("The folder that prepare wrote, which tells the sessions.")
            .key("text_encoder_model", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model/encoder.h5")
            .doc("The encoder whose vectors these are; its digest is kept with the detector.")
            .key("output_model_dir", PATH, "{ROOT_DATA_DIR}/anomaly_trained_model")
            .doc("The folder to write.")
            .build();

    /** The settings of a configuration with this {@link #SCHEMA}. */
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

    /** The parameters under their names in {@code metadata.json}; folders are left out. */
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
        map.put("device", device.name().toLowerCase(java.util.Locale.ROOT));
        return map;
    }
}
