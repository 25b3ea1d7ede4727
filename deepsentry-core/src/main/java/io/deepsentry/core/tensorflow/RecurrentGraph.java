package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Recurrent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Adds a recurrent layer to a graph, unrolled over its steps. The share of the input in the gates is computed for all
 * steps at once beforehand; only the share of the state is left for each step.
 */
final class RecurrentGraph {
    private final Ops tf;
    private final GraphWeights weights;
    private final String layer;
    private final String prefix;
    private final Recurrent recurrent;
    private final boolean zeroAtPadding;
    private final Operand<TInt32> gateAxis;
    private final List<Operand<TFloat32>> given = new ArrayList<>();
    private @Nullable Operand<TFloat32> state;
    private @Nullable Operand<TFloat32> cell;

    /**
     * A layer.
     *
     * @param layer whose weights are used
     * @param prefix before their names: that of a direction in a bidirectional layer, or empty
     * @param zeroAtPadding whether a step of padding gives zeros, as within a bidirectional layer, instead of the state
     *     before it
     */
    RecurrentGraph(
            Ops tf, GraphWeights weights, String layer, String prefix, Recurrent recurrent, boolean zeroAtPadding) {
        this.tf = tf;
        this.weights = weights;
        this.layer = layer;
        this.prefix = prefix;
        this.recurrent = recurrent;
        this.zeroAtPadding = zeroAtPadding;
        this.gateAxis = tf.constant(1);
    }

    /** Runs it over an input of the shape {@code [time, features]}. */
    RecurrentGraph over(Value input, List<Integer> shape) {
        int steps = shape.get(0);
        List<Operand<TFloat32>> gates = inputGates(input, shape);
        List<Operand<TBool>> masks = new ArrayList<>();
        if (input.mask() != null) {
            for (Operand<TBool> mask : tf.unstack(input.mask(), (long) steps, Unstack.axis(1L))) {
                masks.add(tf.expandDims(mask, tf.constant(1)));
            }
        }
        Step step = recurrent instanceof Gru gru ? gru(gru) : lstm((Lstm) recurrent, steps);
        for (int read = 0; read < steps; read++) {
            int time = recurrent.goBackwards() ? steps - 1 - read : read;
            Operand<TFloat32> stateBefore = state;
            Operand<TFloat32> cellBefore = cell;
            Operand<TFloat32> newState = step.from(gates.get(time));
            if (masks.isEmpty()) {
                given.add(newState);
                state = newState;
            } else {
                Operand<TBool> mask = masks.get(time);
                state = kept(mask, newState, stateBefore);
                cell = cell == null ? null : kept(mask, cell, cellBefore);
                given.add(zeroAtPadding ? kept(mask, newState, null) : state);
            }
        }
        return this;
    }

    /** The states after each step, {@code [batch, time, units]}, in the order of reading. */
    Operand<TFloat32> sequence() {
        return tf.stack(given, Stack.axis(1L));
    }

    /** The states after each step, the one read last first. */
    Operand<TFloat32> reversedSequence() {
        List<Operand<TFloat32>> reversed = new ArrayList<>(given);
        Collections.reverse(reversed);
        return tf.stack(reversed, Stack.axis(1L));
    }

    /** The state after the last step, {@code [batch, units]}. */
    Operand<TFloat32> last() {
        return Objects.requireNonNull(state);
    }

    /**
     * Computes the state after a step from the input's share in its gates; leaves the state before in its field, but
     * sets the cell.
     */
    private interface Step {
        Operand<TFloat32> from(Operand<TFloat32> gates);
    }

    private Step lstm(Lstm lstm, int steps) {
        // A sequence of one step has no state before it, so nothing reads the recurrent kernel.
        Operand<TFloat32> kernel = steps == 1 ? null : weight("recurrent_kernel");
        return inputGates -> {
            Operand<TFloat32> gates = state == null || kernel == null
                    ? inputGates
                    : tf.math.add(inputGates, tf.linalg.matMul(state, kernel));
            List<Output<TFloat32>> parts = tf.split(gateAxis, gates, 4L).output();
            Operand<TFloat32> inputGate = activated(lstm.recurrentActivation(), parts.get(0));
            Operand<TFloat32> outputGate = activated(lstm.recurrentActivation(), parts.get(3));
            Operand<TFloat32> newCell = tf.math.mul(inputGate, activated(lstm.activation(), parts.get(2)));
            if (cell != null) {
                Operand<TFloat32> forgetGate = activated(lstm.recurrentActivation(), parts.get(1));
                newCell = tf.math.add(tf.math.mul(forgetGate, cell), newCell);
            }
            cell = newCell;
            return tf.math.mul(outputGate, activated(lstm.activation(), newCell));
        };
    }

