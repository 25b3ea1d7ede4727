package io.deepsentry.text;

import io.deepsentry.core.ModelDirectory;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A trained text autoencoder from which another training starts; words that both vocabularies have keep their vectors. */
final class EarlierModel {
    private final Path file;
    private final Model encoder;
    private final @Nullable Model decoder;
    private final Vocabulary vocabulary;

    private EarlierModel(Path file, Model encoder, @Nullable Model decoder, Vocabulary vocabulary) {
        this.file = file;
        this.encoder = encoder;
        this.decoder = decoder;
        this.vocabulary = vocabulary;
    }

    /** Reads an encoder, and the decoder beside it if there is one. */
    static EarlierModel read(Path encoderFile) {
        ModelDirectory.verify(encoderFile);
        KerasFile encoder = KerasFile.read(encoderFile);
        Vocabulary words = EncoderFile.vocabulary(encoder.extras(), encoderFile.toString());
        if (words == null) {
            throw new ModelException(
                    encoderFile + " must carry its vocabulary to be trained further, but has none: it is not"
                            + " an encoder.h5 that train-text wrote");
        }
        Path decoderFile = encoderFile.resolveSibling("decoder.h5");
        Model decoder = null;
        if (Files.exists(decoderFile)) {
            ModelDirectory.verify(decoderFile);
            decoder = KerasFile.read(decoderFile).model();
        }
        return new EarlierModel(encoderFile, encoder.model(), decoder, words);
    }

    /** The weights of {@code fresh} replaced by the earlier ones. */
    Model continueIn(Model fresh, Vocabulary words) {
        Map<String, Map<String, NdArray>> weights = new LinkedHashMap<>();
        for (String layer : fresh.weights().layers()) {
            Map<String, NdArray> arrays = new LinkedHashMap<>();
            fresh.weights().of(layer).forEach((name, array) -> {
                NdArray earlier = earlier(layer, name);
                arrays.put(name, earlier == null ? array : taken(layer, array, earlier, words));
            });
            weights.put(layer, arrays);
        }
        return new Model(fresh.network(), Weights.of(weights));
    }

    private @Nullable NdArray earlier(String layer, String name) {
        NdArray found = encoder.weights().of(layer).get(name);
        return found != null || decoder == null
                ? found
                : decoder.weights().of(layer).get(name);
    }

    private NdArray taken(String layer, NdArray fresh, NdArray earlier, Vocabulary words) {
        if (layer.equals(TextNetworks.EMBEDDING)) {
            return rows(layer, fresh, earlier, words);
        }
        if (layer.equals(TextNetworks.WORDS)) {
            return columns(layer, fresh, earlier, words);
        }
        require(layer, fresh, earlier, Arrays.equals(fresh.shape(), earlier.shape()));
        return earlier;
    }

    private void require(String layer, NdArray fresh, NdArray earlier, boolean fits) {
        if (!fits) {
            throw new ModelException(
                    file + ": layer " + layer + " must have the shape " + Arrays.toString(fresh.shape())
                            + " that the settings give, but has " + Arrays.toString(earlier.shape())
                            + "; use the sizes that model was trained with (metadata.json beside it)");
        }
    }

    private NdArray rows(String layer, NdArray fresh, NdArray earlier, Vocabulary words) {
        int size = fresh.shape()[1];
        require(layer, fresh, earlier, earlier.shape().length == 2 && earlier.shape()[1] == size);
        float[] values = fresh.toArray();
        float[] old = earlier.toArray();
        for (int id = 0; id < words.size(); id++) {
            int oldId = earlierId(id, words);
            if (oldId >= 0) {
                System.arraycopy(old, oldId * size, values, id * size, size);
            }
        }
        return NdArray.of(fresh.shape(), values);
    }

    /** The kernel {@code [hidden, words]} or the bias {@code [words]} of the output layer. */
    private NdArray columns(String layer, NdArray fresh, NdArray earlier, Vocabulary words) {
        int rank = fresh.shape().length;
        int rows = rank == 1 ? 1 : fresh.shape()[0];
        require(layer, fresh, earlier, earlier.shape().length == rank && (rank == 1 || earlier.shape()[0] == rows));
        float[] values = fresh.toArray();
        float[] old = earlier.toArray();
        int width = words.size();
        int oldWidth = vocabulary.size();
        for (int id = 0; id < width; id++) {
            int oldId = earlierId(id, words);
            for (int row = 0; row < rows && oldId >= 0; row++) {
                values[row * width + id] = old[row * oldWidth + oldId];
            }
        }
        return NdArray.of(fresh.shape(), values);
    }

    /** The id that the earlier vocabulary has for a word, or -1. */
    private int earlierId(int id, Vocabulary words) {
        if (id == Vocabulary.PAD || id == Vocabulary.UNKNOWN) {
            return id;
        }
        int earlier = vocabulary.id(words.word(id));
        return earlier == Vocabulary.UNKNOWN ? -1 : earlier;
    }
}
