package io.deepsentry.core.tensorflow;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.NativeFolder;
import io.deepsentry.core.nn.Device;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** TensorFlow as this package uses it: loaded with a clear error, told its device, and fed from arrays. */
final class Engine {
    private static boolean loaded;

    private Engine() {}

    /**
     * Loads TensorFlow's native library and registers the gradient it lacks.
     *
     * @throws ModelException if the library is not on the class path or does not run here
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        try {
            NativeFolder.protectJavaCpp();
        } catch (IOException e) {
            throw new ModelException("TensorFlow's native library cannot be unpacked: " + e.getMessage(), e);
        }
        try {
            TensorFlow.registerCustomGradient(
                    SparseSoftmaxCrossEntropyWithLogits.OP_NAME, (tf, operation, gradients) -> {
                        Operand<TFloat32> loss = gradients.get(0).expect(TFloat32.class);
                        Operand<TFloat32> byLogit = operation.<TFloat32>output(1);
                        // The ids have no gradient, but every input needs an operand. Looking anything up in the
                        // graph here would wait for a lock that TensorFlow holds.
                        return Arrays.asList(
                                tf.math.mul(tf.expandDims(loss, tf.constant(-1)), byLogit), tf.constant(0));
                    });
        } catch (LinkageError e) {
            throw new ModelException(
                    "TensorFlow's native library cannot be loaded (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + NativeFolder.reason(cause(e))
                            + "; put org.tensorflow:tensorflow-core-native with the classifier of this platform"
                            + " (linux-x86_64, linux-arm64, macosx-arm64, windows-x86_64) and org.bytedeco:javacpp with"
                            + " the same classifier on the class path",
                    e);
        }
        loaded = true;
    }

    /** A class whose library did not load says why only the first time, and as the cause of another error. */
    private static @Nullable String cause(LinkageError error) {
        Throwable reason = error;
        while (reason.getCause() instanceof LinkageError) {
            reason = reason.getCause();
        }
        return reason.getMessage();
    }

    /**
     * A session that runs a graph as it is written. TensorFlow's rewriting of the graph (Grappler) makes an unrolled
     * network no faster, takes longer than everything else before the first step, and does not rewrite alike in every
     * process: the same training gave other bits from one to the next.
     */
    static Session session(Graph graph, Device device) {
        return new Session(graph, config(device));
    }

    /** How a session is to run, see {@link #session}. */
    static ConfigProto config(Device device) {
        Devices.require(device);
        ConfigProto.Builder config = ConfigProto.newBuilder().setAllowSoftPlacement(true);
        config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
        config.getGpuOptionsBuilder().setAllowGrowth(true);
        if (device == Device.CPU) {
            config.putDeviceCount("GPU", 0);
        }
        return config.build();
    }

    /** A shape with a batch of any size before the given dimensions. */
    static Shape batchOf(List<Integer> shape) {
        return Shape.of(-1).append(shape(shape));
    }

    static Shape shape(List<Integer> shape) {
        return Shape.of(shape.stream().mapToLong(Integer::longValue).toArray());
    }

    static Shape withBatch(int batch, List<Integer> shape) {
        return Shape.of(batch).append(shape(shape));
    }

    static TFloat32 tensor(Shape shape, float[] values) {
        return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
    }

    static TInt32 tensor(Shape shape, int[] values) {
        return TInt32.tensorOf(shape, DataBuffers.of(values, true, false));
    }

    static float[] floats(TFloat32 tensor) {
        float[] values = new float[Math.toIntExact(tensor.shape().size())];
        tensor.copyTo(DataBuffers.of(values, false, false));
        return values;
    }
}
