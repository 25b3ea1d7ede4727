package io.deepsentry.core.keras;

import io.deepsentry.core.AtomicFile;
import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a Keras HDF5 file. */
final class KerasWriter {
    /** A longer text attribute would spoil the file without an error; HDF5 keeps attributes in headers of at most 64 kB. */
    private static final int MAX_CONFIG_BYTES = 50_000;

    /** What the configuration is written for. */
    private static final String KERAS_VERSION = "2.15.0";

    private final Model model;
    private final Map<String, String> extras;

    KerasWriter(Model model, Map<String, String> extras) {
        this.model = model;
        this.extras = Map.copyOf(extras);
        for (String name : extras.keySet()) {
            if (name.isBlank() || name.indexOf('/') >= 0 || name.equals(KerasReader.FORMAT)) {
                throw new IllegalArgumentException(
                        "the name of a text beside a model must not be blank, contain '/' or be \"" + KerasReader.FORMAT
                                + "\", but was \"" + name + "\"");
            }
        }
    }

    void write(Path file) {
        String config = new KerasConfigWriter(model.network()).config().toString();
        int length = config.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_CONFIG_BYTES) {
            throw new ModelException("network \"" + model.network().name() + "\" has a configuration of " + length
                    + " bytes, but a Keras file holds at most " + MAX_CONFIG_BYTES
                    + "; use fewer layers or shorter names");
        }
        AtomicFile.writeAt(file, temporary -> {
            try {
                writeTo(temporary, config);
            } catch (HdfException e) {
                throw new IOException(e.getMessage(), e);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            verify(temporary);
        });
    }

    private void writeTo(Path target, String config) {
        try (WritableHdfFile hdf = HdfFile.write(target)) {
            hdf.putAttribute("keras_version", KERAS_VERSION);
            hdf.putAttribute("backend", "tensorflow");
            hdf.putAttribute("model_config", config);
            WritableGroup weights = hdf.putGroup("model_weights");
            weights.putAttribute("keras_version", KERAS_VERSION);
            weights.putAttribute("backend", "tensorflow");
            List<String> names = new ArrayList<>();
            for (Network.Node node : model.network().nodes()) {
                names.add(node.layer().name());
                putLayer(weights.putGroup(node.layer().name()), node.layer());
            }
            weights.putAttribute("layer_names", names.toArray(String[]::new));
            // Comes last and is never empty: the HDF5 library leaves out the end of a file whose last group is.
            WritableGroup texts = hdf.putGroup(KerasReader.EXTRAS);
            putText(texts, KerasReader.FORMAT, KerasReader.FORMAT_VERSION);
            extras.forEach((name, text) -> putText(texts, name, text));
        }
    }

    private static void putText(WritableGroup group, String name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        group.putDataset(name, Arrays.copyOf(bytes, bytes.length + 1));
    }

    private void putLayer(WritableGroup group, Layer layer) {
        Map<String, NdArray> arrays = model.weights().of(layer.name());
        if (arrays.isEmpty()) {
            return;
        }
        Map<String, WritableGroup> groups = new HashMap<>();
        List<String> names = new ArrayList<>();
        arrays.forEach((weight, array) -> {
            String folder = folder(layer, weight);
            String leaf = weight.substring(weight.lastIndexOf('/') + 1) + ":0";
            names.add(folder + "/" + leaf);
            WritableGroup parent = group;
            StringBuilder path = new StringBuilder();
            for (String part : folder.split("/", -1)) {
                path.append('/').append(part);
                WritableGroup above = parent;
                parent = groups.computeIfAbsent(path.toString(), absent -> above.putGroup(part));
            }
            parent.putDataset(leaf, nested(array));
        });
        group.putAttribute("weight_names", names.toArray(String[]::new));
    }

    /** Where Keras 2 keeps the weights of a layer. */
    private static String folder(Layer layer, String weight) {
        if (layer instanceof Lstm) {
            return layer.name() + "/lstm_cell";
        }
        if (layer instanceof Bidirectional both) {
            Lstm direction = weight.startsWith("forward/") ? both.forward() : both.backward();
            return layer.name() + (weight.startsWith("forward/") ? "/forward_" : "/backward_") + direction.name()
                    + "/lstm_cell";
        }
        return layer.name();
    }

    private static Object nested(NdArray array) {
        int[] shape = array.shape();
        float[] data = array.toArray();
        if (shape.length == 1) {
            return data;
        }
        float[][] rows = new float[shape[0]][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(data, row * shape[1], (row + 1) * shape[1]);
        }
        return rows;
    }

    private void verify(Path written) {
        KerasFile read = new KerasReader(written).read();
        if (!read.model().equals(model) || !read.extras().equals(extras)) {
            throw new DataException("the model file written as " + written + " does not read back as it was written");
        }
    }
}
