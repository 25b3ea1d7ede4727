package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Recurrent;
import io.deepsentry.core.tensorflow.TrainingLstm.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The layers of a graph that trains whose gradients are written by hand, and all gradients. */
final class TrainingLayers {
    private final Network network;
    private final boolean endsInDense;
    private final int usualBatch;
    private final List<TrainingLstm> layers = new ArrayList<>();
    /** By layer and weight, those whose gates are in another order than in a file. */
    private final Set<List<String>> swapped = new HashSet<>();

    private @Nullable Output<TBool> maskOfIds;
    private @Nullable Reading ids;
    private @Nullable Reading idsFromEnd;
    private @Nullable Placeholder<TInt32> lasts;
    private @Nullable Reading ofOutput;
    private @Nullable Output<TFloat32> read;

    TrainingLayers(Network network, int usualBatch) {
        this.network = network;
        this.usualBatch = usualBatch;
        this.endsInDense = NetworkGraph.endsInDense(network);
    }

    /** Sets the mask of ids, which is known when a batch is fed: where an id is not 0. */
    void setMaskOfIds(Operand<TBool> mask) {
        maskOfIds = mask.asOutput();
    }

    /** Whether a layer can be added here: a mask is known beforehand, and only the last state is read through it. */
    boolean fits(Recurrent recurrent, Value input, List<Integer> shape) {
        return recurrent instanceof Lstm lstm
                && TrainingLstm.fits(lstm, shape.get(0))
                && (input.mask() == null || (input.mask().asOutput().equals(maskOfIds) && !lstm.returnSequences()));
    }

    /** Adds a layer on its own. */
    Value lstm(Ops tf, GraphWeights weights, String owner, Lstm lstm, Value input, List<Integer> shape) {
        if (!isReadByOutput(owner, lstm)) {
            return Value.of(direction(tf, weights, owner, "", lstm, input, shape, Result.SEQUENCE), null);
        }
        ofOutput = Reading.of(tf, shape.get(0));
        read = add(tf, weights, owner, "", lstm, input, shape, Result.READ, ofOutput)
                .output();
        return Value.of(read, null);
    }

    /**
     * Adds a layer or a direction of one.
     *
     * @param prefix before the names of weights
     * @param sequence the order of states if they are all given
     */
    Operand<TFloat32> direction(
            Ops tf,
            GraphWeights weights,
            String owner,
            String prefix,
            Lstm lstm,
            Value input,
            List<Integer> shape,
            Result sequence) {
        if (input.mask() == null) {
            Result result = lstm.returnSequences() ? sequence : Result.LAST;
            return add(tf, weights, owner, prefix, lstm, input, shape, result, null)
                    .output();
        }
        Reading reading = ofIds(tf, lstm, shape);
        Output<TFloat32> states = add(tf, weights, owner, prefix, lstm, input, shape, Result.READ, reading)
                .output();
        return tf.gather(states, Objects.requireNonNull(lasts), tf.constant(0));
    }

    private Reading ofIds(Ops tf, Lstm lstm, List<Integer> shape) {
        if (lasts == null) {
            lasts = tf.placeholder(TInt32.class);
        }
        if (lstm.goBackwards()) {
            idsFromEnd = idsFromEnd == null ? Reading.of(tf, shape.get(0)) : idsFromEnd;
            return idsFromEnd;
        }
        ids = ids == null ? Reading.of(tf, shape.get(0)) : ids;
        return ids;
    }

    private TrainingLstm add(
            Ops tf,
            GraphWeights weights,
            String owner,
            String prefix,
            Lstm lstm,
            Value input,
            List<Integer> shape,
            Result result,
            @Nullable Reading reading) {
        swapped.add(List.of(owner, prefix + "kernel"));
        swapped.add(List.of(owner, prefix + "recurrent_kernel"));
        swapped.add(List.of(owner, prefix + "bias"));
        TrainingLstm.Kernels kernels = new TrainingLstm.Kernels(
                weights.get(owner, prefix + "kernel"),
                weights.get(owner, prefix + "recurrent_kernel"),
                lstm.useBias() ? weights.get(owner, prefix + "bias") : tf.constant(new float[4 * lstm.units()]));
        boolean repeated = input.repeated() != null;
        Operand<TFloat32> from = input.repeated() == null ? input.tensor() : input.repeated();
        TrainingLstm layer = new TrainingLstm(tf, lstm, kernels, from, shape, repeated, usualBatch, result, reading);
        layers.add(layer);
        return layer;
    }

    /** Whether the dense layer at the network's end reads the layer, and nothing else does. */
    private boolean isReadByOutput(String name, Lstm lstm) {
        List<String> readers = network.nodes().stream()
                .filter(node -> node.inbound().contains(name))
                .map(node -> node.layer().name())
                .toList();
        return endsInDense && lstm.returnSequences() && !lstm.goBackwards() && readers.equals(network.outputs());
    }

