package io.deepsentry.core.onnx;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.ActivationLayer;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.GaussianNoise;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import io.deepsentry.core.onnx.OnnxGraph.Attributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Translates a model to an ONNX graph.
 *
 * <p>In eight bits, a weight is a whole number from -63 to 63 times a scale of its unit. Seven bits and the sign, so
 * that the sums of products that processors without special instructions make in 16 bits cannot overflow: the numbers
 * are the same everywhere. What is multiplied with the weights is cut to eight bits by a scale that depends on the
 * model only, never on the data, so that a row's result does not depend on the rows it comes with.
 */
final class OnnxWriter {
    private static final int LARGEST = 63;
    private static final int LARGEST_STORED = 127;
    private static final int ZERO_POINT = 128;

    /** So far on the flat part of the sigmoid and of the tangent that float32 has 1. */
    private static final float SATURATED = 20;

    private static final String SUPPORTED =
            "Embedding, LSTM, Bidirectional (of LSTM), Dense, Activation, Dropout, RepeatVector, TimeDistributed, Concatenate, Cropping1D, ZeroPadding1D";

    private final Network network;
    private final Model model;
    private final Precision precision;
    private final @Nullable Float inputBound;
    private final OnnxGraph graph;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, String> timeMajor = new HashMap<>();
    private final Map<String, String> marked = new HashMap<>();
    private boolean floatProducts;

    /**
     * What a layer gives.
     *
     * @param name of the tensor, batch first
     * @param lengths of the sequences, a tensor of int32; null if all steps count
     * @param bound no value is greater than it or less than its opposite; null if that is not known
     */
    private record Value(
            String name, @Nullable String lengths, @Nullable Float bound) {}

    /** The whole sequence, time first, and the state after the last step. */
    private record Recurrence(String sequence, String last) {}

    OnnxWriter(Model model, Precision precision, @Nullable Float inputBound) {
        this.model = model;
        this.network = model.network();
        this.precision = precision;
        this.inputBound = inputBound;
        this.graph = new OnnxGraph(network.name());
    }

    /** Adds all layers. */
    OnnxGraph write() {
        for (Network.Node node : network.nodes()) {
            Layer layer = node.layer();
            if (layer instanceof InputLayer input) {
                int type = input.integer() ? OnnxGraph.INT32 : OnnxGraph.FLOAT;
                graph.input(input.name(), type, input.shape());
                values.put(input.name(), new Value(input.name(), null, null));
            } else if (layer instanceof Bidirectional both) {
                addBidirectional(both, node.inbound().get(0));
            } else if (layer instanceof Concatenate) {
                values.put(
                        layer.name(),
                        concatenated(node.inbound().stream().map(this::value).toList()));
            } else {
                String inbound = node.inbound().get(0);
                values.put(layer.name(), applied(layer, value(inbound), network.shapeOf(inbound)));
            }
        }
        for (String reference : network.outputs()) {
            graph.node(
                    "Identity",
                    "",
                    Attributes.none(),
                    List.of(value(reference).name()),
                    List.of(outputName(reference)));
            graph.output(outputName(reference), OnnxGraph.FLOAT, network.shapeOf(reference));
        }
        return graph;
    }

    /** Whether products of floats are left, whose last bits may depend on how many rows are computed together. */
    boolean hasFloatProducts() {
        return floatProducts;
    }

    /** How many ids it takes. */
    OptionalInt words() {
        return network.nodes().stream()
                .map(Network.Node::layer)
                .filter(Embedding.class::isInstance)
                .mapToInt(layer -> ((Embedding) layer).words())
                .min();
    }

    /** Whether ids of padding may only come after all others. */
    boolean masks() {
        return network.nodes().stream()
                .anyMatch(node -> node.layer() instanceof Embedding embedding && embedding.maskZero());
    }

    private String outputName(String reference) {
        return reference.equals(network.input().name()) ? reference + "/output" : reference;
    }

    private Value value(String reference) {
        return Objects.requireNonNull(values.get(reference), reference);
    }

    private NdArray weight(String layer, String weight) {
        return Objects.requireNonNull(model.weights().of(layer).get(weight), weight);
    }

