package io.deepsentry.text.encode;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trained text encoder, opened from its file: message to vector {@code [128]}, float32.
 *
 * <pre>{@code
 * try (TextEncoderHandle encoder = TextEncoderHandle.open(Path.of("text_autoencoder_model/encoder.h5"))) {
 *     float[] vector = encoder.encode("Receiving block blk_123 src: /10.0.0.1:50010");
 *     Matrix vectors = encoder.encodeBatch(List.of("Deleting block blk_123", "Deleting block blk_9"));
 * }
 * }</pre>
 *
 * <p>The encoder knows which message a line is as training did, see {@link #identity()}. On the CPU the vector of a
 * message does not depend on the other messages of its batch.
 *
 * <p>Immutable and safe for use by several threads. {@link #close()} waits for the calls under way; later calls throw
 * {@link IllegalStateException}. For messages that repeat, as those of most logs do, put a {@link CachedEncoder} in
 * front.
 */
public final class TextEncoderHandle implements TextEncoder, AutoCloseable {
    private final Path file;
    private final MessageIdentity identity;
    private final Vocabulary vocabulary;
    private final Predictor predictor;
    private final int time;
    private final int dimension;
    private volatile boolean closed;

    private TextEncoderHandle(Path file, MessageIdentity identity, Vocabulary vocabulary, Predictor predictor) {
        this.file = file;
        this.identity = identity;
        this.vocabulary = vocabulary;
        this.predictor = predictor;
        time = predictor.inputShape().get(0);
        dimension = predictor.outputShape().get(0);
    }

    /**
     * Opens an {@code encoder.h5} that train-text wrote, or an {@code .onnx} that quantize made of it.
     *
     * @param model the file of the model
     * @return the encoder, to be closed
     * @throws io.deepsentry.core.MissingDataException if the file is missing
     * @throws ModelException if the file is damaged, differs from what its metadata.json describes, is no text
     *     encoder, or was trained with an earlier identity of messages
     */
    public static TextEncoderHandle open(Path model) {
        return open(model, null, Device.AUTO);
    }

    /**
     * Opens an encoder that another program wrote, with the vocabulary that it was trained with. A model that carries a
     * vocabulary uses its own, which must have every word of {@code vocabulary}.
     *
     * @param model the file of the model
     * @param vocabulary the file of the vocabulary; null where the model carries its own
     * @return the encoder, to be closed
     */
    public static TextEncoderHandle open(Path model, Path vocabulary) {
        return open(model, vocabulary, Device.AUTO);
    }

    /**
     * Opens an encoder that computes on a device.
     *
     * @param model the file of the model
     * @param vocabulary the file of the vocabulary; null where the model carries its own
     * @param device where to compute
     * @return the encoder, to be closed
     */
    public static TextEncoderHandle open(Path model, @Nullable Path vocabulary, Device device) {
        return open(model, vocabulary, device, ModelRuntime.AUTO);
    }

    /**
     * Opens an encoder that computes on a device, with a runtime.
     *
     * @param model the file of the model
     * @param vocabulary the file of the vocabulary; null where the model carries its own
     * @param device where to compute
     * @param runtime the library that computes
     * @return the encoder, to be closed
     */
    public static TextEncoderHandle open(Path model, @Nullable Path vocabulary, Device device, ModelRuntime runtime) {
        OpenModel opened = OpenModel.open(model, device, runtime);
        boolean fit = false;
        try {
            TextEncoderHandle handle = of(model, vocabulary, opened);
            fit = true;
            return handle;
        } finally {
            if (!fit) {
                opened.close();
            }
        }
    }

    private static TextEncoderHandle of(Path model, @Nullable Path vocabulary, OpenModel opened) {
        Vocabulary carried = EncoderFile.vocabulary(opened.extras(), model.toString());
        Vocabulary named = vocabulary == null ? carried : Vocabulary.load(vocabulary);
        // One trained further knows the words of its base too.
        Vocabulary words = named != null && carried != null && carried.covers(named) ? carried : named;
        if (words == null) {
            throw new ModelException(
                    model + " must carry its vocabulary, but has none: it was not written by train-text;"
                            + " name the vocabulary it was trained with");
        }
        if (carried != null && !carried.equals(words)) {
            throw new ModelException(vocabulary + " must be the vocabulary that " + model + " was trained with ("
                    + carried.size() + " words), but is another (" + words.size()
                    + " words); train the text model again after prepare, or name the right one");
        }
        requireEncoder(model, opened.predictor(), words);
        MessageIdentity identity = EncoderFile.identity(opened.extras(), model.toString());
        return new TextEncoderHandle(
                model,
                identity == null ? MessageIdentity.of(NormalizerSettings.DEFAULTS) : identity,
                words,
                opened.predictor());
    }

    private static void requireEncoder(Path model, Predictor predictor, Vocabulary words) {
        List<Integer> input = predictor.inputShape();
        List<Integer> output = predictor.outputShape();
        if (!predictor.takesIds() || input.size() != 1 || output.size() != 1) {
            throw new ModelException(model
                    + " must be a text encoder, which takes token ids [time] and gives a vector, but it"
                    + " takes " + (predictor.takesIds() ? "ids " : "values ") + input + " and gives " + output
                    + "; is it the encoder.h5 of train-text?");
        }
        if (predictor.words() < words.size()) {
            throw new ModelException(model + " must know every word of its vocabulary, but its embedding has "
                    + predictor.words() + " and the vocabulary " + words.size());
        }
        if (predictor.words() == Integer.MAX_VALUE) {
            requireLastWord(model, predictor, words);
        }
    }

    /** Where a model does not tell how many words it knows, it is tried. */
    private static void requireLastWord(Path model, Predictor predictor, Vocabulary words) {
        int[] row = new int[predictor.inputShape().get(0)];
        row[0] = words.size() - 1;
        try {
            float[] unused = predictor.predict(row, 1);
        } catch (ModelException e) {
            throw new ModelException(
                    model + " must know every word of its vocabulary, but fails on the last of " + words.size() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public Matrix encodeIdentities(List<String> identities) {
        return Matrix.of(identities.size(), dimension, predict(identities));
    }

    @Override
    public int[] tokenIds(String text) {
        return vocabulary.ids(text, time);
    }

    private float[] predict(List<String> identities) {
        if (closed) {
            throw closedHandle(null);
        }
        int[] rows = new int[identities.size() * time];
        for (int i = 0; i < identities.size(); i++) {
            int[] ids = tokenIds(identities.get(i));
            System.arraycopy(ids, 0, rows, i * time, ids.length);
        }
        try {
            return predictor.predict(rows, identities.size());
        } catch (IllegalStateException e) {
            throw closedHandle(e);
        }
    }

    private IllegalStateException closedHandle(@Nullable IllegalStateException cause) {
        return new IllegalStateException("the text encoder " + file + " is closed", cause);
    }

    /** Returns the length of a vector: 128 unless the model was trained otherwise. */
    @Override
    public int dimension() {
        return dimension;
    }

    /** {@return the most tokens of a message that the model reads} */
    public int messageTokens() {
        return time;
    }

    /** {@return the vocabulary that the model was trained with} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Returns what says which message a line is, as in training: the masking, and what training learned of its log. */
    @Override
    public MessageIdentity identity() {
        return identity;
    }

    /** Waits for the calls under way, then frees the native memory. Calling it again changes nothing. */
    @Override
    public void close() {
        closed = true;
        predictor.close();
    }

    @Override
    public String toString() {
        return "TextEncoderHandle[" + file + ", " + vocabulary.size() + " words, [" + time + "] -> [" + dimension
                + "]]";
    }
}
