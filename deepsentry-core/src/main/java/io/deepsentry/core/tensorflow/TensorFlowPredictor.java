package io.deepsentry.core.tensorflow;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Computes with TensorFlow. Whatever number of rows is asked for, they go through the network in blocks of one size,
 * filled up with zeros: how a matrix product rounds depends on its size, so a row's result would otherwise depend on
 * which rows it came with. {@link RowBlocks} says which size.
 */
final class TensorFlowPredictor implements Predictor {
    private final Network network;
    private final int block;
    private final Graph graph;
    private final Session session;
    private final Operand<?> input;
    private final Operand<TFloat32> output;
    private final int inputLength;
    private final int outputLength;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private TensorFlowPredictor(Model model, Device device, int block) {
        this.network = model.network();
        this.block = block;
        this.inputLength = Network.length(network.input().shape());
        String first = network.outputs().get(0);
        this.outputLength = Network.length(network.shapeOf(first));
        this.graph = new Graph();
        Ops tf = Ops.create(graph);
        GraphWeights weights = (layer, weight) -> {
            NdArray array = model.weights().of(layer).get(weight);
            if (array == null) {
                throw new IllegalStateException("no weight " + layer + "/" + weight);
            }
            return tf.constant(
                    org.tensorflow.ndarray.Shape.of(
                            Arrays.stream(array.shape()).asLongStream().toArray()),
                    org.tensorflow.ndarray.buffer.DataBuffers.of(array.data(), true, false));
        };
        var shape = Placeholder.shape(Engine.withBatch(block, network.input().shape()));
        Map<String, Value> values;
        if (network.input().integer()) {
            Operand<TInt32> ids = tf.placeholder(TInt32.class, shape);
            input = ids;
            values = NetworkGraph.ofIds(tf, network, weights, ids, null);
        } else {
            Operand<TFloat32> features = tf.placeholder(TFloat32.class, shape);
            input = features;
            values = NetworkGraph.ofValues(tf, network, weights, features, null);
        }
        Value value = values.get(first);
        if (value == null) {
            throw new IllegalStateException("no output " + first);
        }
        // A network that changes nothing in prediction would give back what it is fed, which TensorFlow refuses.
        output = tf.identity(value.tensor());
        session = Engine.session(graph, device);
    }

    /** Opens a model for blocks of a size in which a row's result does not depend on its place. */
    static Predictor open(Model model, Device device) {
        for (int block : RowBlocks.SIZES) {
            TensorFlowPredictor predictor = open(model, device, block);
            boolean even = false;
            try {
                even = block == 1 || predictor.isEven();
            } finally {
                if (!even) {
                    predictor.close();
                }
            }
            if (even) {
                return predictor;
            }
        }
        throw new IllegalStateException("no size of blocks");
    }

    private boolean isEven() {
        return RowBlocks.isEven(
                block, inputLength, rows -> takesIds() ? predict(ids(rows), block) : predict(rows, block));
    }

    private int[] ids(float[] rows) {
        int most = words() - 1;
        int[] ids = new int[rows.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Math.min((int) rows[i], most);
        }
        return ids;
    }

    static TensorFlowPredictor open(Model model, Device device, int block) {
        if (block < 1) {
            throw new IllegalArgumentException("block must be at least 1, but was " + block);
        }
        Engine.load();
        Devices.require(device);
        try {
            return new TensorFlowPredictor(model, device, block);
        } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
            throw new ModelException(
                    "network \"" + model.network().name() + "\" cannot be opened for predicting: " + e.getMessage()
                            + "; it may be too large for this machine",
                    e);
        }
    }

    @Override
    public List<Integer> inputShape() {
        return network.input().shape();
    }

    @Override
    public List<Integer> outputShape() {
        return network.shapeOf(network.outputs().get(0));
    }

    @Override
    public boolean takesIds() {
        return network.input().integer();
    }

    @Override
    public int words() {
        return IdRange.of(network).words();
    }

    @Override
    public float[] predict(float[] rows, int batch) {
        requireInput(false, rows.length, batch);
        return run(batch, (from, count) -> {
            float[] filled = new float[block * inputLength];
            System.arraycopy(rows, from * inputLength, filled, 0, count * inputLength);
            return Engine.tensor(Engine.withBatch(block, network.input().shape()), filled);
        });
    }

    @Override
    public float[] predict(int[] rows, int batch) {
        requireInput(true, rows.length, batch);
        IdRange.of(network).require(rows);
        return run(batch, (from, count) -> {
            int[] filled = new int[block * inputLength];
            System.arraycopy(rows, from * inputLength, filled, 0, count * inputLength);
            return Engine.tensor(Engine.withBatch(block, network.input().shape()), filled);
        });
    }

    private void requireInput(boolean ids, int length, int batch) {
        if (network.input().integer() != ids) {
            throw new IllegalArgumentException("network \"" + network.name() + "\" takes "
                    + (ids ? "float values, not ids" : "ids, not float values"));
        }
        if (batch < 0 || (long) batch * inputLength != length) {
            throw new IllegalArgumentException("network \"" + network.name() + "\" takes rows of shape "
                    + network.input().shape() + ", so a batch of " + batch + " needs " + (long) batch * inputLength
                    + " values, but there were " + length);
        }
    }

    @FunctionalInterface
    private interface Block {
        Tensor fill(int from, int count);
    }

    private float[] run(int batch, Block rows) {
        float[] results = new float[Math.multiplyExact(batch, outputLength)];
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the predictor of network \"" + network.name() + "\" is closed");
            }
            for (int from = 0; from < batch; from += block) {
                int count = Math.min(block, batch - from);
                try (Tensor filled = rows.fill(from, count);
                        Result result = session.runner()
                                .feed(input, filled)
                                .fetch(output)
                                .run()) {
                    float[] values = Engine.floats((TFloat32) result.get(0));
                    System.arraycopy(values, 0, results, from * outputLength, count * outputLength);
                }
            }
        } catch (TensorFlowException | TFInvalidArgumentException | TFUnimplementedException e) {
            throw new ModelException(
                    "network \"" + network.name() + "\" failed to predict: " + e.getMessage()
                            + "; if memory ran out, close other models or give the process more",
                    e);
        } finally {
            lock.readLock().unlock();
        }
        return results;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
                graph.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The ids a network takes. */
    record IdRange(String layer, int words) {
        static IdRange of(Network network) {
            List<IdRange> ranges = new ArrayList<>();
            for (Network.Node node : network.nodes()) {
                if (node.layer() instanceof Embedding embedding) {
                    ranges.add(new IdRange(embedding.name(), embedding.words()));
                }
            }
            return ranges.stream()
                    .min((a, b) -> Integer.compare(a.words, b.words))
                    .orElse(new IdRange("", Integer.MAX_VALUE));
        }

        void require(int[] ids) {
            for (int i = 0; i < ids.length; i++) {
                if (ids[i] < 0 || ids[i] >= words) {
                    throw new IllegalArgumentException("layer \"" + layer + "\" knows ids from 0 to " + (words - 1)
                            + ", but the id at position " + i + " was " + ids[i]);
                }
            }
        }
    }
}
