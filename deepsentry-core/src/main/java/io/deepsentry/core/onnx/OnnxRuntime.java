package io.deepsentry.core.onnx;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.NativeFolder;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Runs models by ONNX Runtime, on the CPU, in the thread of the caller. It is an optional library: whoever uses it puts {@code com.microsoft.onnxruntime:onnxruntime}
 * on the class path.
 */
public final class OnnxRuntime {
    /** The system property by which files run that are not as DeepSentry writes them, if it is {@code true}: native code reads them without further checks. */
    public static final String TRUST = "deepsentry.trust_models";

    private static final System.Logger LOG = System.getLogger(OnnxRuntime.class.getName());
    private static final String CLASS = "ai.onnxruntime.OrtEnvironment";

    private OnnxRuntime() {}

    /** Whether {@link #open(Model)} can do it: the library is on the class path, loads on this machine, and each layer of the model can be written as ONNX. */
    public static boolean runs(Model model) {
        try {
            Class.forName(CLASS, false, OnnxRuntime.class.getClassLoader());
            OnnxLibraries.environment();
            new OnnxWriter(model, Precision.FLOAT32, null).write();
            return true;
        } catch (ClassNotFoundException | ModelException e) {
            return false;
        } catch (LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "ONNX Runtime is on the class path, but does not load: " + reason(e));
            return false;
        }
    }

    /**
     * Opens a file. Its graph must be one that DeepSentry could have written, unless {@link #TRUST} says otherwise: the native library trusts what it reads.
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
                            + System.getProperty("os.arch") + "): " + reason(e)
                            + "; put com.microsoft.onnxruntime:onnxruntime:1.28.0 on the class path, or set runtime to tensorflow for Keras"
                            + " models",
                    e);
        }
    }

    /** A library that fails to load once says why only that time, and as the cause of another error. */
    private static String reason(LinkageError error) {
        Throwable reason = error;
        while (reason.getCause() instanceof LinkageError) {
            reason = reason.getCause();
        }
        return NativeFolder.reason(reason.getMessage());
    }
}
