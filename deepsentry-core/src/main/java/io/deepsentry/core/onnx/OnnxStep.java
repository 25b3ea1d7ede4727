package io.deepsentry.core.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.core.onnx.OnnxGraph.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes of a graph that computes a whole sequence one that computes a single step of it: an LSTM stops at that step,
 * and what follows sees that step alone. Each number left is computed as before, so the step's bits stay.
 *
 * <p>Goes from the output back to what it needs. Knows the operators between our recurrent layers and a dense output;
 * other graphs have no such form. For one graph.
 */
final class OnnxStep {
    /** Operators whose result at a step depends on that step only, and on what is the same at all steps. */
    private static final Set<String> STEPWISE = Set.of(
            "Identity",
            "Tanh",
            "Sigmoid",
            "Relu",
            "Softplus",
            "Softsign",
            "Elu",
            "Selu",
            "Exp",
            "HardSigmoid",
            "Softmax",
            "Clip",
            "Cast",
            "Add",
            "Mul",
            "MatMul",
            "MatMulInteger",
            "QuantizeLinear");

    private static final String ZERO = "";

    private final Map<String, List<Long>> shapes;
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, byte[]> constants = new HashMap<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final OnnxGraph graph = new OnnxGraph("step", 1_000_000);
    private final Set<String> copied = new HashSet<>();
    private final Map<String, String> stepped = new HashMap<>();

    private OnnxStep(byte[] model, Map<String, List<Long>> shapes) throws IOException {
        this.shapes = shapes;
        each(model, (field, bytes) -> {
            if (field == 7) {
                each(bytes, this::graphField);
            }
        });
    }

    /** An operator; its attributes as they are in the file. */
    private static final class Node {
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<byte[]> attributes = new ArrayList<>();
        private String operator = "";
        private String domain = "";
        private byte[] bytes = {};
    }

