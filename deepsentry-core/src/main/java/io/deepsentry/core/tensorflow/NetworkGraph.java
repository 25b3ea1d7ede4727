package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.ActivationLayer;
import io.deepsentry.core.nn.Add;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.GaussianNoise;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.LayerNormalization;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Recurrent;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import io.deepsentry.core.tensorflow.TrainingLstm.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds a network to a TensorFlow graph. The batch may be of any size; all else is fixed. */
final class NetworkGraph {
    private final Ops tf;
    private final Network network;
    private final GraphWeights weights;
    private final @Nullable DropoutSource dropout;
    private final @Nullable Operand<TInt32> counted;
    private final @Nullable TrainingLayers training;
    private final Map<String, Value> values = new HashMap<>();

    private NetworkGraph(
            Ops tf,
            Network network,
            GraphWeights weights,
            @Nullable DropoutSource dropout,
            @Nullable Operand<TInt32> counted,
            @Nullable TrainingLayers training) {
        this.tf = tf;
        this.network = network;
        this.weights = weights;
        this.dropout = dropout;
        this.counted = counted;
        this.training = training;
    }

    /** Whether a network's one output is a sequence that a dense layer gives step by step, and that nothing else reads. */
    static boolean endsInDense(Network network) {
        String output = network.outputs().get(0);
        Layer layer = network.layer(output);
        return network.outputs().size() == 1
                && (layer instanceof Dense
                        || (layer instanceof TimeDistributed distributed && distributed.inner() instanceof Dense))
                && network.shapeOf(output).size() == 2
                && network.nodes().stream().noneMatch(node -> node.inbound().contains(output));
    }

    /**
     * Adds the network on top of an input of ids.
     *
     * @param dropout null for a graph that only predicts
     * @return the outputs by reference
     */
    static Map<String, Value> ofIds(
            Ops tf, Network network, GraphWeights weights, Operand<TInt32> ids, @Nullable DropoutSource dropout) {
        return ofIds(tf, network, weights, ids, dropout, null, null);
    }

    /**
     * Adds the network on top of an input of ids, but only the steps of its output that count.
     *
     * @param counted their places in all steps of the batch, for a network that {@link #endsInDense}: its output has the
     *     shape {@code [counted, features]}; null computes all steps
     * @param training takes the layers whose gradients are its own; null for a graph that only predicts
     */
    static Map<String, Value> ofIds(
            Ops tf,
            Network network,
            GraphWeights weights,
            Operand<TInt32> ids,
            @Nullable DropoutSource dropout,
            @Nullable Operand<TInt32> counted,
            @Nullable TrainingLayers training) {
        return new NetworkGraph(tf, network, weights, dropout, counted, training).build(null, ids);
    }

    /** Adds the network on top of an input of values; otherwise as {@link #ofIds}. */
    static Map<String, Value> ofValues(
            Ops tf, Network network, GraphWeights weights, Operand<TFloat32> input, @Nullable DropoutSource dropout) {
        return ofValues(tf, network, weights, input, dropout, null, null);
    }

    /** Adds the network on top of an input of values, but only the steps of its output that count. */
    static Map<String, Value> ofValues(
            Ops tf,
            Network network,
            GraphWeights weights,
            Operand<TFloat32> input,
            @Nullable DropoutSource dropout,
            @Nullable Operand<TInt32> counted,
            @Nullable TrainingLayers training) {
        return new NetworkGraph(tf, network, weights, dropout, counted, training).build(Value.of(input, null), null);
    }

    private Map<String, Value> build(@Nullable Value input, @Nullable Operand<TInt32> ids) {
        if (input != null) {
            values.put(network.input().name(), input);
        }
        for (Network.Node node : network.nodes()) {
            Layer layer = node.layer();
            if (layer instanceof InputLayer) {
                continue;
            }
            if (layer instanceof Embedding embedding) {
                values.put(layer.name(), embedded(embedding, Objects.requireNonNull(ids)));
            } else if (layer instanceof Bidirectional both) {
                String inbound = node.inbound().get(0);
                addBidirectional(both, value(inbound), network.shapeOf(inbound));
            } else if (layer instanceof Concatenate) {
                values.put(layer.name(), concatenated(inputs(node), node));
            } else if (layer instanceof Add add) {
                values.put(layer.name(), added(add, inputs(node)));
            } else {
                String inbound = node.inbound().get(0);
                values.put(layer.name(), applied(layer.name(), layer, value(inbound), network.shapeOf(inbound)));
            }
        }
        Map<String, Value> outputs = new HashMap<>();
        network.outputs().forEach(reference -> outputs.put(reference, value(reference)));
        return outputs;
    }

    private Value value(String reference) {
        return Objects.requireNonNull(values.get(reference), reference);
    }

