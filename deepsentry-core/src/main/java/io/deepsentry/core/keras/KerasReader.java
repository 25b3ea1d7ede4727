package io.deepsentry.core.keras;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Weights;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private final Path file;
    private final HdfSource source;

    KerasReader(Path file) {
        this.file = file;
        this.source = new HdfSource(file);
    }

    KerasFile read() {
        long size;
        try (InputStream in = Files.newInputStream(file)) {
            size = Files.size(file);
            source.requireWhole(in.readNBytes(HdfSource.HEAD), size);
        } catch (IOException e) {
            throw new MissingDataException("model file " + file + " cannot be read: " + e.getMessage(), e);
        }
        return source.read(() -> HdfFile.fromBytes(content(size)), hdf -> read(hdf, size));
    }

    /**
     * From memory, where a false length meets the end of what is there; from a file the library would allocate as much
     * as is asked for.
     */
    private byte[] content(long size) {
        long most = Runtime.getRuntime().maxMemory() / 3;
        if (size > most) {
            throw source.problem("it has " + size + " bytes, but with this heap at most " + most
                    + " can be read; give the program more (-Xmx)");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new MissingDataException("model file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private KerasFile read(HdfFile hdf, long size) {
        String config = source.text(hdf, "model_config");
        if (config == null) {
            throw source.problem(
                    hdf.getChildren().containsKey("layer_names") || HdfSource.attribute(hdf, "layer_names") != null
                            ? "it holds weights only, without an architecture; save the whole model instead (model.save)"
                            : "it has no attribute \"model_config\", so it is not a model that Keras saved");
        }
        int version = KerasConfigReader.majorVersion(source.text(hdf, "keras_version"));
        KerasConfigReader reader = new KerasConfigReader(file, version);
        Network network = reader.network(reader.json("attribute \"model_config\"", config));
        source.requireRoomFor(network, size);
        Group weights = source.group(hdf, "model_weights");
        return new KerasFile(new Model(network, weights(network, weights)), extras(hdf));
    }

    private Weights weights(Network network, Group group) {
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        network.weightShapes()
                .forEach(
                        (layer, shapes) -> byLayer.put(layer, layerWeights(layer, shapes, source.group(group, layer))));
        return Weights.of(byLayer);
    }

    private Map<String, NdArray> layerWeights(String layer, Map<String, List<Integer>> needed, Group group) {
        List<String> names = source.texts(group, "weight_names");
        if (names.size() != needed.size()) {
            throw source.problem("layer \"" + layer + "\" needs " + needed.size() + " weights " + needed.keySet()
                    + ", but the file has " + names);
        }
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        int place = 0;
        for (Map.Entry<String, List<Integer>> weight : needed.entrySet()) {
            arrays.put(weight.getKey(), source.array(layer, group, names.get(place++), weight.getValue()));
        }
        return arrays;
    }

    private Map<String, String> extras(HdfFile hdf) {
        Map<String, String> extras = new LinkedHashMap<>();
        if (hdf.getChildren().get(EXTRAS) instanceof Group group) {
            for (Node node : group.getChildren().values()) {
                if (node instanceof Dataset dataset) {
                    extras.put(node.getName(), extra(node.getName(), dataset));
                }
            }
            requireFormat(source, extras.remove(FORMAT));
        }
        return extras;
    }

    static void requireFormat(HdfSource source, @Nullable String format) {
        if (!FORMAT_VERSION.equals(format)) {
            throw source.problem("its part \"" + EXTRAS + "\" has the format " + format + ", but this version reads "
                    + FORMAT_VERSION + "; a newer DeepSentry may read it");
        }
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
        throw source.problem("the text \"" + name + "\" in its group \"" + EXTRAS + "\" is damaged");
    }
}