    /** Whether it is what the dense layer at the end reads, as rows. */
    boolean isRead(Value value) {
        return value.tensor().asOutput().equals(read);
    }

    boolean swapsGates(String layer, String weight) {
        return swapped.contains(List.of(layer, weight));
    }

    /** What ids are read, of a graph that has their {@link #lasts}. */
    @Nullable
    Reading ids() {
        return ids;
    }

    @Nullable
    Reading idsFromEnd() {
        return idsFromEnd;
    }

    /** The place of each row's last state among all. */
    @Nullable
    Placeholder<TInt32> lasts() {
        return lasts;
    }

    /** The steps that the layer before the last reads; null if it is no such layer. */
    @Nullable
    Reading ofOutput() {
        return ofOutput;
    }

    /**
     * Adds the gradients of a loss.
     *
     * @param by weights, of which the loss depends on each
     * @return in the order of the weights
     */
    List<Operand<TFloat32>> gradients(Graph graph, Ops tf, Operand<TFloat32> loss, List<Output<?>> by) {
        Set<Output<?>> sources = new LinkedHashSet<>(by);
        layers.forEach(layer -> sources.add(layer.output()));
        Map<Output<?>, List<Operand<TFloat32>>> found = new HashMap<>();
        addFrom(graph, loss.asOutput(), null, sources, found);
        Map<Output<?>, List<Operand<TFloat32>>> inputs = new LinkedHashMap<>();
        for (int i = layers.size() - 1; i >= 0; i--) {
            TrainingLstm layer = layers.get(i);
            List<Operand<TFloat32>> ofOutput = found.get(layer.output());
            if (ofOutput != null) {
                TrainingLstm.Gradients gradients = layer.gradients(sum(tf, ofOutput));
                TrainingLstm.Kernels kernels = layer.kernels();
                found.put(kernels.kernel().asOutput(), List.of(gradients.kernel()));
                found.put(kernels.recurrent().asOutput(), List.of(gradients.recurrent()));
                found.put(kernels.bias().asOutput(), List.of(gradients.bias()));
                inputs.computeIfAbsent(layer.input(), input -> new ArrayList<>())
                        .add(gradients.input());
            }
            // Layers that read the same, such as two directions, lead to what is below them together.
            boolean last = layers.subList(0, i).stream()
                    .noneMatch(other -> other.input().equals(layer.input()));
            List<Operand<TFloat32>> ofInput = inputs.get(layer.input());
            if (last && ofInput != null) {
                addFrom(graph, layer.input(), sum(tf, ofInput), sources, found);
            }
        }
        return by.stream()
                .map(weight -> sum(tf, Objects.requireNonNull(found.get(weight))))
                .toList();
    }

    /** Adds the gradients of a value by what it depends on, other than through a layer of this class. */
    private static void addFrom(
            Graph graph,
            Output<?> value,
            @Nullable Operand<TFloat32> ofValue,
            Set<Output<?>> sources,
            Map<Output<?>, List<Operand<TFloat32>>> found) {
        if (sources.contains(value)) {
            add(found, value, Objects.requireNonNull(ofValue));
            return;
        }
        Output<?>[] by = below(value, sources);
        if (by.length > 0) {
            Output<?>[] start = ofValue == null ? null : new Output<?>[] {ofValue.asOutput()};
            Output<?>[] gradients = graph.addGradients(null, new Output<?>[] {value}, by, start);
            for (int i = 0; i < by.length; i++) {
                add(found, by[i], gradients[i].expect(TFloat32.class));
            }
        }
    }

    private static void add(
            Map<Output<?>, List<Operand<TFloat32>>> found, Output<?> source, Operand<TFloat32> gradient) {
        found.computeIfAbsent(source, output -> new ArrayList<>()).add(gradient);
    }

    /** The sources that a value is computed from without another in between. */
    private static Output<?>[] below(Output<?> value, Set<Output<?>> sources) {
        Set<Output<?>> reached = new LinkedHashSet<>();
        Set<GraphOperation> seen = new HashSet<>();
        List<GraphOperation> open = new ArrayList<>(List.of((GraphOperation) value.op()));
        while (!open.isEmpty()) {
            GraphOperation operation = open.remove(open.size() - 1);
            if (seen.add(operation)) {
                for (Operand<?> input : operation.inputs()) {
                    if (sources.contains(input.asOutput())) {
                        reached.add(input.asOutput());
                    } else {
                        open.add((GraphOperation) input.op());
                    }
                }
            }
        }
        return sources.stream().filter(reached::contains).toArray(Output<?>[]::new);
    }

    private static Operand<TFloat32> sum(Ops tf, List<Operand<TFloat32>> parts) {
        return parts.size() == 1 ? parts.get(0) : tf.math.addN(parts);
    }
}