    private List<Value> inputs(Network.Node node) {
        return node.inbound().stream().map(this::value).toList();
    }

    /**
     * A layer of one input.
     *
     * @param owner whose weights it has: its own name, or that of the layer around it
     */
    private Value applied(String owner, Layer layer, Value input, List<Integer> shape) {
        if (layer instanceof Recurrent recurrent) {
            if (training != null && training.fits(recurrent, input, shape)) {
                return training.lstm(tf, weights, owner, (Lstm) recurrent, input, shape);
            }
            RecurrentGraph graph = new RecurrentGraph(tf, weights, owner, "", recurrent, false).over(input, shape);
            return recurrent.returnSequences()
                    ? Value.of(graph.sequence(), input.mask())
                    : Value.of(graph.last(), null);
        } else if (layer instanceof Dense dense) {
            return dense(owner, dense, input, shape);
        } else if (layer instanceof TimeDistributed distributed) {
            return applied(owner, distributed.inner(), input, shape);
        } else if (layer instanceof Dropout drop) {
            return dropout == null || drop.rate() == 0
                    ? input
                    : Value.of(dropout.apply(tf, input.tensor(), drop), input.mask());
        } else if (layer instanceof GaussianNoise noise) {
            return dropout == null || noise.stddev() == 0
                    ? input
                    : Value.of(dropout.noise(tf, input.tensor(), noise.stddev()), input.mask());
        } else if (layer instanceof ActivationLayer activation) {
            return activated(activation.activation(), input.tensor(), input.mask());
        } else if (layer instanceof LayerNormalization normalization) {
            return Value.of(normalized(owner, normalization, input.tensor()), input.mask());
        } else if (layer instanceof RepeatVector repeat) {
            Operand<TFloat32> once = tf.expandDims(input.tensor(), tf.constant(1));
            return new Value(tf.tile(once, tf.constant(new int[] {1, repeat.n(), 1})), null, input.tensor(), null);
        } else if (layer instanceof Cropping1D cropping) {
            int steps = shape.get(0) - cropping.before() - cropping.after();
            return Value.of(
                    tf.slice(input.tensor(), tf.constant(new int[] {0, cropping.before(), 0}), tf.constant(new int[] {
                        -1, steps, -1
                    })),
                    null);
        } else if (layer instanceof ZeroPadding1D padding) {
            return Value.of(
                    tf.pad(
                            input.tensor(),
                            tf.constant(new int[][] {{0, 0}, {padding.before(), padding.after()}, {0, 0}}),
                            tf.constant(0f)),
                    null);
        } else if (layer instanceof Masking masking) {
            Operand<TBool> differs = tf.math.notEqual(input.tensor(), tf.constant((float) masking.value()));
            Operand<TBool> mask = tf.reduceAny(differs, tf.constant(-1));
            Operand<TFloat32> kept = tf.dtypes.cast(tf.expandDims(mask, tf.constant(-1)), TFloat32.class);
            return Value.of(tf.math.mul(input.tensor(), kept), mask);
        }
        throw new IllegalStateException("no graph for " + layer);
    }

    private Value embedded(Embedding embedding, Operand<TInt32> ids) {
        Operand<TFloat32> vectors = tf.gather(weights.get(embedding.name(), "embeddings"), ids, tf.constant(0));
        Operand<TBool> mask = embedding.maskZero() ? tf.math.notEqual(ids, tf.constant(0)) : null;
        if (training != null && mask != null) {
            training.setMaskOfIds(mask);
        }
        return Value.of(vectors, mask);
    }

    private Value concatenated(List<Value> inputs, Network.Node node) {
        List<Operand<TFloat32>> tensors = inputs.stream().map(Value::tensor).toList();
        Operand<TBool> mask = null;
        for (Value input : inputs) {
            if (input.mask() != null) {
                mask = mask == null ? input.mask() : tf.math.logicalAnd(mask, input.mask());
            }
        }
        int axis = network.shapeOf(node.layer().name()).size();
        return Value.of(tf.concat(tensors, tf.constant(axis)), mask);
    }

    private Value added(Add add, List<Value> inputs) {
        List<Operand<TFloat32>> tensors = inputs.stream().map(Value::tensor).toList();
        Operand<TBool> mask = null;
        boolean everyOne = inputs.stream().allMatch(input -> input.mask() != null);
        for (Value input : inputs) {
            Operand<TBool> next = input.mask();
            if (next != null && (everyOne || add.masks() == Add.Masks.ALL)) {
                mask = mask == null
                        ? next
                        : add.masks() == Add.Masks.ALL ? tf.math.logicalAnd(mask, next) : tf.math.logicalOr(mask, next);
            }
        }
        return Value.of(tf.math.addN(tensors), mask);
    }

