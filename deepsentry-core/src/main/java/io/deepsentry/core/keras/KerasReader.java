package io.deepsentry.core.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Weights;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a Keras HDF5 file. */
final class KerasReader {
    /** The group of our own texts. */
    static final String EXTRAS = "deepsentry";

    /** The name in it under which the version of its format is kept. */
    static final String FORMAT = "format";

    static final String FORMAT_VERSION = "1";

    /** {@code \x89HDF\r\n\x1a\n}, read as little-endian. */
    private static final long HDF5_SIGNATURE = 0x0A1A0A0D46444889L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    KerasReader(Path file) {
        this.file = file;
    }

    KerasFile read() {
        if (!Files.isRegularFile(file)) {
            throw new MissingDataException("model file " + file + " is not there, or is not a file");
        }
        if (!Files.isReadable(file)) {
            throw new MissingDataException("model file " + file + " cannot be opened for reading");
        }
        requireWhole();
        try (HdfFile hdf = new HdfFile(file)) {
            return read(hdf);
        } catch (DeepSentryException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // The HDF5 library answers damage with whatever its parser runs into, a length that asks for all memory
            // included.
            throw new ModelException(
                    "model file " + file + " is not a readable HDF5 file ("
                            + e.getClass().getSimpleName()
                            + (e.getMessage() == null ? "" : ": " + e.getMessage())
                            + "); it is damaged, cut short or of another format",
                    e);
        }
    }

    /** The superblock says how long the file is; a part that is cut off need not be one that reading comes across. */
    private void requireWhole() {
        ByteBuffer head = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        long size;
        try (FileChannel channel = FileChannel.open(file)) {
            size = channel.size();
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // until full or at the end
            }
        } catch (IOException e) {
            throw new MissingDataException("model file " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (head.hasRemaining() || head.getLong(0) != HDF5_SIGNATURE) {
            throw problem("it is not an HDF5 file, or too short to be one (" + size + " bytes)");
        }
        int version = head.get(8);
        long needed = version < 2 ? head.getLong(40) : head.getLong(28);
        if (version >= 0 && version <= 3 && needed > size) {
            throw problem("it is cut short: it should have " + needed + " bytes, but has " + size);
        }
    }

    private KerasFile read(HdfFile hdf) {
        String config = text(hdf, "model_config");
        if (config == null) {
            throw problem(
                    hdf.getChildren().containsKey("layer_names") || attribute(hdf, "layer_names") != null
                            ? "it holds weights only, without an architecture; save the whole model instead (model.save)"
                            : "it has no attribute \"model_config\", so it is not a model that Keras saved");
        }
        String version = text(hdf, "keras_version");
        Network network = new KerasConfigReader(file, majorVersion(version)).network(json(config));
        Group weights = group(hdf, "model_weights");
        return new KerasFile(new Model(network, weights(network, weights)), extras(hdf));
    }

    private static int majorVersion(@Nullable String version) {
        return version != null && version.startsWith("3") ? 3 : 2;
    }

    private JsonNode json(String config) {
        try {
            return JSON.readTree(config);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "model file " + file + ": its attribute \"model_config\" is not JSON: " + e.getOriginalMessage(),
                    e);
        }
    }

    private Weights weights(Network network, Group group) {
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        Model shapes = Model.initialise(network, 0);
        for (String layer : shapes.weights().layers()) {
            byLayer.put(layer, layerWeights(layer, shapes.weights().of(layer), group(group, layer)));
        }
        return Weights.of(byLayer);
    }

    private Map<String, NdArray> layerWeights(String layer, Map<String, NdArray> needed, Group group) {
        List<String> names = texts(group, "weight_names");
        if (names.size() != needed.size()) {
            throw problem("layer \"" + layer + "\" needs " + needed.size() + " weights " + needed.keySet()
                    + ", but the file has " + names);
        }
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        int place = 0;
        for (Map.Entry<String, NdArray> weight : needed.entrySet()) {
            String path = names.get(place++);
            Node node = group;
            for (String part : path.split("/", -1)) {
                node = node instanceof Group parent ? parent.getChildren().get(part) : null;
            }
            if (!(node instanceof Dataset dataset)) {
                throw problem("layer \"" + layer + "\" names a weight \"" + path + "\" that is not there");
            }
            arrays.put(
                    weight.getKey(),
                    array(layer, path, dataset, weight.getValue().shape()));
        }
        return arrays;
    }

