package io.deepsentry.core.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds a network to a TensorFlow graph. The batch may be of any size; all else is fixed. */
final class NetworkGraph {
    private final Ops tf;
    private final Network network;
    private final GraphWeights weights;
    private final @Nullable DropoutSource dropout;
    private final Map<String, Value> values = new HashMap<>();

    private NetworkGraph(Ops tf, Network network, GraphWeights weights, @Nullable DropoutSource dropout) {
        this.tf = tf;
        this.network = network;
        this.weights = weights;
        this.dropout = dropout;
    }

    /**
     * Adds the network on top of an input of ids.
     *
     * @param dropout null for a graph that only predicts
     * @return the outputs by reference
     */
    static Map<String, Value> ofIds(
            Ops tf, Network network, GraphWeights weights, Operand<TInt32> ids, @Nullable DropoutSource dropout) {
        return new NetworkGraph(tf, network, weights, dropout).build(null, ids);
    }

    /** Adds the network on top of an input of values; otherwise as {@link #ofIds}. */
    static Map<String, Value> ofValues(
            Ops tf, Network network, GraphWeights weights, Operand<TFloat32> input, @Nullable DropoutSource dropout) {
        return new NetworkGraph(tf, network, weights, dropout).build(Value.of(input, null), null);
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
                addBidirectional(both, value(node.inbound().get(0)));
            } else if (layer instanceof Concatenate) {
                values.put(
                        layer.name(),
                        concatenated(node.inbound().stream().map(this::value).toList(), node));
            } else {
                String inbound = node.inbound().get(0);
                values.put(layer.name(), applied(layer, value(inbound), network.shapeOf(inbound)));
            }
        }
        Map<String, Value> outputs = new HashMap<>();
        network.outputs().forEach(reference -> outputs.put(reference, value(reference)));
        return outputs;
    }

    private Value value(String reference) {
        return Objects.requireNonNull(values.get(reference), reference);
    }

    private Value applied(Layer layer, Value input, List<Integer> shape) {
        if (layer instanceof Lstm lstm) {
            Recurrence recurrence = recurrence(layer.name(), "", lstm, input, shape, false);
            return lstm.returnSequences()
                    ? Value.of(stacked(recurrence.steps), input.mask())
                    : Value.of(recurrence.last(), null);
        } else if (layer instanceof Dense dense) {
            return dense(layer.name(), dense, input, shape);
        } else if (layer instanceof TimeDistributed distributed) {
            return dense(layer.name(), distributed.dense(), input, shape);
        } else if (layer instanceof Dropout drop) {
            return dropout == null || drop.rate() == 0
                    ? input
                    : Value.of(dropout.apply(tf, input.tensor(), drop.rate()), input.mask());
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
        return Value.of(vectors, embedding.maskZero() ? tf.math.notEqual(ids, tf.constant(0)) : null);
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

    private void addBidirectional(Bidirectional both, Value input) {
        List<Integer> shape = network.shapeOf(network.nodes().stream()
                .filter(node -> node.layer().equals(both))
                .findFirst()
                .orElseThrow()
                .inbound()
                .get(0));
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
        boolean sequences = both.forward().returnSequences();
        Recurrence forward = recurrence(both.name(), "forward/", both.forward(), input, shape, sequences);
        return sequences ? stacked(forward.steps) : forward.last();
    }

    private Operand<TFloat32> backward(Bidirectional both, Value input, List<Integer> shape) {
        boolean sequences = both.backward().returnSequences();
        Recurrence backward = recurrence(both.name(), "backward/", both.backward(), input, shape, sequences);
        return sequences ? stacked(reversed(backward.steps)) : backward.last();
    }

    private Value dense(String layer, Dense dense, Value input, List<Integer> shape) {
        int features = shape.get(shape.size() - 1);
        Operand<TFloat32> rows =
                shape.size() == 1 ? input.tensor() : tf.reshape(input.tensor(), tf.constant(new int[] {-1, features}));
        Operand<TFloat32> projected = projected(layer, "", rows, dense.useBias());
        if (shape.size() > 1) {
            projected = tf.reshape(projected, tf.constant(new int[] {-1, shape.get(0), dense.units()}));
        }
        Operand<TFloat32> result = activated(dense.activation(), projected);
        return new Value(result, input.mask(), null, dense.activation() == Activation.SOFTMAX ? projected : null);
    }

    /** {@code x W + b} of a matrix x. */
    private Operand<TFloat32> projected(String layer, String prefix, Operand<TFloat32> rows, boolean useBias) {
        Operand<TFloat32> product =
                tf.linalg.matMul(rows, weights.get(layer, prefix + "kernel"), new MatMul.Options[0]);
        return useBias ? tf.nn.biasAdd(product, weights.get(layer, prefix + "bias")) : product;
    }

    /**
     * What an LSTM gives.
     *
     * @param steps for each step, in the order of reading
     * @param last the state after the last
     */
    private record Recurrence(List<Operand<TFloat32>> steps, Operand<TFloat32> last) {}

    /**
     * Unrolls an LSTM over the steps. The share of the input in the gates is computed for all steps at once beforehand; only the share of the state is
     * left for each step.
     *
     * @param zeroAtPadding whether a step of padding gives zeros, as within a bidirectional layer, instead of the state before it
     */
    private Recurrence recurrence(
            String layer, String prefix, Lstm lstm, Value input, List<Integer> shape, boolean zeroAtPadding) {
        int steps = shape.get(0);
        List<Operand<TFloat32>> inputGates = inputGates(layer, prefix, lstm, input, shape);
        List<Operand<TBool>> masks = new ArrayList<>();
        if (input.mask() != null) {
            for (Operand<TBool> mask :
                    tf.unstack(input.mask(), (long) steps, org.tensorflow.op.core.Unstack.axis(1L))) {
                masks.add(tf.expandDims(mask, tf.constant(1)));
            }
        }
        // A sequence of one step has no state before it, so nothing reads the recurrent kernel.
        Operand<TFloat32> recurrentKernel = steps == 1 ? null : weights.get(layer, prefix + "recurrent_kernel");
        Operand<TInt32> gateAxis = tf.constant(1);
        Operand<TFloat32> state = null;
        Operand<TFloat32> cell = null;
        List<Operand<TFloat32>> states = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            int time = lstm.goBackwards() ? steps - 1 - step : step;
            Operand<TFloat32> gates = inputGates.get(time);
            if (state != null && recurrentKernel != null) {
                gates = tf.math.add(gates, tf.linalg.matMul(state, recurrentKernel));
            }
            List<org.tensorflow.Output<TFloat32>> parts =
                    tf.split(gateAxis, gates, 4L).output();
            Operand<TFloat32> inputGate = activated(lstm.recurrentActivation(), parts.get(0));
            Operand<TFloat32> outputGate = activated(lstm.recurrentActivation(), parts.get(3));
            Operand<TFloat32> newCell = tf.math.mul(inputGate, activated(lstm.activation(), parts.get(2)));
            if (cell != null) {
                Operand<TFloat32> forgetGate = activated(lstm.recurrentActivation(), parts.get(1));
                newCell = tf.math.add(tf.math.mul(forgetGate, cell), newCell);
            }
            Operand<TFloat32> newState = tf.math.mul(outputGate, activated(lstm.activation(), newCell));
            if (!masks.isEmpty()) {
                newCell = kept(masks.get(time), newCell, cell);
                Operand<TFloat32> given = kept(masks.get(time), newState, zeroAtPadding ? null : state);
                newState = zeroAtPadding ? kept(masks.get(time), newState, state) : given;
                states.add(given);
            } else {
                states.add(newState);
            }
            cell = newCell;
            state = newState;
        }
        return new Recurrence(states, java.util.Objects.requireNonNull(state));
    }

    /** The new value where the mask is set, else the one before (zero at the first step). */
    private Operand<TFloat32> kept(Operand<TBool> mask, Operand<TFloat32> now, @Nullable Operand<TFloat32> before) {
        return tf.select(mask, now, before == null ? tf.zerosLike(now) : before);
    }

    private List<Operand<TFloat32>> inputGates(
            String layer, String prefix, Lstm lstm, Value input, List<Integer> shape) {
        int steps = shape.get(0);
        int features = shape.get(1);
        List<Operand<TFloat32>> gates = new ArrayList<>();
        if (input.repeated() != null) {
            Operand<TFloat32> once = projected(layer, prefix, input.repeated(), lstm.useBias());
            for (int step = 0; step < steps; step++) {
                gates.add(once);
            }
            return gates;
        }
        Operand<TFloat32> timeMajor = tf.linalg.transpose(input.tensor(), tf.constant(new int[] {1, 0, 2}));
        Operand<TFloat32> rows = tf.reshape(timeMajor, tf.constant(new int[] {-1, features}));
        Operand<TFloat32> all = projected(layer, prefix, rows, lstm.useBias());
        Operand<TFloat32> byStep = tf.reshape(all, tf.constant(new int[] {steps, -1, 4 * lstm.units()}));
        for (Operand<TFloat32> step : tf.unstack(byStep, (long) steps)) {
            gates.add(step);
        }
        return gates;
    }

    private Operand<TFloat32> stacked(List<Operand<TFloat32>> steps) {
        return tf.stack(steps, org.tensorflow.op.core.Stack.axis(1L));
    }

    private static List<Operand<TFloat32>> reversed(List<Operand<TFloat32>> steps) {
        List<Operand<TFloat32>> reversed = new ArrayList<>(steps);
        java.util.Collections.reverse(reversed);
        return reversed;
    }

    private Operand<TFloat32> activated(Activation activation, Operand<TFloat32> input) {
        return switch (activation) {
            case LINEAR -> input;
            case TANH -> tf.math.tanh(input);
            case SIGMOID -> tf.math.sigmoid(input);
            case RELU -> tf.nn.relu(input);
            case SOFTMAX -> tf.nn.softmax(input);
            case HARD_SIGMOID -> clipped(tf.math.mul(input, tf.constant(0.2f)));
            case HARD_SIGMOID_SIXTH -> clipped(tf.math.div(input, tf.constant(6f)));
        };
    }

    /** {@code clip(x + 0.5, 0, 1)}. */
    private Operand<TFloat32> clipped(Operand<TFloat32> input) {
        Operand<TFloat32> shifted = tf.math.add(input, tf.constant(0.5f));
        return tf.math.minimum(tf.math.maximum(shifted, tf.constant(0f)), tf.constant(1f));
    }
}