    private void addBidirectional(Bidirectional both, Value input, List<Integer> shape) {
        boolean sequences = both.forward().returnSequences();
        Operand<TBool> mask = sequences ? input.mask() : null;
        if (both.mergeMode() == MergeMode.NONE) {
            if (network.uses(both.name())) {
                values.put(both.name(), Value.of(forward(both, input, shape), mask));
            }
            if (network.uses(both.name() + ":1")) {
                values.put(both.name() + ":1", Value.of(backward(both, input, shape), mask));
            }
            return;
        }
        Operand<TFloat32> first = forward(both, input, shape);
        Operand<TFloat32> second = backward(both, input, shape);
        Operand<TFloat32> merged =
                switch (both.mergeMode()) {
                    case SUM -> tf.math.add(first, second);
                    case MUL -> tf.math.mul(first, second);
                    case AVE -> tf.math.mul(tf.math.add(first, second), tf.constant(0.5f));
                    case CONCAT -> tf.concat(List.of(first, second), tf.constant(sequences ? 2 : 1));
                    case NONE -> throw new IllegalStateException("not merged: " + both);
                };
        values.put(both.name(), Value.of(merged, mask));
    }

    private Operand<TFloat32> forward(Bidirectional both, Value input, List<Integer> shape) {
        if (training != null && training.fits(both.forward(), input, shape)) {
            return training.direction(
                    tf, weights, both.name(), "forward/", (Lstm) both.forward(), input, shape, Result.SEQUENCE);
        }
        RecurrentGraph graph = direction(both, "forward/", both.forward(), input, shape);
        return both.forward().returnSequences() ? graph.sequence() : graph.last();
    }

    private Operand<TFloat32> backward(Bidirectional both, Value input, List<Integer> shape) {
        if (training != null && training.fits(both.backward(), input, shape)) {
            return training.direction(
                    tf, weights, both.name(), "backward/", (Lstm) both.backward(), input, shape, Result.REVERSED);
        }
        RecurrentGraph graph = direction(both, "backward/", both.backward(), input, shape);
        return both.backward().returnSequences() ? graph.reversedSequence() : graph.last();
    }

    private RecurrentGraph direction(
            Bidirectional both, String prefix, Recurrent recurrent, Value input, List<Integer> shape) {
        boolean zeroAtPadding = recurrent.returnSequences();
        return new RecurrentGraph(tf, weights, both.name(), prefix, recurrent, zeroAtPadding).over(input, shape);
    }

    private Value dense(String layer, Dense dense, Value input, List<Integer> shape) {
        int features = shape.get(shape.size() - 1);
        // What a layer gives of the steps that are read has rows already.
        Operand<TFloat32> rows = shape.size() == 1 || (training != null && training.isRead(input))
                ? input.tensor()
                : tf.reshape(input.tensor(), tf.constant(new int[] {-1, features}));
        boolean ofCounted = counted != null && layer.equals(network.outputs().get(0));
        if (ofCounted) {
            rows = tf.gather(rows, Objects.requireNonNull(counted), tf.constant(0));
        }
        Operand<TFloat32> product = tf.linalg.matMul(rows, weights.get(layer, "kernel"));
        Operand<TFloat32> projected = dense.useBias() ? tf.nn.biasAdd(product, weights.get(layer, "bias")) : product;
        if (shape.size() > 1 && !ofCounted) {
            projected = tf.reshape(projected, tf.constant(new int[] {-1, shape.get(0), dense.units()}));
        }
        return activated(dense.activation(), projected, input.mask());
    }

    /** With what a softmax was taken of beside it, which its loss is computed from. */
    private Value activated(Activation activation, Operand<TFloat32> input, @Nullable Operand<TBool> mask) {
        Operand<TFloat32> result = ActivationGraph.of(tf, activation, input);
        return new Value(result, mask, null, activation == Activation.SOFTMAX ? input : null);
    }

    private Operand<TFloat32> normalized(String layer, LayerNormalization normalization, Operand<TFloat32> input) {
        Operand<TInt32> lastAxis = tf.constant(-1);
        Operand<TFloat32> centred = tf.math.sub(input, tf.math.mean(input, lastAxis, Mean.keepDims(true)));
        Operand<TFloat32> variance = tf.math.mean(tf.math.square(centred), lastAxis, Mean.keepDims(true));
        Operand<TFloat32> result = tf.math.mul(
                centred, tf.math.rsqrt(tf.math.add(variance, tf.constant((float) normalization.epsilon()))));
        if (normalization.scale()) {
            result = tf.math.mul(result, weights.get(layer, "gamma"));
        }
        return normalization.center() ? tf.math.add(result, weights.get(layer, "beta")) : result;
    }
}
