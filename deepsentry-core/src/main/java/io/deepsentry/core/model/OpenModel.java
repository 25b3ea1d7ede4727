package io.deepsentry.core.model;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.OnnxRuntime;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * A model of any format we read, open for predicting: a Keras file, an ONNX file (by its name) or a SavedModel
 * folder.
 *
 * <pre>{@code
 * try (OpenModel model = OpenModel.open(Path.of("detector.h5"), Device.AUTO)) {
 *     float[] output = model.predictor().predict(windows, 64);
 * }
 * }</pre>
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
     * @param file the file
     * @param device where to compute
     * @return the model, to be closed
     * @throws io.deepsentry.core.MissingDataException if it is not there
     * @throws io.deepsentry.core.ModelException if it is damaged, not what its metadata says, or cannot be run here
     */
    public static OpenModel open(Path file, Device device) {
        return open(file, device, ModelRuntime.AUTO);
    }

    /**
     * Opens a file with a runtime of choice; otherwise as {@link #open(Path, Device)}.
     *
     * @param file the file
     * @param device where to compute
     * @param runtime the library that computes
     * @return the model, to be closed
     */
    public static OpenModel open(Path file, Device device, ModelRuntime runtime) {
        if (SavedModelFolder.is(file)) {
            requireTensorFlow(file, runtime);
            return new OpenModel(SavedModelFolder.open(file, device), SavedModelFolder.extras(file));
        }
        ModelDirectory.verify(file);
        if (isOnnx(file)) {
            requireOnnx(file, runtime);
            return new OpenModel(
                    OnnxRuntime.open(file, device), OnnxFile.read(file).extras());
        }
        KerasFile keras = KerasFile.read(file);
        return new OpenModel(
                runs(runtime, keras.model(), device)
                        ? OnnxRuntime.open(keras.model(), device)
                        : TensorFlow.predictor(keras.model(), device),
                keras.extras());
    }

    /** Whether ONNX Runtime is to run a Keras model. Where a GPU is required, TensorFlow does if only it has one. */
    private static boolean runs(ModelRuntime runtime, Model model, Device device) {
        return switch (runtime) {
            case ONNXRUNTIME -> true;
            case TENSORFLOW -> false;
            case AUTO ->
                OnnxRuntime.runs(model) && (device != Device.GPU || OnnxRuntime.hasGpu() || !TensorFlow.hasGpu());
        };
    }

    /**
     * {@return whether a file's name says that it is an ONNX model}
     *
     * @param file the file
     */
    public static boolean isOnnx(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    private static void requireTensorFlow(Path folder, ModelRuntime runtime) {
        if (runtime == ModelRuntime.ONNXRUNTIME) {
            throw new ModelException("the model " + folder
                    + " is a SavedModel, which ONNX Runtime does not run; set runtime to auto or tensorflow");
        }
    }

    private static void requireOnnx(Path file, ModelRuntime runtime) {
        if (runtime == ModelRuntime.TENSORFLOW) {
            throw new ModelException("the model " + file
                    + " is an ONNX model, which TensorFlow does not run; set runtime to auto or onnxruntime");
        }
    }

    @Override
    public void close() {
        predictor.close();
    }
}
