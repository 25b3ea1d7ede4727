package io.deepsentry.tools.gpu;

import ai.onnxruntime.OrtEnvironment;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.text.encode.TextEncoderHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Scores the same windows on the CPU and on a GPU, compares the results, and measures both. One thread computes on the
 * CPU, as it does in the program.
 */
public final class GpuCheck {
    private static final int[] BATCHES = {1, 8, 64, 256, 1024, 4096, 16_384};
    private static final float TOLERANCE = 1e-5f;
    private static final double SECONDS = 1;
    private static final Pattern REFUSAL =
            Pattern.compile("a GPU was requested, but (lib\\w+\\.so[.\\d]* is missing, which ONNX Runtime's CUDA provider"
                    + " needs|ONNX Runtime's CUDA provider fails: ).*; (install|check) .*");

    private GpuCheck() {}

    /** The data folder, and {@code --without-gpu} to expect a refusal. */
    public static void main(String[] args) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        Path data = Path.of(args[0]);
        try {
            boolean passed = Arrays.asList(args).contains("--without-gpu") ? refuses(data) : agrees(data);
            System.exit(passed ? 0 : 1);
        } catch (ModelException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static OpenModel detector(Path data, Device device) {
        return OpenModel.open(data.resolve("anomaly_trained_model/detector.h5"), device, ModelRuntime.ONNXRUNTIME);
    }

    private static TextEncoderHandle encoder(Path data, Device device) {
        return TextEncoderHandle.open(
                data.resolve("text_autoencoder_model/encoder.h5"), null, device, ModelRuntime.ONNXRUNTIME);
    }

    private static boolean refuses(Path data) throws Exception {
        float[] windows;
        try (OpenModel model = detector(data, Device.CPU);
                OpenModel auto = detector(data, Device.AUTO)) {
            windows = windows(data, model.predictor(), 64);
            if (!Arrays.equals(model.predictor().predict(windows, 64), auto.predictor().predict(windows, 64))) {
                System.out.println("FAILED: auto does not compute what the CPU does");
                return false;
            }
        }
        try (OpenModel model = detector(data, Device.GPU)) {
            System.out.println("FAILED: computed on a GPU: " + model.predictor().outputShape());
            return false;
        } catch (ModelException e) {
            boolean named = REFUSAL.matcher(e.getMessage()).lookingAt();
            System.out.println((named ? "refused as it should be: " : "FAILED, refused with: ") + e.getMessage());
            return named;
        }
    }

    /** Windows of known messages' vectors, at random. */
    private static float[] windows(Path data, Predictor detector, int count) throws Exception {
        Matrix known = Npy.read(data.resolve("anomaly_trained_model/known_vectors.npy")).toMatrix();
        Random random = new Random(3);
        int rows = count * detector.inputShape().get(0);
        float[] input = new float[rows * known.columns()];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(known.row(random.nextInt(known.rows())), 0, input, i * known.columns(), known.columns());
        }
        return input;
    }

    private static List<String> messages(Path data) throws Exception {
        List<String> distinct =
                Files.readAllLines(data.resolve("prepared_data/test.txt")).stream().distinct().toList();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < BATCHES[BATCHES.length - 1]; i++) {
            messages.add(distinct.get(i % distinct.size()));
        }
        return messages;
    }

    private static boolean agrees(Path data) throws Exception {
        double apart = 0;
        try (OpenModel cpu = detector(data, Device.CPU);
                OpenModel gpu = detector(data, Device.GPU);
                TextEncoderHandle cpuEncoder = encoder(data, Device.CPU);
                TextEncoderHandle gpuEncoder = encoder(data, Device.GPU)) {
            System.out.println("ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion() + ", Java "
                    + System.getProperty("java.version"));
            List<String> messages = messages(data);
            int last = cpu.predictor().inputShape().get(0) - 1;
            System.out.println("| batch | windows/s, CPU | windows/s, GPU | messages/s, CPU | messages/s, GPU | farthest apart |");
            System.out.println("|---:|---:|---:|---:|---:|---:|");
            for (int batch : BATCHES) {
                float[] windows = windows(data, cpu.predictor(), batch);
                List<String> some = messages.subList(0, batch);
                double here = Math.max(
                        apart(cpu.predictor().predict(windows, batch), gpu.predictor().predict(windows, batch)),
                        Math.max(
                                apart(
                                        cpu.predictor().predictStep(windows, batch, last),
                                        gpu.predictor().predictStep(windows, batch, last)),
                                apart(cpuEncoder.encodeIdentities(some), gpuEncoder.encodeIdentities(some))));
                apart = Math.max(apart, here);
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %,d | %,.0f | %,.0f | %,.0f | %,.0f | %.1e |",
                        batch,
                        rate(batch, () -> cpu.predictor().predictStep(windows, batch, last)),
                        rate(batch, () -> gpu.predictor().predictStep(windows, batch, last)),
                        rate(batch, () -> cpuEncoder.encodeIdentities(some)),
                        rate(batch, () -> gpuEncoder.encodeIdentities(some)),
                        here));
            }
        }
        boolean near = apart <= TOLERANCE;
        System.out.println((near ? "equal within " : "FAILED: not equal within ") + TOLERANCE);
        return near;
    }

    private static double apart(Matrix some, Matrix others) {
        double most = 0;
        for (int i = 0; i < some.rows(); i++) {
            most = Math.max(most, apart(some.row(i), others.row(i)));
        }
        return most;
    }

    private static double apart(float[] some, float[] others) {
        if (some.length != others.length) {
            return Double.POSITIVE_INFINITY;
        }
        double most = 0;
        for (int i = 0; i < some.length; i++) {
            double difference = Math.abs(some[i] - others[i]) / Math.max(1, Math.abs(some[i]));
            // Also where one of the two is no number.
            most = difference <= most ? most : Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
        }
        return most;
    }

    /** Rows a second: the median of calls for a second, after a second of warming up. */
    private static double rate(int rows, Runnable call) {
        List<Long> times = new ArrayList<>();
        long begin = System.nanoTime();
        while (times.size() < 3 || System.nanoTime() - begin < 2 * SECONDS * 1e9) {
            long start = System.nanoTime();
            call.run();
            long end = System.nanoTime();
            if (end - begin > SECONDS * 1e9) {
                times.add(end - start);
            }
        }
        times.sort(null);
        return rows / (times.get(times.size() / 2) / 1e9);
    }
}
