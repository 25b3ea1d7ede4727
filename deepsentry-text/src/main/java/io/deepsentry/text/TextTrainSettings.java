package io.deepsentry.text;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.LONG;
import static io.deepsentry.core.config.ConfigType.PATH;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.nn.Device;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TextTraining} is told.
 *
 * @param preparedDataDir the folder that prepare wrote
 * @param outputModelDir the folder to write
 * @param embeddingSize numbers a word
 * @param encoderHiddenSize the state of the LSTM, of encoder and decoder
 * @param encoderOutputSize numbers a message: what everything later works on
 * @param bidirectional whether the encoder reads messages from both ends
 * @param epochs how many times the training data is gone through
 * @param batchSize messages a step
 * @param dropout the share of an embedding's numbers that is left out in training
 * @param learningRate of Adam
 * @param patience epochs without improvement on validation data after which training ends; 0: never
 * @param saveBestOnly whether the weights of the best epoch are kept, not those of the last
 * @param minStepsPerEpoch steps of an epoch at least, few distinct messages being gone through several times; 0:
 *     by their number
 * @param maxMessageTokens tokens of a message that are read, at most
 * @param unknownWordRate the share of training messages in which one word is replaced by {@code <unk>}
 * @param seed of the weights, the order and what is left out
 * @param device where to compute
 * @param fromModel an encoder to start from, or null
 * @param freeze whether the embedding and the LSTM of that encoder stay as they are
 */
public record TextTrainSettings(
        Path preparedDataDir,
        Path outputModelDir,
        int embeddingSize,
        int encoderHiddenSize,
        int encoderOutputSize,
        boolean bidirectional,
        int epochs,
        int batchSize,
        double dropout,
        double learningRate,
        int patience,
        boolean saveBestOnly,
        int minStepsPerEpoch,
        int maxMessageTokens,
        double unknownWordRate,
        long seed,
        Device device,
        @Nullable Path fromModel,
        boolean freeze) {
    /** The keys of {@code text_autoencoder_train.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_train")
            .command("train-text")
            .about("Trains the text autoencoder: masked message to vector and back.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .doc("The folder that prepare wrote.")
            .key("output_model_dir", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model")
            .doc("The folder to write.")
            .key("embedding_size", INT, 64)
            .range(1, 4096)
            .doc("Numbers a word.")
            .key("encoder_hidden_size", INT, 128)
            .range(1, 4096)
            .doc("The size of the LSTM's state, in encoder and decoder.")
            .key("encoder_output_size", INT, 128)
            .range(1, 4096)
            .doc("Numbers a message: the vectors that the detector works on.")
            .key("bidirectional", BOOLEAN, false)
            .doc("Whether the encoder reads messages from both ends.")
            .key("epochs", INT, 10)
            .range(1, 100_000)
            .doc("How many times the training data is gone through.")
            .key("batch_size", INT, 32)
            .range(1, 65_536)
            .doc("Messages a step.")
            .key("dropout", DOUBLE, 0.2)
            .from(0, 1)
            .doc("The share of an embedding's numbers that is left out in training.")
            .key("learning_rate", DOUBLE, 0.001)
            .above(0)
            .doc("The learning rate of Adam.")
            .key("patience", INT, 0)
            .atLeast(0)
            .doc("Epochs without improvement on validation data after which training ends; 0: never.")
            .key("save_best_only", BOOLEAN, true)
            .doc("Whether the weights of the best epoch are kept, not those of the last.")
            .key("min_steps_per_epoch", INT, 0)
            .range(0, 1_000_000)
            .doc(
                    "Steps of an epoch at least, few distinct messages being gone through several times; 0: 150 to 600, by their"
                            + " number.")
            .key("max_message_tokens", INT, 64)
            .range(1, 256)
            .doc("Tokens of a message that are read, at most.")
            .key("unknown_word_rate", DOUBLE, 0.1)
            .range(0, 1)
            .doc("The share of training messages in which one word is replaced by <unk>.")
            .key("seed", LONG, 42)
            .doc("The same seed on the same machine gives the same model.")
            .key("gpu", ENUM, "auto")
            .values("auto", "true", "false")
            .doc("Whether to compute on a GPU: if there is one, always (an error without one), or never.")
            .key("from_model", PATH, null)
            .flag("--from")
            .doc("The encoder.h5 to start from instead of random weights.")
            .key("freeze", BOOLEAN, false)
            .doc("Whether the embedding and the LSTM of from_model stay as they are.")
            .build();

    public TextTrainSettings {
        require(embeddingSize >= 1, "embedding_size must be at least 1", embeddingSize);
        require(encoderHiddenSize >= 1, "encoder_hidden_size must be at least 1", encoderHiddenSize);
        require(encoderOutputSize >= 1, "encoder_output_size must be at least 1", encoderOutputSize);
        require(epochs >= 1, "epochs must be at least 1", epochs);
        require(batchSize >= 1, "batch_size must be at least 1", batchSize);
        require(dropout >= 0 && dropout < 1, "dropout must be at least 0 and below 1", dropout);
        require(learningRate > 0, "learning_rate must be above 0", learningRate);
        require(patience >= 0, "patience must be at least 0", patience);
        require(minStepsPerEpoch >= 0, "min_steps_per_epoch must be at least 0", minStepsPerEpoch);
        require(
                maxMessageTokens >= 1 && maxMessageTokens <= TokenScanner.MAX_TOKENS,
                "max_message_tokens must be 1 to " + TokenScanner.MAX_TOKENS,
                maxMessageTokens);
        require(
                unknownWordRate >= 0 && unknownWordRate <= 1,
                "unknown_word_rate must be between 0 and 1",
                unknownWordRate);
        require(!freeze || fromModel != null, "freeze needs from_model, whose layers it keeps", freeze);
    }

    private static void require(boolean fine, String rule, Object found) {
        if (!fine) {
            throw new ConfigException(rule + ", but was " + found);
        }
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static TextTrainSettings from(Config config) {
        return new TextTrainSettings(
                config.getPath("prepared_data_dir"),
                config.getPath("output_model_dir"),
                config.getInt("embedding_size"),
                config.getInt("encoder_hidden_size"),
                config.getInt("encoder_output_size"),
                config.getBoolean("bidirectional"),
                config.getInt("epochs"),
                config.getInt("batch_size"),
                config.getDouble("dropout"),
                config.getDouble("learning_rate"),
                config.getInt("patience"),
                config.getBoolean("save_best_only"),
                config.getInt("min_steps_per_epoch"),
                config.getInt("max_message_tokens"),
                config.getDouble("unknown_word_rate"),
                config.getLong("seed"),
                Device.ofSetting(config.getString("gpu")),
                config.findPath("from_model").orElse(null),
                config.getBoolean("freeze"));
    }
}
