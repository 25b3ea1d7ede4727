package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Lstm;
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
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.LSTMBlockCell;
import org.tensorflow.op.nn.LSTMBlockCellGrad;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * An LSTM in a graph that trains, with its gradient: one kernel of TensorFlow computes a step, another its gradient,
 * and the gradients of the weights are one product over all steps. Its weights have their gates in the order of that
 * kernel (input, cell, forget, output), see {@link #swapGates}.
 */
final class TrainingLstm {
    private static final MatMul.Options TRANSPOSE_A = MatMul.transposeA(true);
    private static final MatMul.Options TRANSPOSE_B = MatMul.transposeB(true);

    /** The gradients of a layer; those of the weights as they are in the graph. */
    record Gradients(
            Operand<TFloat32> input, Operand<TFloat32> kernel, Operand<TFloat32> recurrent, Operand<TFloat32> bias) {}

    /** A step with what it was computed from. */
    private record Step(
            Operand<TFloat32> input,
            Operand<TFloat32> cellBefore,
            Operand<TFloat32> stateBefore,
            LSTMBlockCell<TFloat32> after) {}

    /** The weights; without a bias, zeros in its place. */
    record Kernels(Operand<TFloat32> kernel, Operand<TFloat32> recurrent, Operand<TFloat32> bias) {}

    /** What leaves the layer. */
    enum Result {
        /** The last state, {@code [batch, units]}. */
        LAST,
        /** All states in the order of reading, {@code [batch, time, units]}. */
        SEQUENCE,
        /** All states, the one read last first. */
        REVERSED,
        /** The states of what is read, as they stand in its {@link Reading}, and a row of zeros. */
        READ
    }

    private final Ops tf;
    private final Operand<TInt32> firstAxis;
    private final Operand<TInt32> firstRow;
    private final int units;
    private final int steps;
    private final int features;
    private final boolean backwards;
    private final boolean repeated;
    private final Result result;
    private final @Nullable Reading reading;
    private final Kernels kernels;
    private final Operand<TFloat32> input;
    /** The input of all steps, one below the other: in order of time, or as they are read. */
    private final Operand<TFloat32> rows;
    /** What a step's input and the state before are multiplied with. */
    private final Operand<TFloat32> product;
    /** How many rows the first step has. */
    private final Operand<TInt32> batch;

    private final Operand<TFloat32> zeros;
    private final Operand<TFloat32> noPeephole;
    private final List<Step> read = new ArrayList<>();
    private final Output<TFloat32> output;

    /**
     * Adds the layer.
     *
     * @param input {@code [batch, time, features]}, or {@code [batch, features]} if each step is the same
     * @param shape {@code [time, features]}
     * @param usualBatch how many rows a batch has, which decides what is faster
     * @param reading the steps to read; null for all, without padding
     */
    TrainingLstm(
            Ops tf,
            Lstm lstm,
            Kernels kernels,
            Operand<TFloat32> input,
            List<Integer> shape,
            boolean repeated,
            int usualBatch,
            Result result,
            @Nullable Reading reading) {
        this.tf = tf;
        this.firstAxis = tf.constant(0);
        this.firstRow = tf.constant(new int[] {0, 0});
        this.units = lstm.units();
        this.steps = shape.get(0);
        this.features = shape.get(1);
        this.backwards = lstm.goBackwards() && reading == null;
        this.repeated = repeated;
        this.result = result;
        this.reading = reading;
        this.kernels = kernels;
        this.input = input;
        Operand<TInt32> counts = reading == null ? tf.shape(input) : reading.counts();
        batch = tf.slice(counts, tf.constant(new int[] {0}), tf.constant(new int[] {1}));
        zeros = tf.fill(tf.concat(List.of(batch, tf.constant(new int[] {units})), firstAxis), tf.constant(0f));
        noPeephole = tf.constant(new float[units]);
        List<Operand<TFloat32>> inputs;
        if (repeated) {
            rows = reading == null ? input : tf.gather(input, reading.order(), firstAxis);
            // In a small batch, the share of the input is computed once: a row of the identity picks it at each step.
            boolean once = usualBatch < features;
            Operand<TFloat32> factor = once ? tf.linalg.matMul(rows, kernels.kernel()) : kernels.kernel();
            product = joined(List.of(factor, kernels.recurrent()));
            inputs = Collections.nCopies(steps, once ? identity() : rows);
        } else if (reading == null) {
            Operand<TFloat32> timeMajor = tf.linalg.transpose(input, tf.constant(new int[] {1, 0, 2}));
            rows = tf.reshape(timeMajor, tf.constant(new int[] {-1, features}));
            product = joined(List.of(kernels.kernel(), kernels.recurrent()));
            inputs = List.copyOf(tf.unstack(timeMajor, (long) steps).output());
        } else {
            rows = tf.gather(tf.reshape(input, tf.constant(new int[] {-1, features})), reading.places(), firstAxis);
            product = joined(List.of(kernels.kernel(), kernels.recurrent()));
            Operand<TInt32> byStep = tf.slice(counts, tf.constant(new int[] {0}), tf.constant(new int[] {steps}));
            inputs =
                    List.copyOf(tf.splitV(rows, byStep, firstAxis, (long) steps).output());
        }
        addSteps(inputs);
        output = tf.stopGradient(states()).asOutput();
    }

    /** Whether a layer is one that TensorFlow's kernel computes. */
    static boolean fits(Lstm lstm, int steps) {
        return lstm.activation() == Activation.TANH && lstm.recurrentActivation() == Activation.SIGMOID && steps > 1;
    }

    /**
     * Turns the order of gates in a file (input, forget, cell, output) into that of the kernel, and back.
     *
     * @param values a weight of an LSTM, whose last axis has the gates; unchanged
     * @param columns the size of that axis
     */
    static float[] swapGates(float[] values, int columns) {
        float[] swapped = values.clone();
        int units = columns / 4;
        for (int row = 0; row < values.length; row += columns) {
            System.arraycopy(values, row + units, swapped, row + 2 * units, units);
            System.arraycopy(values, row + 2 * units, swapped, row + units, units);
        }
        return swapped;
    }

    /** The states, as {@link Result} has them. No gradient flows through it but by {@link #gradients}. */
    Output<TFloat32> output() {
        return output;
    }

    /** What the layer reads. */
    Output<TFloat32> input() {
        return input.asOutput();
    }

    Kernels kernels() {
        return kernels;
    }

    private Operand<TFloat32> identity() {
        return tf.linalg.tensorDiag(tf.fill(batchSize(), tf.constant(1f)));
    }

    private Operand<TInt32> batchSize() {
        return tf.slice(tf.shape(rows), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    }

    private void addSteps(List<Operand<TFloat32>> inputs) {
        List<Output<TInt32>> sizes = reading == null
                ? List.of()
                : tf.unstack(reading.sizes(), (long) steps).output();
        Operand<TFloat32> cell = zeros;
        Operand<TFloat32> state = zeros;
        for (int step = 0; step < steps; step++) {
            Operand<TFloat32> from = inputs.get(time(step));
            if (reading != null) {
                from = repeated ? first(from, sizes.get(step)) : from;
                cell = step == 0 ? cell : first(cell, sizes.get(step));
                state = step == 0 ? state : first(state, sizes.get(step));
            }
            LSTMBlockCell<TFloat32> after = tf.nn.lSTMBlockCell(
                    from,
                    cell,
                    state,
                    product,
                    noPeephole,
                    noPeephole,
                    noPeephole,
                    kernels.bias(),
                    LSTMBlockCell.forgetBias(0f),
                    LSTMBlockCell.cellClip(-1f));
            read.add(new Step(from, cell, state, after));
            cell = after.cs();
            state = after.h();
        }
    }

    /** Where a step stands in time. */
    private int time(int step) {
        return backwards ? steps - 1 - step : step;
    }

    private Operand<TFloat32> states() {
        if (result == Result.LAST) {
            return read.get(steps - 1).after().h();
        }
        List<Operand<TFloat32>> states = new ArrayList<>();
        read.forEach(step -> states.add(step.after().h()));
        if (result == Result.READ) {
            states.add(tf.constant(new float[1][units]));
            return joined(states);
        }
        if (result == Result.REVERSED) {
            Collections.reverse(states);
        }
        return tf.stack(states, Stack.axis(1L));
    }

    /** The gradients, from that of the output. */
    Gradients gradients(Operand<TFloat32> ofOutput) {
        List<Operand<TFloat32>> ofStates = ofStates(ofOutput);
        List<Output<TFloat32>> ends = reading == null
                ? List.of()
                : tf.splitV(zeros, reading.ends(), firstAxis, (long) steps).output();
        List<Operand<TFloat32>> ofGates = new ArrayList<>(Collections.nCopies(steps, zeros));
        Operand<TFloat32> ofState = ofStates.get(steps - 1);
        Operand<TFloat32> ofCell = reading == null ? zeros : ends.get(steps - 1);
        for (int step = steps - 1; step >= 0; step--) {
            Step taken = read.get(step);
            LSTMBlockCellGrad<TFloat32> by = gradient(taken, ofCell, ofState);
            ofGates.set(time(step), by.dicfo());
            if (step > 0) {
                Operand<TFloat32> before = tf.linalg.matMul(by.dicfo(), kernels.recurrent(), TRANSPOSE_B);
                ofCell = by.csPrevGrad();
                if (reading != null) {
                    before = joined(List.of(before, ends.get(step - 1)));
                    ofCell = joined(List.of(ofCell, ends.get(step - 1)));
                }
                ofState = result == Result.LAST ? before : tf.math.add(ofStates.get(step - 1), before);
            }
        }
        Operand<TFloat32> all = joined(ofGates);
        return repeated ? ofRepeated(all, ofGates) : ofRows(all);
    }

    private LSTMBlockCellGrad<TFloat32> gradient(Step taken, Operand<TFloat32> ofCell, Operand<TFloat32> ofState) {
        LSTMBlockCell<TFloat32> after = taken.after();
        return tf.nn.lSTMBlockCellGrad(
                taken.input(),
                taken.cellBefore(),
                taken.stateBefore(),
                product,
                noPeephole,
                noPeephole,
                noPeephole,
                kernels.bias(),
                after.i(),
                after.cs(),
                after.f(),
                after.o(),
                after.ci(),
                after.co(),
                ofCell,
                ofState,
                false);
    }

    /** What comes from outside to each state, in the order of reading; to the last one only if only that is given. */
    private List<Operand<TFloat32>> ofStates(Operand<TFloat32> ofOutput) {
        if (result == Result.LAST) {
            return Collections.nCopies(steps, ofOutput);
        }
        if (result == Result.READ) {
            return List.copyOf(
                    tf.splitV(ofOutput, Objects.requireNonNull(reading).counts(), firstAxis, steps + 1L)
                            .output());
        }
        List<Operand<TFloat32>> parts = new ArrayList<>(
                tf.unstack(ofOutput, (long) steps, Unstack.axis(1L)).output());
        if (result == Result.REVERSED) {
            Collections.reverse(parts);
        }
        return parts;
    }

    private Gradients ofRepeated(Operand<TFloat32> all, List<Operand<TFloat32>> ofGates) {
        Operand<TFloat32> once = reading == null
                ? tf.math.addN(ofGates)
                : tf.math.unsortedSegmentSum(all, reading.rows(), tf.reshape(batchSize(), tf.constant(new int[0])));
        Operand<TFloat32> ofRows = tf.linalg.matMul(once, kernels.kernel(), TRANSPOSE_B);
        return new Gradients(
                reading == null ? ofRows : tf.gather(ofRows, reading.inverse(), firstAxis),
                tf.linalg.matMul(rows, once, TRANSPOSE_A),
                ofRecurrent(all),
                tf.nn.biasAddGrad(once));
    }

    private Gradients ofRows(Operand<TFloat32> all) {
        Operand<TFloat32> ofRows = tf.linalg.matMul(all, kernels.kernel(), TRANSPOSE_B);
        Operand<TFloat32> ofInput;
        if (reading == null) {
            Operand<TFloat32> byTime = tf.reshape(ofRows, tf.constant(new int[] {steps, -1, features}));
            ofInput = tf.linalg.transpose(byTime, tf.constant(new int[] {1, 0, 2}));
        } else {
            Operand<TInt32> places = tf.math.mul(tf.shape(reading.order()), tf.constant(new int[] {steps}));
            Operand<TFloat32> byPlace =
                    tf.math.unsortedSegmentSum(ofRows, reading.places(), tf.reshape(places, tf.constant(new int[0])));
            ofInput = tf.reshape(byPlace, tf.constant(new int[] {-1, steps, features}));
        }
        return new Gradients(
                ofInput, tf.linalg.matMul(rows, all, TRANSPOSE_A), ofRecurrent(all), tf.nn.biasAddGrad(all));
    }

    /** Of all steps but the one read first, which has no state before it. */
    private Operand<TFloat32> ofRecurrent(Operand<TFloat32> ofGates) {
        List<Operand<TFloat32>> before = new ArrayList<>();
        for (int step = 1; step < steps; step++) {
            before.add(read.get(step).stateBefore());
        }
        if (backwards) {
            Collections.reverse(before);
        }
        Operand<TInt32> begin = firstRow;
        Operand<TInt32> size = tf.constant(new int[] {-1, -1});
        if (backwards) {
            Operand<TInt32> count = tf.math.mul(batch, tf.constant(new int[] {steps - 1}));
            size = tf.concat(List.of(count, tf.constant(new int[] {-1})), firstAxis);
        } else {
            begin = tf.concat(List.of(batch, tf.constant(new int[] {0})), firstAxis);
        }
        Operand<TFloat32> others = tf.slice(ofGates, begin, size);
        return tf.linalg.matMul(joined(before), others, TRANSPOSE_A);
    }

    private Operand<TFloat32> joined(List<Operand<TFloat32>> parts) {
        return tf.concat(parts, firstAxis);
    }

    private Operand<TFloat32> first(Operand<TFloat32> values, Operand<TInt32> size) {
        return tf.slice(values, firstRow, size);
    }
}
