package io.deepsentry.core.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.NativeFolder;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's provider for NVIDIA GPUs. A small network, computed once a process, tells whether it works. */
final class Cuda {
    private static final System.Logger LOG = System.getLogger(Cuda.class.getName());
    /** Of a Linux driver: its own device, or that of Windows below. */
    private static final List<Path> DRIVERS = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/dxg"));

    private static final Pattern MISSING_LIBRARY = Pattern.compile("(lib(\\w+)\\.so[.\\d]*): cannot open");
    private static final Pattern FAILURE = Pattern.compile("CU\\w+ failure \\d+: [^;]*");
    private static final String GUIDE = " (docs/gpu.md)";
    /** What brings a library: the start of its name, and the Python package that has it for CUDA 13. */
    private static final Map<String, String> PACKAGES = Map.of(
            "cublas", "nvidia-cublas",
            "cudart", "nvidia-cuda-runtime",
            "cudnn", "nvidia-cudnn-cu13",
            "curand", "nvidia-curand");

    private static boolean tried;
    private static @Nullable String missing;
    private static @Nullable Boolean automatic;

    private Cuda() {}

    /**
     * Returns whether to compute on a GPU. For {@link Device#AUTO} the reason why not is logged at debug level.
     *
     * @throws ModelException if a GPU is required and cannot be used; it names what is missing and the remedy
     */
    static boolean use(Device device) {
        return switch (device) {
            case CPU -> false;
            case AUTO -> automatic();
            case GPU -> {
                missing().ifPresent(reason -> {
                    throw new ModelException("a GPU was requested, but " + reason + GUIDE);
                });
                yield true;
            }
        };
    }

    private static synchronized boolean automatic() {
        if (automatic == null) {
            Optional<String> reason = hasDriver() ? missing() : Optional.of("there is no NVIDIA driver");
            reason.ifPresent(why -> LOG.log(System.Logger.Level.DEBUG, "models are run on the CPU: {0}", why));
            automatic = reason.isEmpty();
        }
        return automatic;
    }

    /** Returns why no GPU can be used, with the remedy. The trial costs a second where there is a GPU. */
    private static synchronized Optional<String> missing() {
        if (!tried) {
            missing = tryIt();
            tried = true;
        }
        return Optional.ofNullable(missing);
    }

    /** Whether a trial may succeed. Elsewhere than on Linux only the trial tells. */
    private static boolean hasDriver() {
        return !System.getProperty("os.name", "").startsWith("Linux")
                || DRIVERS.stream().anyMatch(Files::exists);
    }

    private static @Nullable String tryIt() {
        OrtEnvironment environment = OnnxLibraries.environment();
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return "ONNX Runtime is the build for CPUs; put com.microsoft.onnxruntime:onnxruntime_gpu:"
                    + OnnxRuntime.VERSION + " in the place of onnxruntime on the class path, or copy "
                    + String.join(", ", OnnxLibraries.cudaFiles()) + " of its CUDA build into the folder that "
                    + NativeFolder.VARIABLE + " names";
        }
        try {
            OnnxLibraries.unpackCuda();
            try (OrtSession.SessionOptions options = OnnxPredictor.options(true);
                    OrtSession session = environment.createSession(trial(), options);
                    OnnxTensor row = OnnxTensor.createTensor(environment, new float[1][2][3]);
                    OrtSession.Result result = session.run(
                            Map.of(session.getInputNames().iterator().next(), row))) {
                return result.size() == 1 ? null : "ONNX Runtime's CUDA provider gives " + result.size() + " results";
            }
        } catch (IOException e) {
            return "the libraries of ONNX Runtime's CUDA provider cannot be unpacked: " + e.getMessage();
        } catch (OrtException e) {
            return reason(String.valueOf(e.getMessage()));
        }
    }

    /** The layers that our models have, so that each library they need is asked for. */
    private static byte[] trial() {
        Network network = Network.builder("trial")
                .input(new InputLayer("values", List.of(2, 3), false))
                .add(Lstm.of("lstm", 4, false))
                .add(new Dense("dense", 2, Activation.TANH, true))
                .build();
        return OnnxFile.bytes(Model.initialise(network, 1), Precision.FLOAT32, null, Map.of(), null);
    }

    /** Adds the provider to the options of a session. */
    static void addTo(OrtSession.SessionOptions options) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0)) {
            // Products of matrices in ten bits of mantissa would change scores in the third digit.
            cuda.add("use_tf32", "0");
            options.addCUDA(cuda);
        }
    }

    /** Turns what ONNX Runtime says into what is missing and how to get it. */
    static String reason(String message) {
        Matcher matcher = MISSING_LIBRARY.matcher(message);
        boolean missing = matcher.find();
        String library = missing ? matcher.group(2) : message.toLowerCase(Locale.ROOT);
        String what = missing
                ? matcher.group(1) + " is missing, which ONNX Runtime's CUDA provider needs"
                : "ONNX Runtime's CUDA provider fails: " + failure(message);
        if (library.equals("cuda") || library.contains("no cuda-capable device")) {
            return what + "; install the NVIDIA driver";
        }
        return PACKAGES.keySet().stream()
                .sorted()
                .filter(library::contains)
                .findFirst()
                .map(start -> what + "; install CUDA's library (Python package " + PACKAGES.get(start)
                        + ") and name its folder in LD_LIBRARY_PATH before the start")
                .orElse(what + "; check the NVIDIA driver and the CUDA libraries");
    }

    /** What CUDA says, without the lines of code where; else the first line. */
    private static String failure(String message) {
        Matcher matcher = FAILURE.matcher(message);
        return matcher.find()
                ? matcher.group().strip()
                : message.lines().findFirst().orElse("").strip();
    }
}
