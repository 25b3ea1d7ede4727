package io.deepsentry.text.encode;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.text.token.MessageNormalizer;
import io.deepsentry.text.token.NormalizerSettings;
import io.deepsentry.text.token.TokenIds;
import io.deepsentry.text.token.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained text encoder: message to vector {@code [128]}, float32. Messages are masked first, and masking what is masked
 * changes nothing, so that raw and masked messages give the same vector. What a message's vector is does not depend on the
 * messages it is encoded with.
 *
 * <p>Immutable; safe for use by many threads. {@link #close()} waits for the calls under way and refuses new ones with
 * {@link IllegalStateException}. The forms that give arrays of ND4J need its native library, the others do not.
 */
public final class TextEncoderHandle implements AutoCloseable {
    private final Path file;
    private final MessageNormalizer normalizer;
    private final Vocabulary vocabulary;
    private final Predictor predictor;
    private final int time;
    private final int dimension;
    private volatile boolean closed;

    private TextEncoderHandle(Path file, MessageNormalizer normalizer, Vocabulary vocabulary, Predictor predictor) {
        this.file = file;
        this.normalizer = normalizer;
        this.vocabulary = vocabulary;
        this.predictor = predictor;
        time = predictor.inputShape().get(0);
        dimension = predictor.outputShape().get(0);
    }

    /**
     * Opens an {@code encoder.h5} that train-text wrote, or an {@code .onnx} that quantize made of it.
     *
     * @throws io.deepsentry.core.MissingDataException when it is not there
     * @throws ModelException when it is damaged, not the file that its metadata.json describes, or not a text encoder
     */
    public static TextEncoderHandle open(Path model) {
        return open(model, null, Device.AUTO);
    }

    /**
     * Opens an encoder that somebody else wrote, with the vocabulary it was trained with. A model that carries its own uses that,
     * which must have every word of the one named.
     */
    public static TextEncoderHandle open(Path model, Path vocabulary) {
        return open(model, vocabulary, Device.AUTO);
    }

    /** Opens an encoder to compute on a device of choice. */
    public static TextEncoderHandle open(Path model, @Nullable Path vocabulary, Device device) {
        return open(model, vocabulary, device, ModelRuntime.AUTO);
    }

    /** Opens an encoder to compute on a device and with a runtime of choice. */
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
        NormalizerSettings masking = EncoderFile.masking(opened.extras(), model.toString());
        return new TextEncoderHandle(
                model,
                MessageNormalizer.of(masking == null ? NormalizerSettings.DEFAULTS : masking),
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

    /** The vector of a message, {@code [128]}. */
    public INDArray encode(String message) {
        return Nd4j.createFromArray(encodeToFloats(message));
    }

    /** The vectors of messages, {@code [n, 128]}, in their order. */
    public INDArray encodeBatch(List<String> messages) {
        return Nd4j.createFromArray(
                        encodeTokens(messages.stream().map(this::tokens).toList()))
                .reshape(messages.size(), dimension);
    }

    /** The vector of a message, {@code [128]}. */
    public float[] encodeToFloats(String message) {
        return encodeTokens(List.of(tokens(message)));
    }

    /** The vectors of messages, {@code [n, 128]}, in their order. */
    public Matrix encodeBatchToMatrix(List<String> messages) {
        return Matrix.of(
                messages.size(),
                dimension,
                encodeTokens(messages.stream().map(this::tokens).toList()));
    }

    /** The ids of a message's tokens as the model reads them, without padding. */
    public int[] tokenIds(String message) {
        return vocabulary.ids(normalizer.normalize(message), time);
    }

    TokenIds tokens(String message) {
        return new TokenIds(tokenIds(message));
    }

    /** The vectors of messages by their token ids, one after the other. */
    float[] encodeTokens(List<TokenIds> messages) {
        if (closed) {
            throw closedHandle(null);
        }
        int[] rows = new int[messages.size() * time];
        for (int i = 0; i < messages.size(); i++) {
            messages.get(i).copyTo(rows, i * time);
        }
        try {
            return predictor.predict(rows, messages.size());
        } catch (IllegalStateException e) {
            throw closedHandle(e);
        }
    }

    private IllegalStateException closedHandle(@Nullable IllegalStateException cause) {
        return new IllegalStateException("the text encoder " + file + " is closed", cause);
    }

    /** The length of a vector: 128 unless the model was trained otherwise. */
    public int dimension() {
        return dimension;
    }

    /** The tokens of a message that the model reads at most. */
    public int messageTokens() {
        return time;
    }

    /** The vocabulary the model was trained with. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** What masks messages as those of the training were. */
    public MessageNormalizer normalizer() {
        return normalizer;
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
