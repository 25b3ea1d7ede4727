package io.deepsentry.core.onnx;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Runs models by ONNX Runtime, on the CPU, in the thread of the caller. It is an optional library: whoever uses it puts {@code com.microsoft.onnxruntime:onnxruntime}
 * on the class path.
 */
public final class OnnxRuntime {
    private static final String CLASS = "ai.onnxruntime.OrtEnvironment";

    private OnnxRuntime() {}

    /** Whether the library is on the class path. */
    public static boolean isAvailable() {
        try {
            Class.forName(CLASS, false, OnnxRuntime.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Whether {@link #open(Model)} has the library and can write each layer of the model as ONNX. */
    public static boolean runs(Model model) {
        try {
            return isAvailable() && new OnnxWriter(model, Precision.FLOAT32, null).write() != null;
        } catch (ModelException e) {
            return false;
        }
    }

    /**
     * Opens a file. It is checked as far as that can be done before the native library reads it.
     *
     * @throws io.deepsentry.core.MissingDataException if it is not there
     * @throws ModelException if it is damaged or cannot be run, or if ONNX Runtime is not on the class path
     */
    public static Predictor open(Path file) {
        return guarded(() -> OnnxPredictor.open(file));
    }

    /**
     * A predictor of a model, in float32.
     *
     * @throws ModelException if the model has a layer that cannot be written as ONNX, or if ONNX Runtime is not on the class path
     */
    public static Predictor open(Model model) {
        return guarded(() -> OnnxPredictor.open(model));
    }

    private static Predictor guarded(Supplier<Predictor> open) {
        try {
            return open.get();
        } catch (LinkageError e) {
            throw new ModelException(
                    "ONNX Runtime cannot be loaded (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + e.getMessage()
                            + "; put com.microsoft.onnxruntime:onnxruntime:1.28.0 on the class path, or set runtime to tensorflow for Keras"
                            + " models",
                    e);
        }
    }
}