    /** There is no such form. */
    private static final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        Unknown(String what) {
            super(what);
        }
    }

    /** Takes a field that is a message or a text. */
    @FunctionalInterface
    private interface Fields {
        void take(int number, byte[] bytes) throws IOException;
    }

    /**
     * Returns the model of one step.
     *
     * @param model a model that passed {@link OnnxCheck}, whose first output is a sequence {@code [batch, time, d]}
     * @param shapes those of its tensors
     * @param step which step, from 0
     * @return a model with the output {@code [batch, 1, d]}; empty if it cannot be made of this one
     */
    static Optional<byte[]> of(byte[] model, Map<String, List<Long>> shapes, int step) {
        try {
            return Optional.of(new OnnxStep(model, shapes).write(step));
        } catch (Unknown e) {
            System.getLogger(OnnxStep.class.getName())
                    .log(System.Logger.Level.DEBUG, "no graph of one step: {0}", e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void each(byte[] message, Fields fields) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                fields.take(WireFormat.getTagFieldNumber(tag), in.readByteArray());
            } else if (!in.skipField(tag)) {
                return;
            }
        }
    }

    private void graphField(int number, byte[] bytes) throws IOException {
        switch (number) {
            case 1 -> {
                Node node = node(bytes);
                node.outputs.forEach(output -> producers.put(output, node));
            }
            case 5 -> constants.put(name(bytes, 8), bytes);
            case 11 -> inputs.add(bytes);
            case 12 -> outputs.add(name(bytes, 1));
            default -> {}
        }
    }

    private static String name(byte[] message, int field) throws IOException {
        String[] name = {""};
        each(message, (number, bytes) -> {
            if (number == field) {
                name[0] = text(bytes);
            }
        });
        return name[0];
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Node node(byte[] bytes) throws IOException {
        Node node = new Node();
        node.bytes = bytes;
        each(bytes, (number, value) -> {
            switch (number) {
                case 1 -> node.inputs.add(text(value));
                case 2 -> node.outputs.add(text(value));
                case 4 -> node.operator = text(value);
                case 5 -> node.attributes.add(value);
                case 7 -> node.domain = text(value);
                default -> {}
            }
        });
        return node;
    }

    private byte[] write(int step) throws Unknown, IOException {
        String output = outputs.get(0);
        List<Long> shape = shape(output);
        if (shape.size() != 3 || step < 0 || step >= shape.get(1)) {
            throw new Unknown("the output is " + shape);
        }
        for (byte[] input : inputs) {
            graph.copyInput(input);
            copied.add(name(input, 1));
        }
        String result = step(output, 1, step);
        if (result.equals(ZERO)) {
            throw new Unknown("the output is padding");
        }
        graph.node("Identity", "", Attributes.none(), List.of(result), List.of("step"));
        graph.output("step", OnnxGraph.FLOAT, List.of(1, Math.toIntExact(shape.get(2))));
        return graph.toModel(Map.of());
    }

    private List<Long> shape(String tensor) throws Unknown {
        List<Long> shape = shapes.get(tensor);
        if (shape == null) {
            throw new Unknown(tensor + " has no shape");
        }
        return shape;
    }

    /** Takes a tensor over as it is, with all that it is computed from. */
    private String whole(String tensor) throws Unknown {
        if (tensor.isEmpty() || !copied.add(tensor)) {
            return tensor;
        }
        byte[] constant = constants.get(tensor);
        if (constant != null) {
            graph.copyConstant(constant);
            return tensor;
        }
        Node node = producer(tensor);
        for (String input : node.inputs) {
            String unused = whole(input);
        }
        copied.addAll(node.outputs);
        graph.copyNode(node.bytes, node.domain);
        return tensor;
    }

    private Node producer(String tensor) throws Unknown {
        Node node = producers.get(tensor);
        if (node == null) {
            throw new Unknown(tensor + " is not computed");
        }
        return node;
    }

    private long[] integers(String tensor) throws Unknown, IOException {
        byte[] constant = constants.get(tensor);
        if (constant == null) {
            throw new Unknown(tensor + " is no constant");
        }
        List<Long> values = new ArrayList<>();
        each(constant, (number, bytes) -> {
            if (number == 9) {
                LongBuffer all =
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
                while (all.hasRemaining()) {
                    values.add(all.get());
                }
            }
        });
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Adds what computes one step of a tensor, of size 1 along the axis of time.
     *
     * @return the name of the result, or {@link #ZERO} if it is all zeros
     */
    private String step(String tensor, int axis, long step) throws Unknown, IOException {
        String key = tensor + " " + axis + " " + step;
        String known = stepped.get(key);
        if (known == null) {
            known = addStep(producer(tensor), tensor, axis, step);
            stepped.put(key, known);
        }
        return known;
    }

    private String addStep(Node node, String tensor, int axis, long step) throws Unknown, IOException {
        if (STEPWISE.contains(node.operator)) {
            return stepwise(node, axis, step);
        }
        String first = node.inputs.get(0);
        return switch (node.operator) {
            case "Concat" -> concatenated(node, axis, step);
            case "Pad" -> padded(node, axis, step);
            case "Slice" -> {
                long[] from = integers(node.inputs.get(1));
                long[] stride = integers(node.inputs.get(4));
                if (integers(node.inputs.get(3))[0] != axis) {
                    yield with(node, step(first, axis, step));
                }
                yield step(first, axis, stride[0] < 0 ? shape(first).get(axis) - 1 - step : from[0] + step);
            }
            case "Transpose" -> with(node, step(first, (int) permutation(node)[axis], step));
            case "Squeeze" -> {
                long dropped = integers(node.inputs.get(1))[0];
                yield with(node, step(first, axis < dropped ? axis : axis + 1, step));
            }
            case "LSTM", "DynamicQuantizeLSTM" -> recurrent(node, tensor, axis, step);
            default -> throw new Unknown("it has " + node.operator);
        };
    }

    /** The same operator, of another first input. */
    private String with(Node node, String first) throws Unknown {
        if (first.equals(ZERO)) {
            throw new Unknown(node.operator + " of padding");
        }
        List<String> inputs = new ArrayList<>(List.of(first));
        for (String input : node.inputs.subList(1, node.inputs.size())) {
            inputs.add(whole(input));
        }
        return added(node, inputs);
    }

    private String added(Node node, List<String> inputs) {
        String result = graph.fresh(node.operator);
        graph.node(node.operator, node.domain, node.attributes, inputs, List.of(result));
        return result;
    }

    private String stepwise(Node node, int axis, long step) throws Unknown, IOException {
        int rank = shape(node.outputs.get(0)).size();
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs) {
            List<Long> shape = shape(input);
            boolean sequence = shape.size() == rank && shape.get(axis) != 1;
            String one = sequence ? step(input, axis, step) : whole(input);
            if (one.equals(ZERO)) {
                throw new Unknown(node.operator + " of padding");
            }
            inputs.add(one);
        }
        return added(node, inputs);
    }

    /** Joined with zeros is padded by as many. */
    private String concatenated(Node node, int axis, long step) throws Unknown, IOException {
        int last = shape(node.outputs.get(0)).size() - 1;
        List<String> joined = new ArrayList<>();
        long before = 0;
        long after = 0;
        for (String input : node.inputs) {
            String one = step(input, axis, step);
            if (!one.equals(ZERO)) {
                if (after > 0) {
                    throw new Unknown("padding lies between what is joined");
                }
                joined.add(one);
            } else if (joined.isEmpty()) {
                before += shape(input).get(last);
            } else {
                after += shape(input).get(last);
            }
        }
        if (joined.isEmpty()) {
            return ZERO;
        }
        String result = joined.size() == 1 ? joined.get(0) : added(node, joined);
        if (before + after == 0) {
            return result;
        }
        long[] widths = new long[2 * (last + 1)];
        widths[last] = before;
        widths[2 * last + 1] = after;
        return graph.node("Pad", result, graph.integers(widths));
    }

    private String padded(Node node, int axis, long step) throws Unknown, IOException {
        String first = node.inputs.get(0);
        long[] widths = integers(node.inputs.get(1));
        long before = widths[axis];
        if (before == 0 && widths[widths.length / 2 + axis] == 0) {
            return with(node, step(first, axis, step));
        }
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] != 0 && i % (widths.length / 2) != axis) {
                throw new Unknown("it pads along several axes");
            }
        }
        if (step >= before && step < before + shape(first).get(axis)) {
            return step(first, axis, step - before);
        }
        if (node.inputs.size() > 2) {
            throw new Unknown("it pads with other numbers than 0");
        }
        return ZERO;
    }

    /** The state after the last step that counts is the step asked for; what comes after it is not computed. */
    private String recurrent(Node node, String tensor, int axis, long step) throws Unknown, IOException {
        if (axis != 0
                || !tensor.equals(node.outputs.get(0))
                || !node.inputs.get(4).isEmpty()) {
            throw new Unknown("an LSTM counts steps");
        }
        String rows = whole(node.inputs.get(0));
        long steps = shape(rows).get(0);
        boolean back = attribute(node, "direction", 4).equals("reverse");
        long from = back ? step : 0;
        long to = back ? steps : step + 1;
        if (from > 0 || to < steps) {
            rows = graph.node(
                    "Slice", rows, graph.integers(from), graph.integers(to), graph.integers(0), graph.integers(1));
        }
        List<String> inputs = new ArrayList<>(List.of(rows));
        for (String input : node.inputs.subList(1, node.inputs.size())) {
            inputs.add(whole(input));
        }
        String last = graph.fresh("state");
        graph.node(node.operator, node.domain, node.attributes, inputs, List.of(graph.fresh("sequence"), last));
        return graph.node("Unsqueeze", last, graph.integers(0));
    }

    private static long[] permutation(Node node) throws IOException {
        List<Long> axes = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(node.attributes.get(0));
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 8) {
                axes.add(in.readInt64());
            } else if (!in.skipField(tag)) {
                break;
            }
        }
        return axes.stream().mapToLong(Long::longValue).toArray();
    }

    private static String attribute(Node node, String name, int field) throws IOException {
        for (byte[] attribute : node.attributes) {
            if (name(attribute, 1).equals(name)) {
                return name(attribute, field);
            }
        }
        return "";
    }
}
