package io.deepsentry.core.onnx;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.NativeFolder;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Runs models with ONNX Runtime, in the thread of the caller: on the CPU, or on an NVIDIA GPU with its build for CUDA.
 * The library is optional: to use it, put {@code com.microsoft.onnxruntime:onnxruntime} on the class path.
 *
 * <pre>{@code
 * try (Predictor predictor = OnnxRuntime.open(Path.of("detector.onnx"), Device.CPU)) {
 *     float[] output = predictor.predict(windows, 64);
 * }
 * }</pre>
 *
 * <p>On the CPU a row's result does not depend on the rows beside it, to the bit. On a GPU it may differ by 1e-5 at
 * most.
 *
 * <p>Safe for use by several threads.
 */
public final class OnnxRuntime {
    /**
     * The system property that lets files run which DeepSentry could not have written, if it is {@code true}. Native
     * code reads them without further checks.
     */
    public static final String TRUST = "deepsentry.trust_models";

    private static final System.Logger LOG = System.getLogger(OnnxRuntime.class.getName());
    /** The version that the build has; see {@code onnxruntime.version} in the parent POM. */
    static final String VERSION = "1.28.0";

    private static final String CLASS = "ai.onnxruntime.OrtEnvironment";

    private OnnxRuntime() {}

    /**
     * {@return whether {@link #open(Model)} can open a model: the library is on the class path, it loads on this
     * machine, and each layer can be written as ONNX}
     *
     * @param model the model
     */
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
     * {@return whether models can be run on a GPU: ONNX Runtime is on the class path in its build for CUDA, and its
     * provider computes on this machine} The first call tries it, which takes about a second where there is a GPU.
     */
    public static boolean hasGpu() {
        try {
            Class.forName(CLASS, false, OnnxRuntime.class.getClassLoader());
            return Cuda.use(Device.AUTO);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "ONNX Runtime cannot be loaded: {0}", String.valueOf(e.getMessage()));
            return false;
        }
    }

    /**
     * Opens a file on the CPU; otherwise as {@link #open(Path, Device)}.
     *
     * @param file the file
     * @return the predictor, to be closed
     */
    public static Predictor open(Path file) {
        return open(file, Device.CPU);
    }

    /**
     * Opens a file. Its graph must be one that DeepSentry could have written, unless {@link #TRUST} says otherwise: the
     * native library trusts what it reads. Models in eight bits run on the CPU even if there is a GPU.
     *
     * @param file the file
     * @param device where to compute
     * @return the predictor, to be closed
     * @throws io.deepsentry.core.MissingDataException if it is not there
     * @throws ModelException if it is damaged or cannot be run, if ONNX Runtime is not on the class path, or if a
     *     GPU is required and cannot be used
     */
    public static Predictor open(Path file, Device device) {
        return guarded(() -> OnnxPredictor.open(file, device));
    }

    /**
     * Opens a model on the CPU; otherwise as {@link #open(Model, Device)}.
     *
     * @param model the model
     * @return the predictor, to be closed
     */
    public static Predictor open(Model model) {
        return open(model, Device.CPU);
    }

    /**
     * Opens a model in float32.
     *
     * @param model the model
     * @param device where to compute
     * @return the predictor, to be closed
     * @throws ModelException if the model has a layer that cannot be written as ONNX, if ONNX Runtime is not on the
     *     class path, or if a GPU is required and cannot be used
     */
    public static Predictor open(Model model, Device device) {
        return guarded(() -> OnnxPredictor.open(model, device));
    }

    private static Predictor guarded(Supplier<Predictor> open) {
        try {
            return open.get();
        } catch (LinkageError e) {
            throw new ModelException(
                    "ONNX Runtime cannot be loaded (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + reason(e)
                            + "; put com.microsoft.onnxruntime:onnxruntime:" + VERSION
                            + " on the class path, or set runtime to tensorflow for Keras models",
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
