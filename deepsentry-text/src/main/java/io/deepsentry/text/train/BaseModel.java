package io.deepsentry.text.train;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.Weights;
import io.deepsentry.text.encode.PretrainedEncoders;
import io.deepsentry.text.internal.encode.EncoderFile;
import io.deepsentry.text.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A trained text autoencoder from which another training starts. Immutable. */
final class BaseModel {
    private static final String ENCODER = "encoder.h5";
    private static final String DECODER = "decoder.h5";

    private final String name;
    private final Model encoder;
    private final Model decoder;
    private final Vocabulary vocabulary;
    private final TextSizes sizes;
    private final String encoderDigest;
    private final String decoderDigest;

    private BaseModel(String name, Path encoderFile) {
        this.name = name;
        ModelDirectory.verify(encoderFile);
        KerasFile encoderRead = KerasFile.read(encoderFile);
        encoder = encoderRead.model();
        Vocabulary words = EncoderFile.vocabulary(encoderRead.extras(), name);
        if (words == null) {
            throw notOurs("it carries no vocabulary");
        }
        vocabulary = words;
        sizes = sizes(encoder.network());
        TextNetworks ours = new TextNetworks(vocabulary.size(), messageTokens(), sizes, 0);
        requireLayers("encoder", ours.encoder(), encoder.network());
        Path decoderFile = encoderFile.resolveSibling(DECODER);
        if (!Files.exists(decoderFile)) {
            throw new MissingDataException("the base " + name + " must have its " + DECODER
                    + " beside it, without which an encoder cannot be trained further, but there is no " + decoderFile
                    + "; copy the whole folder that train-text wrote");
        }
        ModelDirectory.verify(decoderFile);
        decoder = KerasFile.read(decoderFile).model();
        requireLayers(DECODER, ours.decoder(), decoder.network());
        encoderDigest = digest(encoderFile);
        decoderDigest = digest(decoderFile);
    }

    /**
     * Reads a base.
     *
     * @param model an encoder.h5, the folder of one, or the name of a pretrained encoder; a file or folder of that name
     *     goes first
     * @throws MissingDataException if there is none, or no decoder beside it
     * @throws ModelException if it is damaged, or not a text encoder that train-text wrote
     */
    static BaseModel read(String model) {
        Path path = pathOf(model);
        if (path != null && Files.isDirectory(path)) {
            return new BaseModel(model, path.resolve(ENCODER));
        }
        if (path != null && Files.exists(path)) {
            return new BaseModel(model, path);
        }
        return PretrainedEncoders.find(model).inFolder(folder -> new BaseModel(model, folder.resolve(ENCODER)));
    }

