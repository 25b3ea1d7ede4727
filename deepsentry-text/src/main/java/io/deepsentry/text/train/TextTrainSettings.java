package io.deepsentry.text.train;

import static io.deepsentry.core.config.ConfigType.BOOLEAN;
import static io.deepsentry.core.config.ConfigType.DOUBLE;
import static io.deepsentry.core.config.ConfigType.ENUM;
import static io.deepsentry.core.config.ConfigType.INT;
import static io.deepsentry.core.config.ConfigType.LONG;
import static io.deepsentry.core.config.ConfigType.PATH;
import static io.deepsentry.core.config.ConfigType.STRING;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.token.MessageNormalizer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TextTraining} is told.
 *
 * @param preparedDataDir the folder that prepare wrote
 * @param outputModelDir the folder to write
 * @param embeddingSize numbers a word; null: those of {@code fromModel}, or {@value #DEFAULT_EMBEDDING_SIZE}
 * @param encoderHiddenSize the state of the LSTM, of encoder and decoder; null: that of {@code fromModel}, or
 *     {@value #DEFAULT_ENCODER_HIDDEN_SIZE}
 * @param encoderOutputSize numbers a message, what everything later works on; null: those of {@code fromModel}, or
 *     {@value #DEFAULT_ENCODER_OUTPUT_SIZE}
 * @param bidirectional whether the encoder reads messages from both ends; null: as {@code fromModel} does, or false
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
 * @param validationSplit the share of the prepared training and validation messages, at their end, that is for validation;
 *     null: as prepare divided them
 * @param fromModel an encoder to start from: a file, a folder or the name of a {@link io.deepsentry.text.encode.PretrainedEncoders pretrained} one; or
 *     null
 * @param freeze which of its layers stay as they are
 */
public record TextTrainSettings(
        Path preparedDataDir,
        Path outputModelDir,
        @Nullable Integer embeddingSize,
        @Nullable Integer encoderHiddenSize,
        @Nullable Integer encoderOutputSize,
        @Nullable Boolean bidirectional,
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
        @Nullable Double validationSplit,
        @Nullable String fromModel,
        FrozenLayers freeze) {
    public static final int DEFAULT_EMBEDDING_SIZE = 64;
    public static final int DEFAULT_ENCODER_HIDDEN_SIZE = 128;
    public static final int DEFAULT_ENCODER_OUTPUT_SIZE = 128;

    /** The keys of {@code text_autoencoder_train.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_train")
            .command("train-text")
            .about("Trains the text autoencoder: masked message to vector and back.")
            .key("prepared_data_dir", PATH, "{ROOT_DATA_DIR}/prepared_data")
            .doc("The folder that prepare wrote.")
            .key("output_model_dir", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model")
            .doc("The folder to write.")
            .key("embedding_size", INT, DEFAULT_EMBEDDING_SIZE)
            .range(1, 4096)
            .doc("Numbers a word.")
            .key("encoder_hidden_size", INT, DEFAULT_ENCODER_HIDDEN_SIZE)
            .range(1, 4096)
            .doc("The size of the LSTM's state, in encoder and decoder.")
            .key("encoder_output_size", INT, DEFAULT_ENCODER_OUTPUT_SIZE)
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
            .key("validation_split", DOUBLE, null)
            .range(0.01, 0.99)
            .doc(
                    "The share of the prepared training and validation messages, at their end, that is for validation; none: as"
                            + " prepare divided them.")
            .key("from_model", STRING, null)
            .flag("--from")
            .doc("A text encoder to start from instead of random weights: an encoder.h5, its folder, or the name of a"
                    + " pretrained one. Sizes that are not set are then the base's.")
            .key("freeze", STRING, null)
            .doc(
                    "With from_model: the first layers of the encoder that stay as they are, of embedding, LSTM and dense: a number"
                            + " such as 1, or all-but-2.")
            .build();

    public TextTrainSettings {
        requireSize(embeddingSize, "embedding_size must be at least 1");
        requireSize(encoderHiddenSize, "encoder_hidden_size must be at least 1");
        requireSize(encoderOutputSize, "encoder_output_size must be at least 1");
        require(epochs >= 1, "epochs must be at least 1", epochs);
        require(batchSize >= 1, "batch_size must be at least 1", batchSize);
        require(dropout >= 0 && dropout < 1, "dropout must be at least 0 and below 1", dropout);
        require(learningRate > 0, "learning_rate must be above 0", learningRate);
        require(patience >= 0, "patience must be at least 0", patience);
        require(minStepsPerEpoch >= 0, "min_steps_per_epoch must be at least 0", minStepsPerEpoch);
        require(
                maxMessageTokens >= 1 && maxMessageTokens <= MessageNormalizer.MAX_TOKENS,
                "max_message_tokens must be 1 to " + MessageNormalizer.MAX_TOKENS,
                maxMessageTokens);
        require(
                unknownWordRate >= 0 && unknownWordRate <= 1,
                "unknown_word_rate must be between 0 and 1",
                unknownWordRate);
        require(
                validationSplit == null || (validationSplit > 0 && validationSplit < 1),
                "validation_split must be above 0 and below 1",
                validationSplit);
        require(
                fromModel != null || freeze.equals(FrozenLayers.NONE),
                "freeze needs from_model, whose layers it keeps",
                freeze);
    }

    private static void requireSize(@Nullable Integer size, String rule) {
        require(size == null || size >= 1, rule, size);
    }

    private static void require(boolean fine, String rule, @Nullable Object found) {
        if (!fine) {
            throw new ConfigException(rule + ", but was " + found);
        }
    }

    /** The settings of a configuration with this {@link #SCHEMA}. */
    public static TextTrainSettings from(Config config) {
        String base = config.findString("from_model").orElse(null);
        return builder(config.getPath("prepared_data_dir"), config.getPath("output_model_dir"))
                .embeddingSize(size(config, "embedding_size", base))
                .encoderHiddenSize(size(config, "encoder_hidden_size", base))
                .encoderOutputSize(size(config, "encoder_output_size", base))
                .bidirectional(
                        (base == null || config.isSet("bidirectional")) ? config.getBoolean("bidirectional") : null)
                .epochs(config.getInt("epochs"))
                .batchSize(config.getInt("batch_size"))
                .dropout(config.getDouble("dropout"))
                .learningRate(config.getDouble("learning_rate"))
                .patience(config.getInt("patience"))
                .saveBestOnly(config.getBoolean("save_best_only"))
                .minStepsPerEpoch(config.getInt("min_steps_per_epoch"))
                .maxMessageTokens(config.getInt("max_message_tokens"))
                .unknownWordRate(config.getDouble("unknown_word_rate"))
                .seed(config.getLong("seed"))
                .device(Device.ofSetting(config.getString("gpu")))
                .validationSplit(config.findDouble("validation_split").orElse(null))
                .fromModel(base)
                .freeze(freeze(config))
                .build();
    }

    private static @Nullable Integer size(Config config, String key, @Nullable String base) {
        return (base == null || config.isSet(key)) ? config.getInt(key) : null;
    }

    private static FrozenLayers freeze(Config config) {
        try {
            return config.findString("freeze").map(FrozenLayers::parse).orElse(FrozenLayers.NONE);
        } catch (ConfigException e) {
            ConfigException problem = config.problem("freeze", "must be a number of layers such as 1, or all-but-2");
            problem.initCause(e);
            throw problem;
        }
    }

    /** The defaults, to be changed one by one. */
    public static Builder builder(Path preparedDataDir, Path outputModelDir) {
        return new Builder(preparedDataDir, outputModelDir);
    }

    /** Collects settings. For one thread. */
    public static final class Builder {
        private final Path preparedDataDir;
        private final Path outputModelDir;
        private @Nullable Integer embeddingSize;
        private @Nullable Integer encoderHiddenSize;
        private @Nullable Integer encoderOutputSize;
        private @Nullable Boolean bidirectional;
        private int epochs = 10;
        private int batchSize = 32;
        private double dropout = 0.2;
        private double learningRate = 0.001;
        private int patience;
        private boolean saveBestOnly = true;
        private int minStepsPerEpoch;
        private int maxMessageTokens = 64;
        private double unknownWordRate = 0.1;
        private long seed = 42;
        private Device device = Device.AUTO;
        private @Nullable Double validationSplit;
        private @Nullable String fromModel;
        private FrozenLayers freeze = FrozenLayers.NONE;

        private Builder(Path preparedDataDir, Path outputModelDir) {
            this.preparedDataDir = preparedDataDir;
            this.outputModelDir = outputModelDir;
        }

        @CanIgnoreReturnValue
        public Builder embeddingSize(@Nullable Integer value) {
            embeddingSize = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder encoderHiddenSize(@Nullable Integer value) {
            encoderHiddenSize = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder encoderOutputSize(@Nullable Integer value) {
            encoderOutputSize = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder bidirectional(@Nullable Boolean value) {
            bidirectional = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder dropout(double value) {
            dropout = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder saveBestOnly(boolean value) {
            saveBestOnly = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder minStepsPerEpoch(int value) {
            minStepsPerEpoch = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder maxMessageTokens(int value) {
            maxMessageTokens = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder unknownWordRate(double value) {
            unknownWordRate = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder device(Device value) {
            device = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder validationSplit(@Nullable Double value) {
            validationSplit = value;
            return this;
        }

        /** A file, a folder or the name of a {@link io.deepsentry.text.encode.PretrainedEncoders pretrained} encoder. */
        @CanIgnoreReturnValue
        public Builder fromModel(@Nullable String value) {
            fromModel = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder freeze(FrozenLayers value) {
            freeze = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws ConfigException if one is out of its range, or contradicts another
         */
        public TextTrainSettings build() {
            return new TextTrainSettings(
                    preparedDataDir,
                    outputModelDir,
                    embeddingSize,
                    encoderHiddenSize,
                    encoderOutputSize,
                    bidirectional,
                    epochs,
                    batchSize,
                    dropout,
                    learningRate,
                    patience,
                    saveBestOnly,
                    minStepsPerEpoch,
                    maxMessageTokens,
                    unknownWordRate,
                    seed,
                    device,
                    validationSplit,
                    fromModel,
                    freeze);
        }
    }
}