    private Step gru(Gru gru) {
        int units = gru.units();
        Operand<TFloat32> kernel = weight("recurrent_kernel");
        Operand<TFloat32> bias = gru.useBias() && gru.resetAfter() ? bias(1) : null;
        Operand<TFloat32> gateKernel = gru.resetAfter() ? kernel : columns(kernel, 0, 2 * units);
        Operand<TFloat32> candidateKernel = gru.resetAfter() ? null : columns(kernel, 2 * units, units);
        return inputGates -> {
            List<Output<TFloat32>> input = tf.split(gateAxis, inputGates, 3L).output();
            Operand<TFloat32> before = state == null ? tf.zerosLike(input.get(0)) : state;
            Operand<TFloat32> product = tf.linalg.matMul(before, gateKernel);
            List<Output<TFloat32>> inner = tf.split(
                            gateAxis,
                            bias == null ? product : tf.nn.biasAdd(product, bias),
                            candidateKernel == null ? 3L : 2L)
                    .output();
            Operand<TFloat32> update = activated(gru.recurrentActivation(), tf.math.add(input.get(0), inner.get(0)));
            Operand<TFloat32> reset = activated(gru.recurrentActivation(), tf.math.add(input.get(1), inner.get(1)));
            Operand<TFloat32> recalled = candidateKernel == null
                    ? tf.math.mul(reset, inner.get(2))
                    : tf.linalg.matMul(tf.math.mul(reset, before), candidateKernel);
            Operand<TFloat32> candidate = activated(gru.activation(), tf.math.add(input.get(2), recalled));
            return tf.math.add(
                    tf.math.mul(update, before), tf.math.mul(tf.math.sub(tf.constant(1f), update), candidate));
        };
    }

    private Operand<TFloat32> columns(Operand<TFloat32> kernel, int from, int count) {
        return tf.slice(kernel, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, count}));
    }

    /** The new value where the mask is set, else the one before (zero at the first step). */
    private Operand<TFloat32> kept(Operand<TBool> mask, Operand<TFloat32> now, @Nullable Operand<TFloat32> before) {
        return tf.select(mask, now, before == null ? tf.zerosLike(now) : before);
    }

    private List<Operand<TFloat32>> inputGates(Value input, List<Integer> shape) {
        int steps = shape.get(0);
        if (input.repeated() != null) {
            return Collections.nCopies(steps, projected(input.repeated()));
        }
        Operand<TFloat32> timeMajor = tf.linalg.transpose(input.tensor(), tf.constant(new int[] {1, 0, 2}));
        Operand<TFloat32> all = projected(tf.reshape(timeMajor, tf.constant(new int[] {-1, shape.get(1)})));
        int gates = (recurrent instanceof Gru ? 3 : 4) * recurrent.units();
        Operand<TFloat32> byStep = tf.reshape(all, tf.constant(new int[] {steps, -1, gates}));
        return List.copyOf(tf.unstack(byStep, (long) steps).output());
    }

    private Operand<TFloat32> projected(Operand<TFloat32> rows) {
        Operand<TFloat32> product = tf.linalg.matMul(rows, weight("kernel"));
        if (!recurrent.useBias()) {
            return product;
        }
        return tf.nn.biasAdd(product, recurrent instanceof Gru gru && gru.resetAfter() ? bias(0) : weight("bias"));
    }

    /** A row of the two biases of a GRU: for the input and for the state. */
    private Operand<TFloat32> bias(int row) {
        return tf.unstack(weight("bias"), 2L).output().get(row);
    }

    private Operand<TFloat32> weight(String name) {
        return weights.get(layer, prefix + name);
    }

    private Operand<TFloat32> activated(Activation activation, Operand<TFloat32> input) {
        return ActivationGraph.of(tf, activation, input);
    }
}