    /** The shape is compared first, so a false length in a damaged file asks for no memory. */
    private NdArray array(String layer, String path, Dataset dataset, int[] shape) {
        if (!Arrays.equals(dataset.getDimensions(), shape)) {
            throw problem("weight \"" + path + "\" of layer \"" + layer + "\" needs shape " + Arrays.toString(shape)
                    + ", but has " + Arrays.toString(dataset.getDimensions()));
        }
        Object data = dataset.getDataFlat();
        if (data instanceof float[] floats) {
            return NdArray.of(shape, floats);
        }
        if (data instanceof double[] doubles) {
            float[] floats = new float[doubles.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) doubles[i];
            }
            return NdArray.of(shape, floats);
        }
        throw problem("weight \"" + path + "\" of layer \"" + layer + "\" is not of float32 or float64 but of "
                + dataset.getJavaType());
    }

    private Map<String, String> extras(HdfFile hdf) {
        Map<String, String> extras = new LinkedHashMap<>();
        if (hdf.getChildren().get(EXTRAS) instanceof Group group) {
            for (Node node : group.getChildren().values()) {
                if (node instanceof Dataset dataset) {
                    extras.put(node.getName(), extra(node.getName(), dataset));
                }
            }
            String format = extras.remove(FORMAT);
            if (!FORMAT_VERSION.equals(format)) {
                throw problem("its group \"" + EXTRAS + "\" has the format " + format + ", but this version reads "
                        + FORMAT_VERSION + "; a newer DeepSentry may read it");
            }
        }
        return extras;
    }

    /** The last byte is always 0: HDF5 writers refuse an array without elements. */
    private String extra(String name, Dataset dataset) {
        long size = dataset.getSize();
        if (dataset.getDimensions().length == 1
                && size >= 1
                && size < Integer.MAX_VALUE
                && dataset.getJavaType() == byte.class
                && dataset.getDataFlat() instanceof byte[] bytes
                && bytes[bytes.length - 1] == 0) {
            return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
        }
        throw problem("the text \"" + name + "\" in its group \"" + EXTRAS + "\" is damaged");
    }

    private Group group(Group parent, String name) {
        if (parent.getChildren().get(name) instanceof Group group) {
            return group;
        }
        throw problem("it has no group \"" + name + "\" in \"" + parent.getPath() + "\"");
    }

    private static @Nullable Attribute attribute(Node node, String name) {
        return node.getAttributes().get(name);
    }

    private @Nullable String text(Node node, String name) {
        Attribute attribute = attribute(node, name);
        if (attribute == null) {
            return null;
        }
        if (attribute.getData() instanceof String value) {
            return value;
        }
        throw problem("its attribute \"" + name + "\" is not a text");
    }

    /** A list of texts, which Keras splits over numbered attributes when it is long. */
    private List<String> texts(Node node, String name) {
        Attribute whole = attribute(node, name);
        List<String> all = new ArrayList<>();
        if (whole != null) {
            addTexts(all, whole);
            return all;
        }
        for (int part = 0; attribute(node, name + part) != null; part++) {
            addTexts(all, attribute(node, name + part));
        }
        return all;
    }

    private void addTexts(List<String> all, @Nullable Attribute attribute) {
        Object data = attribute == null || attribute.isEmpty() ? new String[0] : attribute.getData();
        if (data instanceof String one) {
            all.add(one);
        } else if (data instanceof String[] several) {
            all.addAll(List.of(several));
        } else if (!(data instanceof Object[] none && none.length == 0)) {
            throw problem("an attribute that names weights is not a list of texts");
        }
    }

    private ModelException problem(String problem) {
        return new ModelException("model file " + file + ": " + problem);
    }
}
