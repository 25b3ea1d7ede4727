package io.deepsentry.core.keras;

import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Recurrent;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a Keras HDF5 file. */
final class KerasWriter {
    /**
     * A longer text attribute would spoil the file without an error; HDF5 keeps attributes in headers of at most 64 kB.
     */
    private static final int MAX_CONFIG_BYTES = 50_000;

    /** What the configuration is written for. */
    private static final String KERAS_VERSION = "2.15.0";

    private final Model model;
    private final Map<String, String> extras;

    KerasWriter(Model model, Map<String, String> extras) {
        this.model = model;
        this.extras = checked(extras);
    }

    /** The texts, if their names can be names in a file. */
    static Map<String, String> checked(Map<String, String> extras) {
        for (String name : extras.keySet()) {
            if (name.isBlank() || name.indexOf('/') >= 0 || name.equals(KerasReader.FORMAT)) {
                throw new IllegalArgumentException(
                        "the name of a text beside a model must not be blank, contain '/' or be \"" + KerasReader.FORMAT
                                + "\", but was \"" + name + "\"");
            }
        }
        return Map.copyOf(extras);
    }

    void write(Path file) {
        model.network().nodes().forEach(node -> requireSplitInHalves(node.layer()));
        String config = new KerasConfigWriter(model.network(), KerasConfigWriter.Readers.KERAS_2_AND_3)
                .config()
                .toString();
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
            verify(temporary, new KerasReader(temporary).read(), model, extras);
        });
    }

    /**
     * Keras 2 takes the first half of the weights for the forward layer's, and refuses a file where the rest then fits
     * no layer.
     */
    private static void requireSplitInHalves(Layer layer) {
        if (layer instanceof Bidirectional both
                && both.forward().useBias()
                && !both.backward().useBias()) {
            throw new ModelException("layer \"" + both.name() + "\" has a bias in its forward layer and none in its"
                    + " backward layer, which Keras 2 cannot read from a .h5 file; write a .keras file, which Keras 2"
                    + " and 3 read");
        }
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
            HdfTarget.putText(texts, KerasReader.FORMAT, KerasReader.FORMAT_VERSION);
            extras.forEach((name, text) -> HdfTarget.putText(texts, name, text));
        }
    }

    private void putLayer(WritableGroup group, Layer layer) {
        Map<String, NdArray> arrays = model.weights().of(layer.name());
        if (arrays.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        HdfTarget target = new HdfTarget(group);
        arrays.forEach((weight, array) -> {
            String path = folder(layer, weight) + "/" + weight.substring(weight.lastIndexOf('/') + 1) + ":0";
            names.add(path);
            target.put(path, array);
        });
        group.putAttribute("weight_names", names.toArray(String[]::new));
    }

    /** Where Keras 2 keeps the weights of a layer. */
    private static String folder(Layer layer, String weight) {
        if (layer instanceof Recurrent recurrent) {
            return layer.name() + cell(recurrent);
        }
        if (layer instanceof Bidirectional both) {
            Recurrent direction = weight.startsWith("forward/") ? both.forward() : both.backward();
            return layer.name()
                    + (weight.startsWith("forward/") ? "/forward_" : "/backward_")
                    + direction.name()
                    + cell(direction);
        }
        return layer.name();
    }

    private static String cell(Recurrent recurrent) {
        return recurrent instanceof Gru ? "/gru_cell" : "/lstm_cell";
    }

    /** Reads back what was written. */
    static void verify(Path written, KerasFile read, Model model, Map<String, String> extras) {
        if (!read.model().equals(model) || !read.extras().equals(extras)) {
            throw new DataException("the model file written as " + written + " does not read back as it was written");
        }
    }
}
