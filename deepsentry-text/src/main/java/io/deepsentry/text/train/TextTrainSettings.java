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
import io.deepsentry.core.config.SettingsBuilder;
import io.deepsentry.core.config.SettingsCheck;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.token.MessageNormalizer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link TextTraining}. {@link #SCHEMA} has their ranges and defaults.
 *
 * <pre>{@code
 * TextTrainSettings settings =
 *         TextTrainSettings.builder().dataDir(Path.of("orders")).epochs(20).seed(7).build();
 * }</pre>
 *
 * @param preparedDataDir the folder that prepare wrote
 * @param outputModelDir the folder to write
 * @param embeddingSize numbers in the embedding of a word; null: as {@code fromModel} has, or the default
 * @param encoderHiddenSize units of the LSTMs of encoder and decoder; null: as {@code fromModel} has, or the default
 * @param encoderOutputSize numbers in the vector of a message, the input of everything later; null: as {@code
 *     fromModel} has, or the default
 * @param bidirectional whether the encoder reads messages from both ends; null: as {@code fromModel} does, or the
 *     default
 * @param epochs passes over the training data
 * @param batchSize messages in one step of training
 * @param dropout the share of an embedding's numbers that is left out in training
 * @param learningRate of Adam
 * @param patience epochs without improvement on validation data after which training ends; 0: never
 * @param saveBestOnly whether the weights of the best epoch are kept, not those of the last
 * @param minStepsPerEpoch the least number of steps in an epoch, which may pass over few distinct messages several
 *     times; 0: by their number
 * @param maxMessageTokens the most tokens of a message that are read
 * @param unknownWordRate the share of training messages in which one word is replaced by {@code <unk>}
 * @param seed of the weights, the order and the dropout
 * @param device where to compute
 * @param validationSplit the share of the prepared training and validation messages, at their end, that is for
 *     validation; null: as prepare divided them
 * @param fromModel an encoder to start from: a file, a folder or the name of a {@link
 *     io.deepsentry.text.encode.PretrainedEncoders pretrained} one; or null
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
    static final int DEFAULT_EMBEDDING_SIZE = 64;
    static final int DEFAULT_ENCODER_HIDDEN_SIZE = 128;
    static final int DEFAULT_ENCODER_OUTPUT_SIZE = 128;

    /** The keys of {@code text_autoencoder_train.yml}. */
    public static final ConfigSchema SCHEMA = ConfigSchema.named("text_autoencoder_train")
            .command("train-text")
            .about("Trains the text autoencoder, which turns masked messages into vectors and back.")
            .keyOf(PrepareSettings.SCHEMA, "prepared_data_dir")
            .doc("The folder that prepare wrote.")
            .key("output_model_dir", PATH, "{ROOT_DATA_DIR}/text_autoencoder_model")
            .label("DIR")
            .doc("The folder to write.")
            .key("embedding_size", INT, DEFAULT_EMBEDDING_SIZE)
            .range(1, 4096)
            .doc("The dimension of a word's embedding.")
            .key("encoder_hidden_size", INT, DEFAULT_ENCODER_HIDDEN_SIZE)
            .range(1, 4096)
            .doc("Units of the LSTMs of encoder and decoder.")
            .key("encoder_output_size", INT, DEFAULT_ENCODER_OUTPUT_SIZE)
            .range(1, 4096)
            .doc("The dimension of a message's vector, which the detector works on.")
            .key("bidirectional", BOOLEAN, false)
            .doc("Whether the encoder reads messages from both ends.")
            .key("epochs", INT, TrainingSettings.DEFAULT_EPOCHS)
            .range(1, 100_000)
            .doc("The maximum number of passes over the training data. Training stops early once the network"
                    + " reproduces every message.")
            .key("batch_size", INT, 32)
            .range(1, 65_536)
            .doc("Messages per training step.")
            .key("dropout", DOUBLE, 0.2)
            .from(0, 1)
            .doc("The share of embedding values to drop in training.")
            .key("learning_rate", DOUBLE, TrainingSettings.DEFAULT_LEARNING_RATE)
            .above(0)
            .label("R")
            .doc("The learning rate of Adam.")
            .key("patience", INT, 0)
            .atLeast(0)
            .doc("Epochs without improvement on validation data after which training ends; 0: never.")
            .key("save_best_only", BOOLEAN, true)
            .doc("Whether to keep the weights of the best epoch instead of the last.")
            .key("min_steps_per_epoch", INT, 0)
            .range(0, 1_000_000)
            .doc("The minimum number of steps in an epoch; with few messages, each is used several times. 0: 150"
                    + " to 600, depending on the number of messages.")
            .key("max_message_tokens", INT, 64)
            .range(1, MessageNormalizer.MAX_TOKENS)
            .doc("The maximum number of tokens to read from a message.")
            .key("unknown_word_rate", DOUBLE, 0.1)
            .range(0, 1)
            .doc("The share of training messages in which to replace one word by <unk>.")
            .key("seed", LONG, 42)
            .doc("The same seed on the same machine gives the same model.")
            .key("gpu", ENUM, "auto")
            .values("auto", "true", "false")
            .doc("Whether to compute on a GPU: if there is one (auto), always (true; an error without one), or"
                    + " never (false).")
            .key("validation_split", DOUBLE, null)
            .range(0.01, 0.99)
            .label("SHARE")
            .doc("The share of the prepared messages, at their end, for validation. None: as prepare split them.")
            .key("from_model", STRING, null)
            .flag("--from")
            .label("MODEL")
            .doc("A text encoder to start from instead of random weights: an encoder.h5, its folder, or the name"
                    + " of a pretrained one. Sizes default to those of that encoder.")
            .key("freeze", STRING, null)
            .label("N|all-but-K")
            .doc("With from_model: how many of the encoder's first layers (embedding, LSTM, dense) to keep"
                    + " unchanged: a number such as 1, or all-but-2.")
            .build();

    public TextTrainSettings {
        SettingsCheck.of(SCHEMA)
                .value("embedding_size", embeddingSize)
                .value("encoder_hidden_size", encoderHiddenSize)
                .value("encoder_output_size", encoderOutputSize)
                .value("epochs", epochs)
                .value("batch_size", batchSize)
                .value("dropout", dropout)
                .value("learning_rate", learningRate)
                .value("patience", patience)
                .value("min_steps_per_epoch", minStepsPerEpoch)
                .value("max_message_tokens", maxMessageTokens)
                .value("unknown_word_rate", unknownWordRate)
                .value("validation_split", validationSplit)
                .rule(
                        fromModel != null || freeze.equals(FrozenLayers.NONE),
                        "freeze needs from_model, whose layers it keeps, but was " + freeze)
                .done();
    }

    /**
     * {@return the settings of a configuration with this {@link #SCHEMA}}
     *
     * @param config the configuration
     */
    public static TextTrainSettings from(Config config) {
        String base = config.findString("from_model").orElse(null);
        return new TextTrainSettings(
                config.getPath("prepared_data_dir"),
                config.getPath("output_model_dir"),
                size(config, "embedding_size", base),
                size(config, "encoder_hidden_size", base),
                size(config, "encoder_output_size", base),
                (base == null || config.isSet("bidirectional")) ? config.getBoolean("bidirectional") : null,
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
                config.findDouble("validation_split").orElse(null),
                base,
                freeze(config));
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

    /**
     * Creates a builder with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<TextTrainSettings, Builder> {
        private Builder() {
            super(SCHEMA);
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
         * Sets the folder that the model is written to.
         *
         * @param folder the folder
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder outputModelDir(Path folder) {
            return set("output_model_dir", folder);
        }

        /**
         * Sets how many numbers stand for a word.
         *
         * @param numbers from 1 to 4,096
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder embeddingSize(int numbers) {
            return set("embedding_size", numbers);
        }

        /**
         * Sets the size of the state of the LSTMs.
         *
         * @param units from 1 to 4,096
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder encoderHiddenSize(int units) {
            return set("encoder_hidden_size", units);
        }

        /**
         * Sets the length of a message's vector.
         *
         * @param numbers from 1 to 4,096
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder encoderOutputSize(int numbers) {
            return set("encoder_output_size", numbers);
        }

        /**
         * Sets whether messages are read in both directions.
         *
         * @param both true for both
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder bidirectional(boolean both) {
            return set("bidirectional", both);
        }

        /**
         * Sets the most passes over the training messages.
         *
         * @param passes at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder epochs(int passes) {
            return set("epochs", passes);
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
         * Sets the epochs without gain after which training ends; 0 trains all.
         *
         * @param epochs 0 or more
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder patience(int epochs) {
            return set("patience", epochs);
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
         * Sets the least steps of an epoch, which may pass over few messages several times.
         *
         * @param steps 0 for 150 to 600, by the number of messages
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder minStepsPerEpoch(int steps) {
            return set("min_steps_per_epoch", steps);
        }

        /**
         * Sets the most tokens of a message that are read.
         *
         * @param tokens at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder maxMessageTokens(int tokens) {
            return set("max_message_tokens", tokens);
        }

        /**
         * Sets the share of training messages in which one word is replaced by the unknown one.
         *
         * @param share from 0 to 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder unknownWordRate(double share) {
            return set("unknown_word_rate", share);
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
         * Sets the share of the prepared messages, at their end, that is for validation.
         *
         * @param share from 0.01 to 0.99; null for the division that prepare made
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder validationSplit(@Nullable Double share) {
            return set("validation_split", share);
        }

        /**
         * Sets the encoder to train further.
         *
         * @param model a file, a folder or the name of a pretrained encoder; null for none
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder fromModel(@Nullable String model) {
            return set("from_model", model);
        }

        /**
         * Sets which layers of the encoder stay as they are.
         *
         * @param layers the layers
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder freeze(FrozenLayers layers) {
            return set("freeze", layers.toString());
        }

        @Override
        protected TextTrainSettings from(Config config) {
            return TextTrainSettings.from(config);
        }
    }
}