    private Value applied(Layer layer, Value input, List<Integer> shape) {
        if (layer instanceof Embedding embedding) {
            return embedded(embedding, input);
        } else if (layer instanceof Lstm lstm) {
            if (lstm.returnSequences() && input.lengths() != null) {
                throw unsupported(layer, "gives whole sequences of masked input");
            }
            Recurrence recurrence = recurrence(layer.name(), "", lstm, input, shape);
            Float bound = standard(lstm) ? 1f : null;
            if (!lstm.returnSequences()) {
                return new Value(recurrence.last(), null, bound);
            }
            String sequence = lstm.goBackwards() ? backwards(recurrence.sequence()) : recurrence.sequence();
            return new Value(batchFirst(sequence), null, bound);
        } else if (layer instanceof Dense dense) {
            return dense(layer, dense, input);
        } else if (layer instanceof TimeDistributed distributed && distributed.inner() instanceof Dense dense) {
            return dense(layer, dense, input);
        } else if (layer instanceof ActivationLayer alone) {
            String result = activated(layer, alone.activation(), input.name());
            return new Value(result, input.lengths(), bounded(alone.activation()));
        } else if (layer instanceof Dropout || layer instanceof GaussianNoise) {
            return input;
        } else if (layer instanceof RepeatVector repeat) {
            String once = graph.node("Unsqueeze", input.name(), graph.integers(1));
            return new Value(graph.node("Tile", once, graph.integers(1, repeat.n(), 1)), null, input.bound());
        } else if (layer instanceof Cropping1D cropping) {
            return new Value(
                    slice(input.name(), 1, cropping.before(), shape.get(0) - cropping.after()), null, input.bound());
        } else if (layer instanceof ZeroPadding1D padding) {
            return new Value(
                    graph.node("Pad", input.name(), graph.integers(0, padding.before(), 0, 0, padding.after(), 0)),
                    null,
                    input.bound());
        }
        throw unsupported(layer, "is not one of the layers that can");
    }

    private ModelException unsupported(Layer layer, String why) {
        return new ModelException("network \"" + network.name() + "\" cannot be written as ONNX: layer \""
                + layer.name() + "\" (" + layer.getClass().getSimpleName() + ") " + why + "; supported are "
                + SUPPORTED + ", masks of Embedding where padding is at the end");
    }

    private String slice(String input, int axis, long from, long to) {
        return graph.node(
                "Slice", input, graph.integers(from), graph.integers(to), graph.integers(axis), graph.integers(1));
    }

    private String backwards(String timeFirst) {
        return graph.node(
                "Slice",
                timeFirst,
                graph.integers(-1),
                graph.integers(Long.MIN_VALUE + 1),
                graph.integers(0),
                graph.integers(-1));
    }

    private String batchFirst(String timeFirst) {
        return graph.node("Transpose", Attributes.none().numbers("perm", 1, 0, 2), timeFirst);
    }

