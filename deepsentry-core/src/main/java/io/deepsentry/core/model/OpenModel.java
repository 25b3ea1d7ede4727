package io.deepsentry.core.model;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.OnnxRuntime;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * A model of any format we read, open for predicting: a Keras file, an ONNX file (told by its name) or a SavedModel folder.
 *
 * @param predictor what computes
 * @param extras the texts that a model of ours carries beside its weights, by name; empty for others' models
 */
public record OpenModel(Predictor predictor, Map<String, String> extras) implements AutoCloseable {
    public OpenModel {
        extras = Map.copyOf(extras);
    }

    /**
     * Checks a file against the metadata beside it and opens it.
     *
     * @throws io.deepsentry.core.MissingDataException if it is not there
     * @throws io.deepsentry.core.ModelException if it is damaged, not what its metadata says, or cannot be run here
     */
    public static OpenModel open(Path file, Device device) {
        return open(file, device, ModelRuntime.AUTO);
    }

    /** Opens a file with a runtime of choice; otherwise as {@link #open(Path, Device)}. */
    public static OpenModel open(Path file, Device device, ModelRuntime runtime) {
        if (SavedModelFolder.is(file)) {
            requireTensorFlow(file, runtime);
            return new OpenModel(SavedModelFolder.open(file, device), SavedModelFolder.extras(file));
        }
        ModelDirectory.verify(file);
        if (isOnnx(file)) {
            requireOnnx(file, device, runtime);
            return new OpenModel(OnnxRuntime.open(file), OnnxFile.read(file).extras());
        }
        KerasFile keras = KerasFile.read(file);
        if (runtime == ModelRuntime.ONNXRUNTIME) {
            requireOnnx(file, device, runtime);
        }
        boolean onnx = runtime == ModelRuntime.ONNXRUNTIME
                || (runtime == ModelRuntime.AUTO && device != Device.GPU && OnnxRuntime.runs(keras.model()));
        return new OpenModel(
                onnx ? OnnxRuntime.open(keras.model()) : TensorFlow.predictor(keras.model(), device), keras.extras());
    }

    /** Whether a file's name says that it is an ONNX model. */
    public static boolean isOnnx(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    private static void requireTensorFlow(Path folder, ModelRuntime runtime) {
        if (runtime == ModelRuntime.ONNXRUNTIME) {
            throw new ModelException("the model " + folder
                    + " is a SavedModel, which ONNX Runtime does not run; set runtime to auto or tensorflow");
        }
    }

    private static void requireOnnx(Path file, Device device, ModelRuntime runtime) {
        if (runtime == ModelRuntime.TENSORFLOW) {
            throw new ModelException("the model " + file
                    + " is an ONNX model, which TensorFlow does not run; set runtime to auto or onnxruntime");
        }
        if (device == Device.GPU) {
            throw new ModelException("the model " + file
                    + " is to be run by ONNX Runtime, which computes on the CPU, but a GPU was asked for; leave one of"
                    + " the two out");
        }
    }

    @Override
    public void close() {
        predictor.close();
    }
}
