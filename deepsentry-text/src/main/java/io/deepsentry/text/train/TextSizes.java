package io.deepsentry.text.train;

import io.deepsentry.core.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a text autoencoder.
 *
 * @param embedding numbers a word
 * @param hidden the state of the LSTM, of encoder and decoder
 * @param output numbers a message
 * @param bidirectional whether the encoder reads messages from both ends
 */
record TextSizes(int embedding, int hidden, int output, boolean bidirectional) {
    private static final TextSizes DEFAULTS = new TextSizes(
            TextTrainSettings.DEFAULT_EMBEDDING_SIZE,
            TextTrainSettings.DEFAULT_ENCODER_HIDDEN_SIZE,
            TextTrainSettings.DEFAULT_ENCODER_OUTPUT_SIZE,
            false);

    /**
     * What is asked for; where nothing is, what the base has, or the default.
     *
     * @throws ConfigException if something else is asked for than the base has
     */
    static TextSizes of(TextTrainSettings settings, @Nullable BaseModel base) {
        TextSizes usual = base == null ? DEFAULTS : base.sizes();
        TextSizes asked = new TextSizes(
                or(settings.embeddingSize(), usual.embedding),
                or(settings.encoderHiddenSize(), usual.hidden),
                or(settings.encoderOutputSize(), usual.output),
                or(settings.bidirectional(), usual.bidirectional));
        if (base != null) {
            require("embedding_size", asked.embedding, usual.embedding, base);
            require("encoder_hidden_size", asked.hidden, usual.hidden, base);
            require("encoder_output_size", asked.output, usual.output, base);
            require("bidirectional", asked.bidirectional, usual.bidirectional, base);
        }
        return asked;
    }

    private static <T> T or(@Nullable T asked, T usual) {
        return asked == null ? usual : asked;
    }

    private static void require(String key, Object asked, Object has, BaseModel base) {
        if (!asked.equals(has)) {
            throw new ConfigException(key + " must be " + has + ", which is what the base " + base.name()
                    + " has, but was " + asked + "; leave it out, or train without a base");
        }
    }
}