    private Value embedded(Embedding embedding, Value ids) {
        NdArray table = weight(embedding.name(), "embeddings");
        String lengths = null;
        if (embedding.maskZero()) {
            String padding = graph.node("Equal", ids.name(), graph.id(0));
            String words =
                    graph.node("Cast", Attributes.none().number("to", OnnxGraph.INT32), graph.node("Not", padding));
            lengths = graph.node("ReduceSum", Attributes.none().number("keepdims", 0), words, graph.integers(1));
        }
        float[] data = table.toArray();
        float bound = largest(data);
        if (precision == Precision.FLOAT32 || bound == 0) {
            return new Value(
                    graph.node("Gather", graph.floats(table.shape(), data), ids.name()),
                    lengths,
                    bound == 0 ? null : bound);
        }
        float scale = bound / LARGEST_STORED;
        byte[] rounded = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
            rounded[i] = (byte) Math.round(data[i] / scale);
        }
        String row = graph.node("Gather", graph.bytes(OnnxGraph.INT8, table.shape(), rounded), ids.name());
        return new Value(graph.node("Mul", toFloat(row), graph.scalar(scale)), lengths, bound);
    }

    private String toFloat(String tensor) {
        return graph.node("Cast", Attributes.none().number("to", OnnxGraph.FLOAT), tensor);
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private Value concatenated(List<Value> inputs) {
        Float bound = 0f;
        for (Value input : inputs) {
            bound = bound == null || input.bound() == null ? null : (Float) Math.max(bound, input.bound());
            if (input.lengths() != null) {
                throw new ModelException("network \"" + network.name()
                        + "\" cannot be written as ONNX: it joins masked sequences (Concatenate)");
            }
        }
        return new Value(
                graph.node(
                        "Concat",
                        Attributes.none().number("axis", -1),
                        inputs.stream().map(Value::name).toArray(String[]::new)),
                null,
                bound);
    }

    private void addBidirectional(Bidirectional both, String inbound) {
        if (!(both.forward() instanceof Lstm forward)
                || !(both.backward() instanceof Lstm backward)
                || forward.goBackwards()) {
            throw unsupported(both, "has other layers in it than one LSTM forwards and one backwards");
        }
        Value input = value(inbound);
        List<Integer> shape = network.shapeOf(inbound);
        boolean sequences = both.forward().returnSequences();
        String first = direction(both.name(), "forward/", forward, input, shape, sequences);
        String second = direction(both.name(), "backward/", backward, input, shape, sequences);
        Float bound = standard(forward) && standard(backward) ? 1f : null;
        String lengths = sequences ? input.lengths() : null;
        if (both.mergeMode() == MergeMode.NONE) {
            values.put(both.name(), new Value(first, lengths, bound));
            values.put(both.name() + ":1", new Value(second, lengths, bound));
            return;
        }
        String merged =
                switch (both.mergeMode()) {
                    case SUM -> graph.node("Add", first, second);
                    case MUL -> graph.node("Mul", first, second);
                    case AVE -> graph.node("Mul", graph.node("Add", first, second), graph.scalar(0.5f));
                    case CONCAT -> graph.node("Concat", Attributes.none().number("axis", -1), first, second);
                    case NONE -> throw new IllegalStateException("not merged: " + both);
                };
        values.put(
                both.name(),
                new Value(merged, lengths, both.mergeMode() == MergeMode.SUM && bound != null ? (Float) 2f : bound));
    }

    private String direction(
            String layer, String prefix, Lstm lstm, Value input, List<Integer> shape, boolean sequences) {
        Recurrence recurrence = recurrence(layer, prefix, lstm, input, shape);
        return sequences ? batchFirst(recurrence.sequence()) : recurrence.last();
    }

    private static boolean standard(Lstm lstm) {
        return lstm.activation() == Activation.TANH && lstm.recurrentActivation() == Activation.SIGMOID;
    }

    private Value dense(Layer layer, Dense dense, Value input) {
        NdArray kernel = weight(layer.name(), "kernel");
        float[] data = kernel.toArray();
        int outputs = kernel.shape()[1];
        Float bound = input.bound();
        String product;
        if (precision == Precision.INT8 && bound != null) {
            float inputScale = bound / (ZERO_POINT - 1);
            String zero = graph.bytes(OnnxGraph.UINT8, new int[0], new byte[] {(byte) ZERO_POINT});
            String rounded = graph.node("QuantizeLinear", input.name(), graph.scalar(inputScale), zero);
            float[] scales = columnScales(data, outputs, LARGEST);
            String sums = graph.node(
                    "MatMulInteger",
                    rounded,
                    graph.bytes(OnnxGraph.INT8, kernel.shape(), roundedColumns(data, scales)),
                    zero);
            float[] both = new float[outputs];
            for (int i = 0; i < outputs; i++) {
                both[i] = scales[i] * inputScale;
            }
            product = graph.node("Mul", toFloat(sums), graph.floats(new int[] {outputs}, both));
        } else {
            floatProducts = true;
            product = graph.node("MatMul", input.name(), stored(kernel.shape(), data, outputs));
        }
        if (dense.useBias()) {
            NdArray bias = weight(layer.name(), "bias");
            product = graph.node("Add", product, graph.floats(bias.shape(), bias.toArray()));
        }
        return new Value(activated(layer, dense.activation(), product), input.lengths(), bounded(dense.activation()));
    }

    private static @Nullable Float bounded(Activation activation) {
        return switch (activation) {
            case TANH, SIGMOID, SOFTMAX, SOFTSIGN, HARD_SIGMOID, HARD_SIGMOID_SIXTH -> 1f;
            default -> null;
        };
    }

    private String activated(Layer layer, Activation activation, String input) {
        return switch (activation) {
            case LINEAR -> input;
            case TANH -> graph.node("Tanh", input);
            case SIGMOID -> graph.node("Sigmoid", input);
            case RELU -> graph.node("Relu", input);
            case SOFTMAX -> graph.node("Softmax", Attributes.none().number("axis", -1), input);
            case HARD_SIGMOID ->
                graph.node("HardSigmoid", Attributes.none().real("alpha", 0.2f).real("beta", 0.5f), input);
            case HARD_SIGMOID_SIXTH ->
                graph.node(
                        "HardSigmoid", Attributes.none().real("alpha", 1 / 6f).real("beta", 0.5f), input);
            case SOFTPLUS -> graph.node("Softplus", input);
            case SOFTSIGN -> graph.node("Softsign", input);
            case ELU -> graph.node("Elu", input);
            case SELU -> graph.node("Selu", input);
            case SWISH -> graph.node("Mul", input, graph.node("Sigmoid", input));
            case EXPONENTIAL -> graph.node("Exp", input);
            case GELU, MISH -> throw unsupported(layer, "has the activation " + activation);
        };
    }

    /**
     * Weights that are multiplied in floats: as they are, or in eight bits from which they are made when the model is
     * loaded.
     */
    private String stored(int[] shape, float[] data, int columns) {
        if (precision == Precision.FLOAT32) {
            return graph.floats(shape, data);
        }
        float[] scales = columnScales(data, columns, LARGEST_STORED);
        String whole = toFloat(graph.bytes(OnnxGraph.INT8, shape, roundedColumns(data, scales)));
        return graph.node("Mul", whole, graph.floats(new int[] {columns}, scales));
    }

    private static float[] columnScales(float[] data, int columns, int steps) {
        float[] scales = new float[columns];
        for (int i = 0; i < data.length; i++) {
            scales[i % columns] = Math.max(scales[i % columns], Math.abs(data[i]));
        }
        for (int i = 0; i < columns; i++) {
            scales[i] = scales[i] == 0 ? 1 : scales[i] / steps;
        }
        return scales;
    }

    private static byte[] roundedColumns(float[] data, float[] scales) {
        byte[] rounded = new byte[data.length];
        for (int i = 0; i < data.length; i++) {
            rounded[i] = (byte) Math.round(data[i] / scales[i % scales.length]);
        }
        return rounded;
    }

    private Recurrence recurrence(String layer, String prefix, Lstm lstm, Value input, List<Integer> shape) {
        Float bound = boundOf(input);
        boolean eightBits = precision == Precision.INT8 && bound != null && standard(lstm);
        int features = shape.get(1);
        LstmWeights weights = LstmWeights.of(
                weight(layer, prefix + "kernel"),
                weight(layer, prefix + "recurrent_kernel"),
                lstm.useBias() ? weight(layer, prefix + "bias") : null,
                eightBits);
        Attributes attributes = Attributes.none()
                .number("hidden_size", weights.units)
                .text("direction", lstm.goBackwards() ? "reverse" : "forward");
        addActivations(attributes, lstm, layer);
        String lengths = input.lengths() == null ? OnnxGraph.NONE : input.lengths();
        String sequence = graph.fresh("LSTM");
        String last = graph.fresh("LSTM");
        int gates = 4 * weights.units;
        String bias = graph.floats(new int[] {1, 2 * gates}, weights.bias);
        if (eightBits) {
            String zeros = graph.bytes(OnnxGraph.INT8, new int[] {1, gates}, new byte[gates]);
            float[] kernelScales = columnScales(weights.kernel, gates, LARGEST);
            float[] recurrentScales = columnScales(weights.recurrent, gates, LARGEST);
            graph.node(
                    "DynamicQuantizeLSTM",
                    OnnxGraph.MICROSOFT,
                    attributes,
                    List.of(
                            marked(input, Objects.requireNonNull(bound)),
                            graph.bytes(
                                    OnnxGraph.INT8,
                                    new int[] {1, features + 2, gates},
                                    roundedColumns(weights.kernel, kernelScales)),
                            graph.bytes(
                                    OnnxGraph.INT8,
                                    new int[] {1, weights.units, gates},
                                    roundedColumns(weights.recurrent, recurrentScales)),
                            bias,
                            lengths,
                            OnnxGraph.NONE,
                            OnnxGraph.NONE,
                            OnnxGraph.NONE,
                            graph.floats(new int[] {1, gates}, kernelScales),
                            zeros,
                            graph.floats(new int[] {1, gates}, recurrentScales),
                            zeros),
                    List.of(sequence, last));
            sequence = slice(sequence, 3, 0, lstm.units());
            last = slice(last, 2, 0, lstm.units());
        } else {
            floatProducts = true;
            graph.node(
                    "LSTM",
                    "",
                    attributes,
                    List.of(
                            timeFirst(input.name()),
                            byUnit(weights.kernel, features, gates),
                            byUnit(weights.recurrent, weights.units, gates),
                            bias,
                            lengths),
                    List.of(sequence, last));
        }
        return new Recurrence(
                graph.node("Squeeze", sequence, graph.integers(1)), graph.node("Squeeze", last, graph.integers(0)));
    }

    /** {@code [1, gates, rows]} of {@code [rows, gates]}. */
    private String byUnit(float[] data, int rows, int gates) {
        return graph.node(
                "Transpose",
                Attributes.none().numbers("perm", 0, 2, 1),
                stored(new int[] {1, rows, gates}, data, gates));
    }

    /** The bound of what an LSTM reads: known from below, or of the network's input by what the caller knows. */
    private @Nullable Float boundOf(Value input) {
        return input.bound() == null && input.name().equals(network.input().name()) ? inputBound : input.bound();
    }

    private String timeFirst(String rows) {
        String known = timeMajor.get(rows);
        if (known == null) {
            known = graph.node("Transpose", Attributes.none().numbers("perm", 1, 0, 2), rows);
            timeMajor.put(rows, known);
        }
        return known;
    }

    /**
     * The sequence time first with two more features, the bound and its opposite: the whole range is then always there,
     * and the scale always the same.
     */
    private String marked(Value input, float bound) {
        String known = marked.get(input.name());
        if (known == null) {
            String rows = input.bound() == null
                    ? graph.node("Clip", input.name(), graph.scalar(-bound), graph.scalar(bound))
                    : input.name();
            String one = graph.integers(0, 0, 0, 0, 0, 1);
            known = timeFirst(
                    graph.node("Pad", graph.node("Pad", rows, one, graph.scalar(bound)), one, graph.scalar(-bound)));
            marked.put(input.name(), known);
        }
        return known;
    }

    private void addActivations(Attributes attributes, Lstm lstm, String layer) {
        if (standard(lstm)) {
            return;
        }
        List<String> names = new ArrayList<>();
        List<Float> alphas = new ArrayList<>();
        List<Float> betas = new ArrayList<>();
        for (Activation activation : List.of(lstm.recurrentActivation(), lstm.activation(), lstm.activation())) {
            switch (activation) {
                case TANH -> names.add("Tanh");
                case SIGMOID -> names.add("Sigmoid");
                case RELU -> names.add("Relu");
                case LINEAR -> {
                    names.add("Affine");
                    alphas.add(1f);
                    betas.add(0f);
                }
                case HARD_SIGMOID, HARD_SIGMOID_SIXTH -> {
                    names.add("HardSigmoid");
                    alphas.add(activation == Activation.HARD_SIGMOID ? 0.2f : 1 / 6f);
                    betas.add(0.5f);
                }
                default ->
                    throw new ModelException("network \"" + network.name()
                            + "\" cannot be written as ONNX: the LSTM of layer \"" + layer + "\" has the activation "
                            + activation + " inside");
            }
        }
        attributes.texts("activations", names);
        if (!alphas.isEmpty()) {
            attributes.reals("activation_alpha", alphas).reals("activation_beta", betas);
        }
    }

    /**
     * The weights of an LSTM in ONNX's order of gates, kernels by input and gate; the units with the two that mark the
     * range.
     */
    private static final class LstmWeights {
        /** Where ONNX's gates (input, output, forget, cell) are among Keras' (input, forget, cell, output). */
        private static final int[] GATES = {0, 3, 1, 2};

        private final int units;
        private final float[] kernel;
        private final float[] recurrent;
        private final float[] bias;

        private LstmWeights(int units, float[] kernel, float[] recurrent, float[] bias) {
            this.units = units;
            this.kernel = kernel;
            this.recurrent = recurrent;
            this.bias = bias;
        }

        /**
         * Reorders weights.
         *
         * @param marked whether to add two features without influence, and two units that see nothing: all of their
         *     gates are open and their cells grow by 1 or -1 a step, which is as far as any unit can have come by then
         */
        static LstmWeights of(NdArray kernel, NdArray recurrent, @Nullable NdArray bias, boolean marked) {
            int units = recurrent.shape()[0];
            int features = kernel.shape()[0];
            int more = marked ? 2 : 0;
            int all = units + more;
            float[] biases = new float[8 * all];
            float[] given = bias == null ? new float[4 * units] : bias.toArray();
            for (int gate = 0; gate < 4; gate++) {
                System.arraycopy(given, GATES[gate] * units, biases, gate * all, units);
                if (marked) {
                    Arrays.fill(biases, gate * all + units, (gate + 1) * all, SATURATED);
                }
            }
            if (marked) {
                biases[4 * all - 1] = -SATURATED;
            }
            return new LstmWeights(
                    all,
                    reordered(kernel.toArray(), features, units, features + more, all),
                    reordered(recurrent.toArray(), units, units, all, all),
                    biases);
        }

        private static float[] reordered(float[] data, int rows, int units, int allRows, int allUnits) {
            float[] ordered = new float[allRows * 4 * allUnits];
            for (int row = 0; row < rows; row++) {
                for (int gate = 0; gate < 4; gate++) {
                    System.arraycopy(
                            data,
                            row * 4 * units + GATES[gate] * units,
                            ordered,
                            row * 4 * allUnits + gate * allUnits,
                            units);
                }
            }
            return ordered;
        }
    }
}