    private static @Nullable Path pathOf(String model) {
        try {
            return Path.of(model);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private ModelException notOurs(String reason) {
        return new ModelException("the base " + name + " must be a text encoder that train-text wrote, with the layers "
                + TextNetworks.ENCODER_LAYERS + ", but " + reason);
    }

    private TextSizes sizes(Network network) {
        if (!(network.layer(TextNetworks.EMBEDDING) instanceof Embedding embedding)
                || !(network.layer(TextNetworks.ENCODING) instanceof Dense encoding)) {
            throw notOurs("its layers are " + names(network));
        }
        Layer reader = network.layer(TextNetworks.ENCODER_LSTM);
        if (reader instanceof Bidirectional both) {
            return new TextSizes(embedding.size(), both.forward().units(), encoding.units(), true);
        }
        if (reader instanceof Lstm lstm) {
            return new TextSizes(embedding.size(), lstm.units(), encoding.units(), false);
        }
        throw notOurs("its layers are " + names(network));
    }

    private static List<String> names(Network network) {
        return network.nodes().stream().map(node -> node.layer().name()).toList();
    }

    private void requireLayers(String what, Network ours, Network found) {
        List<Layer> expected = learning(ours);
        List<Layer> layers = learning(found);
        if (!expected.equals(layers)) {
            throw notOurs("its " + what + " has " + layers + " instead of " + expected);
        }
    }

    /** Dropout and what only repeats come and go with the settings. */
    private static List<Layer> learning(Network network) {
        return network.nodes().stream()
                .map(Network.Node::layer)
                .filter(layer -> !(layer instanceof Dropout) && !(layer instanceof RepeatVector))
                .toList();
    }

    private static String digest(Path file) {
        try {
            return ModelDirectory.digestOf(file);
        } catch (IOException e) {
            throw new MissingDataException("the base " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** What it was called by. */
    String name() {
        return name;
    }

    TextSizes sizes() {
        return sizes;
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Tokens of a message that it reads. */
    int messageTokens() {
        return encoder.network().input().shape().get(0);
    }

    /** Encoder and decoder, one on top of the other. */
    Model autoencoder() {
        Map<String, Map<String, NdArray>> weights = new LinkedHashMap<>();
        for (Model part : List.of(encoder, decoder)) {
            part.weights()
                    .layers()
                    .forEach(layer -> weights.put(layer, part.weights().of(layer)));
        }
        Network network = new TextNetworks(vocabulary.size(), messageTokens(), sizes, 0).autoencoder();
        return new Model(network, Weights.of(weights));
    }

    /** The SHA-256 of the encoder's file. */
    String encoderDigest() {
        return encoderDigest;
    }

    /** The SHA-256 of the decoder's file. */
    String decoderDigest() {
        return decoderDigest;
    }

    /**
     * The weights to start from.
     *
     * @param autoencoder of these sizes, with a vocabulary that begins with this model's
     */
    Model continueIn(Network autoencoder, Vocabulary words, long seed) {
        Random random = new Random(seed);
        Map<String, Map<String, NdArray>> weights = new LinkedHashMap<>();
        for (Model part : List.of(encoder, decoder)) {
            for (String layer : part.weights().layers()) {
                Map<String, NdArray> arrays = new LinkedHashMap<>();
                part.weights()
                        .of(layer)
                        .forEach((weight, array) -> arrays.put(
                                weight,
                                switch (layer) {
                                    case TextNetworks.EMBEDDING -> withRows(array, words.size(), random);
                                    case TextNetworks.WORDS -> withColumns(array, words.size(), random);
                                    default -> array;
                                }));
                weights.put(layer, arrays);
            }
        }
        return new Model(autoencoder, Weights.of(weights));
    }

    /**
     * Vectors of new words are drawn with the mean and the spread that those of the known words have in each number.
     */
    private NdArray withRows(NdArray known, int words, Random random) {
        int size = known.shape()[1];
        float[] values = Arrays.copyOf(known.toArray(), words * size);
        for (int column = 0; column < size; column++) {
            Spread spread = new Spread();
            for (int row = Vocabulary.UNKNOWN + 1; row < vocabulary.size(); row++) {
                spread.add(values[row * size + column]);
            }
            for (int row = vocabulary.size(); row < words; row++) {
                values[row * size + column] = spread.draw(random);
            }
        }
        return NdArray.of(new int[] {words, size}, values);
    }

    /** The same in the kernel {@code [hidden, words]} or the bias {@code [words]} of the output. */
    private NdArray withColumns(NdArray known, int words, Random random) {
        int[] shape = known.shape();
        int width = shape[shape.length - 1];
        int rows = known.size() / width;
        float[] old = known.toArray();
        float[] values = new float[rows * words];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(old, row * width, values, row * words, width);
            Spread spread = new Spread();
            for (int column = Vocabulary.UNKNOWN + 1; column < width; column++) {
                spread.add(old[row * width + column]);
            }
            for (int column = width; column < words; column++) {
                values[row * words + column] = spread.draw(random);
            }
        }
        shape[shape.length - 1] = words;
        return NdArray.of(shape, values);
    }

    /** Mean and standard deviation of some numbers. */
    private static final class Spread {
        private long count;
        private double sum;
        private double squares;

        void add(double value) {
            count++;
            sum += value;
            squares += value * value;
        }

        float draw(Random random) {
            if (count == 0) {
                return 0;
            }
            double mean = sum / count;
            return (float) (mean + Math.sqrt(Math.max(0, squares / count - mean * mean)) * random.nextGaussian());
        }
    }
}
