package io.deepsentry.core.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.deepsentry.core.ModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether an ONNX file is one that {@link OnnxWriter} could have written: its fields, operators, attributes, and the
 * type and shape of every tensor. ONNX Runtime is native code that trusts what it reads; a damaged or hostile graph
 * ends the whole process. Weights are not looked at: any are right.
 *
 * <p>For one file.
 */
final class OnnxCheck {
    /** The first dimension of inputs and outputs: of any size. */
    private static final long BATCH = -1;

    private static final int BOOL = 9;
    private static final long LARGEST_TENSOR = 1L << 27;
    private static final int LARGEST_DIMENSION = 1 << 24;
    private static final int MOST_RANKS = 4;
    private static final int LATEST_SET = 17;
    private static final Set<String> UNARY =
            Set.of("Tanh", "Sigmoid", "Relu", "Softplus", "Softsign", "Elu", "Selu", "Exp");
    private static final Set<String> LSTM_ACTIVATIONS = Set.of("Tanh", "Sigmoid", "Relu", "Affine", "HardSigmoid");

    private final Map<String, Tensor> tensors = new HashMap<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private @Nullable Tensor input;

    private OnnxCheck() {}

    /** A tensor of the graph. */
    private static final class Tensor {
        private final int type;
        private final List<Long> shape;
        private final byte @Nullable [] raw;

        /**
         * @param type of its numbers, as in onnx.proto
         * @param shape its dimensions; {@link #BATCH} for the batch
         * @param raw its numbers if it is a constant
         */
        Tensor(int type, List<Long> shape, byte @Nullable [] raw) {
            this.type = type;
            this.shape = shape;
            this.raw = raw;
        }

        int type() {
            return type;
        }

        List<Long> shape() {
            return shape;
        }

        boolean isConstant() {
            return raw != null;
        }

        long[] integers() throws IOException {
            if (type != OnnxGraph.INT64 || raw == null || shape.size() != 1) {
                throw new IOException("indices must be a constant list");
            }
            long[] values = new long[shape.get(0).intValue()];
            ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
            return values;
        }

        boolean isScalar(int of) {
            return type == of && raw != null && shape.isEmpty();
        }

        boolean isConstant(int of, Long... dimensions) {
            return type == of && raw != null && shape.equals(List.of(dimensions));
        }

        int rank() {
            return shape.size();
        }

        long last() {
            return shape.get(shape.size() - 1);
        }
    }

    private record ValueInfo(String name, Tensor tensor) {}

    /** An attribute: of its values those that its type has. */
    private static final class Attribute {
        private String name = "";
        private int type;
        private long number;
        private String text = "";
        private final List<Long> numbers = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        private int reals;
    }

    private static final class Node {
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private String operator = "";
        private String domain = "";
        private final Map<String, Attribute> attributes = new HashMap<>();

        void requireAttributes(String... names) throws IOException {
            require(
                    Set.of(names).containsAll(attributes.keySet()),
                    operator + " has the attributes " + attributes.keySet());
        }

        long number(String attribute, long otherwise) {
            Attribute found = attributes.get(attribute);
            return found == null ? otherwise : found.number;
        }
    }

    /**
     * Checks a file.
     *
     * @param name what messages call it
     * @return what goes in and comes out
     * @throws ModelException if it is not as it would have been written
     */
    static OnnxShape require(String name, byte[] file) {
        try {
            OnnxCheck check = new OnnxCheck();
            check.model(CodedInputStream.newInstance(file));
            return check.shape();
        } catch (IOException e) {
            throw new ModelException(
                    name + " is not an ONNX model as DeepSentry writes them (" + e.getMessage()
                            + "), and native code would read it without further checks; copy or write it again, or, if"
                            + " you know where it comes from, allow it with --trust (from Java: -D" + OnnxRuntime.TRUST
                            + "=true)",
                    e);
        }
    }

    /**
     * Checks a file.
     *
     * @return the shape of each tensor, the batch as -1; empty if the file is not as it would have been written
     */
    static Map<String, List<Long>> shapes(byte[] file) {
        try {
            OnnxCheck check = new OnnxCheck();
            check.model(CodedInputStream.newInstance(file));
            Map<String, List<Long>> shapes = new HashMap<>();
            check.tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            return shapes;
        } catch (IOException e) {
            return Map.of();
        }
    }

    private OnnxShape shape() {
        Tensor in = Objects.requireNonNull(input);
        return new OnnxShape(
                in.type() == OnnxGraph.INT32,
                withoutBatch(in.shape()),
                withoutBatch(outputs.get(0).tensor().shape()));
    }

    private static List<Integer> withoutBatch(List<Long> shape) {
        return shape.stream().skip(1).map(Math::toIntExact).toList();
    }

    private static void require(boolean right, String problem) throws IOException {
        if (!right) {
            throw new IOException(problem);
        }
    }

    /** Takes a field of a message; whatever is not taken is refused. */
    @FunctionalInterface
    private interface Fields {
        boolean take(int number, int type, CodedInputStream in) throws IOException;
    }

    private static void each(CodedInputStream in, String what, Fields fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            require(
                    fields.take(number, WireFormat.getTagWireType(tag), in),
                    what + " has field " + number + ", which is not expected there");
        }
    }

    private static void within(CodedInputStream in, int type, String what, Fields fields) throws IOException {
        require(type == WireFormat.WIRETYPE_LENGTH_DELIMITED, what + " is no message");
        each(in.readBytes().newCodedInput(), what, fields);
    }

    private static String text(CodedInputStream in, int type) throws IOException {
        require(type == WireFormat.WIRETYPE_LENGTH_DELIMITED, "a text is none");
        return in.readStringRequireUtf8();
    }

    private static long number(CodedInputStream in, int type) throws IOException {
        require(type == WireFormat.WIRETYPE_VARINT, "a number is none");
        return in.readInt64();
    }

    private void model(CodedInputStream in) throws IOException {
        boolean[] seen = new boolean[1];
        List<byte[]> graphs = new ArrayList<>();
        each(in, "the model", (field, type, from) -> {
            switch (field) {
                case 1 -> require(number(from, type) <= 10, "the version of the format is not known");
                case 2 -> text(from, type);
                case 7 -> {
                    require(type == WireFormat.WIRETYPE_LENGTH_DELIMITED, "the graph is no message");
                    graphs.add(from.readByteArray());
                }
                case 8 -> {
                    operatorSet(from, type);
                    seen[0] = true;
                }
                case 14 ->
                    within(from, type, "a property", (part, wire, property) -> {
                        String unused = text(property, wire);
                        return part == 1 || part == 2;
                    });
                default -> {
                    return false;
                }
            }
            return true;
        });
        require(graphs.size() == 1 && seen[0], "it has " + graphs.size() + " graphs");
        graph(graphs.get(0));
    }

    private static void operatorSet(CodedInputStream in, int type) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        within(in, type, "an operator set", (field, wire, from) -> {
            if (field == 1) {
                domain[0] = text(from, wire);
            } else if (field == 2) {
                version[0] = number(from, wire);
            } else {
                return false;
            }
            return true;
        });
        boolean known = domain[0].isEmpty()
                ? version[0] == LATEST_SET
                : domain[0].equals(OnnxGraph.MICROSOFT) && version[0] == 1;
        require(known, "operator set " + domain[0] + " " + version[0] + " is not known");
    }

    private void graph(byte[] graph) throws IOException {
        List<Node> nodes = new ArrayList<>();
        each(CodedInputStream.newInstance(graph), "the graph", (field, type, from) -> {
            switch (field) {
                case 1 -> nodes.add(node(from, type));
                case 2 -> text(from, type);
                case 5 -> constant(from, type);
                case 11 -> {
                    ValueInfo given = valueInfo(from, type);
                    require(input == null, "it has several inputs");
                    input = given.tensor();
                    add(given.name(), given.tensor());
                }
                case 12 -> outputs.add(valueInfo(from, type));
                default -> {
                    return false;
                }
            }
            return true;
        });
        require(input != null, "it has no input");
        require(!outputs.isEmpty(), "it has no output");
        for (Node node : nodes) {
            check(node);
        }
        for (ValueInfo output : outputs) {
            Tensor given = tensor(output.name());
            require(
                    given.type() == output.tensor().type()
                            && given.shape().equals(output.tensor().shape()),
                    "output " + output.name() + " is " + given.shape() + ", but said to be "
                            + output.tensor().shape());
        }
    }

    private void add(String name, Tensor tensor) throws IOException {
        require(!name.isEmpty() && tensors.putIfAbsent(name, tensor) == null, "tensor " + name + " is there twice");
    }

    private Tensor tensor(String name) throws IOException {
        Tensor found = tensors.get(name);
        if (found == null) {
            throw new IOException("tensor " + name + " is not there");
        }
        return found;
    }

    private static int bytes(int type) throws IOException {
        return switch (type) {
            case OnnxGraph.FLOAT, OnnxGraph.INT32 -> 4;
            case OnnxGraph.INT64 -> 8;
            case OnnxGraph.INT8, OnnxGraph.UINT8 -> 1;
            default -> throw new IOException("numbers of type " + type + " are not expected");
        };
    }

    private static long size(List<Long> shape) throws IOException {
        require(shape.size() <= MOST_RANKS, "a tensor has " + shape.size() + " dimensions");
        long size = 1;
        for (long dimension : shape) {
            require(
                    dimension == BATCH || (dimension >= 1 && dimension <= LARGEST_DIMENSION),
                    "a dimension is " + dimension);
            size *= dimension == BATCH ? 1 : dimension;
            require(size <= LARGEST_TENSOR, "a tensor has more than " + LARGEST_TENSOR + " numbers");
        }
        return size;
    }

    private void constant(CodedInputStream in, int type) throws IOException {
        List<Long> shape = new ArrayList<>();
        int[] of = {0};
        String[] name = {""};
        byte[][] raw = {null};
        within(in, type, "a constant", (field, wire, from) -> {
            switch (field) {
                case 1 -> shape.add(number(from, wire));
                case 2 -> of[0] = Math.toIntExact(Math.min(number(from, wire), Integer.MAX_VALUE));
                case 8 -> name[0] = text(from, wire);
                case 9 -> {
                    require(wire == WireFormat.WIRETYPE_LENGTH_DELIMITED, "weights are none");
                    raw[0] = from.readByteArray();
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        require(!shape.contains(BATCH), "a constant has no fixed size");
        byte[] numbers = raw[0];
        if (numbers == null || numbers.length != size(shape) * bytes(of[0])) {
            throw new IOException("constant " + name[0] + " of " + shape + " has "
                    + (numbers == null ? 0 : numbers.length) + " bytes");
        }
        add(name[0], new Tensor(of[0], List.copyOf(shape), numbers));
    }

    private static ValueInfo valueInfo(CodedInputStream in, int type) throws IOException {
        String[] name = {""};
        int[] of = {0};
        List<Long> shape = new ArrayList<>();
        within(in, type, "an input or output", (field, wire, from) -> {
            if (field == 1) {
                name[0] = text(from, wire);
                return true;
            }
            if (field != 2) {
                return false;
            }
            within(from, wire, "a type", (a, aWire, types) -> {
                require(a == 1, "an input or output is no tensor");
                within(types, aWire, "a tensor's type", (b, bWire, tensor) -> {
                    if (b == 1) {
                        of[0] = Math.toIntExact(Math.min(number(tensor, bWire), Integer.MAX_VALUE));
                        return true;
                    }
                    if (b != 2) {
                        return false;
                    }
                    within(tensor, bWire, "a shape", (c, cWire, dimensions) -> {
                        require(c == 1, "a shape has something else than dimensions");
                        within(dimensions, cWire, "a dimension", (d, dWire, dimension) -> {
                            if (d == 1) {
                                shape.add(number(dimension, dWire));
                            } else if (d == 2) {
                                String unused = text(dimension, dWire);
                                shape.add(BATCH);
                            } else {
                                return false;
                            }
                            return true;
                        });
                        return true;
                    });
                    return true;
                });
                return true;
            });
            return true;
        });
        require(
                shape.size() >= 2 && shape.get(0) == BATCH && shape.lastIndexOf(BATCH) == 0,
                name[0] + " has the shape " + shape);
        require(of[0] == OnnxGraph.FLOAT || of[0] == OnnxGraph.INT32, name[0] + " has numbers of type " + of[0]);
        long unused = size(shape);
        return new ValueInfo(name[0], new Tensor(of[0], List.copyOf(shape), null));
    }

    private static Node node(CodedInputStream in, int type) throws IOException {
        Node node = new Node();
        within(in, type, "an operator", (field, wire, from) -> {
            switch (field) {
                case 1 -> node.inputs.add(text(from, wire));
                case 2 -> node.outputs.add(text(from, wire));
                case 3 -> text(from, wire);
                case 4 -> node.operator = text(from, wire);
                case 5 -> {
                    Attribute attribute = attribute(from, wire);
                    require(
                            node.attributes.putIfAbsent(attribute.name, attribute) == null,
                            "attribute " + attribute.name + " is there twice");
                }
                case 7 -> node.domain = text(from, wire);
                default -> {
                    return false;
                }
            }
            return true;
        });
        return node;
    }

    private static Attribute attribute(CodedInputStream in, int type) throws IOException {
        Attribute attribute = new Attribute();
        within(in, type, "an attribute", (field, wire, from) -> {
            switch (field) {
                case 1 -> attribute.name = text(from, wire);
                case 2, 7 -> {
                    require(wire == WireFormat.WIRETYPE_FIXED32, "a number is none");
                    require(Float.isFinite(from.readFloat()), "an attribute is no finite number");
                    attribute.reals++;
                }
                case 3 -> attribute.number = number(from, wire);
                case 4 -> attribute.text = text(from, wire);
                case 8 -> attribute.numbers.add(number(from, wire));
                case 9 -> attribute.texts.add(text(from, wire));
                case 20 -> attribute.type = Math.toIntExact(Math.min(number(from, wire), Integer.MAX_VALUE));
                default -> {
                    return false;
                }
            }
            return true;
        });
        int expected =
                switch (attribute.name) {
                    case "alpha", "beta" -> 1;
                    case "axis", "hidden_size", "keepdims", "to" -> 2;
                    case "direction" -> 3;
                    case "activation_alpha", "activation_beta" -> 6;
                    case "perm" -> 7;
                    case "activations" -> 8;
                    default -> 0;
                };
        require(attribute.type == expected, "attribute " + attribute.name + " is of type " + attribute.type);
        return attribute;
    }

    private void check(Node node) throws IOException {
        boolean beyond = node.operator.equals("DynamicQuantizeLSTM");
        require(node.domain.equals(beyond ? OnnxGraph.MICROSOFT : ""), node.operator + " is of " + node.domain);
        if (beyond || node.operator.equals("LSTM")) {
            lstm(node, beyond);
            return;
        }
        require(node.outputs.size() == 1, node.operator + " has " + node.outputs.size() + " outputs");
        List<Tensor> given = new ArrayList<>();
        for (String input : node.inputs) {
            given.add(tensor(input));
        }
        require(!given.isEmpty(), node.operator + " has no input");
        Tensor result = result(node, given);
        long unused = size(result.shape());
        add(node.outputs.get(0), result);
    }

    private static void inputs(Node node, List<Tensor> given, int count) throws IOException {
        require(given.size() == count, node.operator + " has " + given.size() + " inputs");
    }

    private static Tensor floats(List<Long> shape) {
        return new Tensor(OnnxGraph.FLOAT, shape, null);
    }

    private static Tensor result(Node node, List<Tensor> given) throws IOException {
        Tensor first = given.get(0);
        if (UNARY.contains(node.operator)) {
            inputs(node, given, 1);
            node.requireAttributes();
            requireFloats(node, first);
            return floats(first.shape());
        }
        switch (node.operator) {
            case "Identity" -> {
                inputs(node, given, 1);
                node.requireAttributes();
                return new Tensor(first.type(), first.shape(), null);
            }
            case "HardSigmoid" -> {
                inputs(node, given, 1);
                node.requireAttributes("alpha", "beta");
                requireFloats(node, first);
                return floats(first.shape());
            }
            case "Softmax" -> {
                inputs(node, given, 1);
                node.requireAttributes("axis");
                require(node.number("axis", 0) == -1 && first.rank() > 0, "Softmax has another axis than the last");
                requireFloats(node, first);
                return floats(first.shape());
            }
            case "Add", "Mul" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                requireFloats(node, first);
                requireFloats(node, given.get(1));
                return floats(broadcast(first.shape(), given.get(1).shape()));
            }
            case "Clip" -> {
                inputs(node, given, 3);
                node.requireAttributes();
                requireFloats(node, first);
                require(
                        given.get(1).isScalar(OnnxGraph.FLOAT) && given.get(2).isScalar(OnnxGraph.FLOAT),
                        "Clip has no constant bounds");
                return floats(first.shape());
            }
            case "Equal" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                require(
                        first.type() == OnnxGraph.INT32 && given.get(1).isScalar(OnnxGraph.INT32),
                        "Equal does not compare ids with one");
                return new Tensor(BOOL, first.shape(), null);
            }
            case "Not" -> {
                inputs(node, given, 1);
                node.requireAttributes();
                require(first.type() == BOOL, "Not is of numbers");
                return first;
            }
            case "Cast" -> {
                inputs(node, given, 1);
                node.requireAttributes("to");
                long to = node.number("to", 0);
                require(
                        first.type() == BOOL
                                ? to == OnnxGraph.INT32
                                : to == OnnxGraph.FLOAT
                                        && (first.type() == OnnxGraph.INT8 || first.type() == OnnxGraph.INT32),
                        "Cast is from type " + first.type() + " to " + to);
                return new Tensor((int) to, first.shape(), null);
            }
            case "ReduceSum" -> {
                inputs(node, given, 2);
                node.requireAttributes("keepdims");
                require(
                        first.type() == OnnxGraph.INT32
                                && first.rank() == 2
                                && node.number("keepdims", 1) == 0
                                && Arrays.equals(given.get(1).integers(), new long[] {1}),
                        "ReduceSum does not count words");
                return new Tensor(OnnxGraph.INT32, List.of(first.shape().get(0)), null);
            }
            case "Gather" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                require(
                        first.isConstant()
                                && first.rank() == 2
                                && (first.type() == OnnxGraph.FLOAT || first.type() == OnnxGraph.INT8)
                                && given.get(1).type() == OnnxGraph.INT32,
                        "Gather does not look ids up in a table");
                List<Long> shape = new ArrayList<>(given.get(1).shape());
                shape.add(first.shape().get(1));
                return new Tensor(first.type(), List.copyOf(shape), null);
            }
            case "Concat" -> {
                node.requireAttributes("axis");
                require(node.number("axis", 0) == -1 && first.rank() > 0, "Concat has another axis than the last");
                long last = 0;
                for (Tensor each : given) {
                    requireFloats(node, each);
                    require(
                            each.rank() == first.rank()
                                    && each.last() != BATCH
                                    && each.shape()
                                            .subList(0, each.rank() - 1)
                                            .equals(first.shape().subList(0, first.rank() - 1)),
                            "Concat joins " + each.shape() + " to " + first.shape());
                    last += each.last();
                }
                return floats(with(first.shape(), first.rank() - 1, last));
            }
            case "Transpose" -> {
                inputs(node, given, 1);
                node.requireAttributes("perm");
                requireFloats(node, first);
                Attribute order = node.attributes.get("perm");
                if (order == null || order.numbers.size() != first.rank()) {
                    throw new IOException("Transpose has no order");
                }
                List<Long> shape = new ArrayList<>();
                Set<Long> axes = new TreeSet<>();
                for (long axis : order.numbers) {
                    require(axis >= 0 && axis < first.rank() && axes.add(axis), "Transpose has axis " + axis);
                    shape.add(first.shape().get((int) axis));
                }
                return floats(List.copyOf(shape));
            }
            case "Unsqueeze" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                requireFloats(node, first);
                require(
                        first.rank() == 2 && Arrays.equals(given.get(1).integers(), new long[] {1}),
                        "Unsqueeze does not make one step of rows");
                return floats(List.of(first.shape().get(0), 1L, first.shape().get(1)));
            }
            case "Squeeze" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                requireFloats(node, first);
                long[] axes = given.get(1).integers();
                require(
                        axes.length == 1
                                && axes[0] >= 0
                                && axes[0] < first.rank()
                                && first.shape().get((int) axes[0]) == 1,
                        "Squeeze drops more than one direction");
                List<Long> shape = new ArrayList<>(first.shape());
                shape.remove((int) axes[0]);
                return floats(List.copyOf(shape));
            }
            case "Tile" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                requireFloats(node, first);
                long[] times = given.get(1).integers();
                require(
                        first.rank() == 3
                                && times.length == 3
                                && times[0] == 1
                                && times[2] == 1
                                && times[1] >= 1
                                && times[1] <= LARGEST_DIMENSION
                                && first.shape().get(1) == 1,
                        "Tile does not repeat one step");
                return floats(with(first.shape(), 1, times[1]));
            }
            case "Pad" -> {
                return padded(node, given);
            }
            case "Slice" -> {
                return slice(node, given);
            }
            case "QuantizeLinear" -> {
                inputs(node, given, 3);
                node.requireAttributes();
                requireFloats(node, first);
                require(
                        given.get(1).isScalar(OnnxGraph.FLOAT) && given.get(2).isScalar(OnnxGraph.UINT8),
                        "QuantizeLinear has no constant scale");
                return new Tensor(OnnxGraph.UINT8, first.shape(), null);
            }
            case "MatMulInteger" -> {
                inputs(node, given, 3);
                node.requireAttributes();
                require(
                        first.type() == OnnxGraph.UINT8
                                && given.get(1).type() == OnnxGraph.INT8
                                && given.get(1).isConstant()
                                && given.get(2).isScalar(OnnxGraph.UINT8),
                        "MatMulInteger has other types");
                return new Tensor(OnnxGraph.INT32, product(first, given.get(1)), null);
            }
            case "MatMul" -> {
                inputs(node, given, 2);
                node.requireAttributes();
                requireFloats(node, first);
                requireFloats(node, given.get(1));
                return floats(product(first, given.get(1)));
            }
            default -> throw new IOException("operator " + node.operator + " is not one of those");
        }
    }

    private static void requireFloats(Node node, Tensor tensor) throws IOException {
        require(tensor.type() == OnnxGraph.FLOAT, node.operator + " is of type " + tensor.type());
    }

    private static List<Long> with(List<Long> shape, int axis, long size) {
        List<Long> changed = new ArrayList<>(shape);
        changed.set(axis, size);
        return List.copyOf(changed);
    }

    private static List<Long> broadcast(List<Long> a, List<Long> b) throws IOException {
        int rank = Math.max(a.size(), b.size());
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long one = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
            long other = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
            require(one == other || one == 1 || other == 1, "shapes " + a + " and " + b + " do not go together");
            shape.add(one == 1 ? other : one);
        }
        return List.copyOf(shape);
    }

    /** Rows times a matrix. */
    private static List<Long> product(Tensor rows, Tensor matrix) throws IOException {
        require(
                rows.rank() >= 2
                        && matrix.rank() == 2
                        && rows.last() != BATCH
                        && matrix.shape().get(0) == rows.last(),
                "a product of " + rows.shape() + " and " + matrix.shape());
        return with(rows.shape(), rows.rank() - 1, matrix.shape().get(1));
    }

    private static Tensor padded(Node node, List<Tensor> given) throws IOException {
        Tensor first = given.get(0);
        require(given.size() == 2 || given.size() == 3, "Pad has " + given.size() + " inputs");
        node.requireAttributes();
        requireFloats(node, first);
        require(given.size() == 2 || given.get(2).isScalar(OnnxGraph.FLOAT), "Pad has no constant value");
        long[] pads = given.get(1).integers();
        require(pads.length == 2 * first.rank(), "Pad has " + pads.length + " widths");
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < first.rank(); axis++) {
            long before = pads[axis];
            long after = pads[first.rank() + axis];
            long size = first.shape().get(axis);
            require(
                    before >= 0
                            && after >= 0
                            && before <= LARGEST_DIMENSION
                            && after <= LARGEST_DIMENSION
                            && (size != BATCH || before + after == 0),
                    "Pad adds " + before + " and " + after);
            shape.add(size == BATCH ? BATCH : size + before + after);
        }
        return floats(List.copyOf(shape));
    }

    private static Tensor slice(Node node, List<Tensor> given) throws IOException {
        Tensor first = given.get(0);
        inputs(node, given, 5);
        node.requireAttributes();
        requireFloats(node, first);
        long[] one = new long[4];
        for (int i = 0; i < one.length; i++) {
            long[] values = given.get(1 + i).integers();
            require(values.length == 1, "Slice cuts along several axes");
            one[i] = values[0];
        }
        long axis = one[2];
        require(axis >= 0 && axis < first.rank(), "Slice has axis " + axis);
        long size = first.shape().get((int) axis);
        require(size != BATCH, "Slice cuts the batch");
        if (one[3] == -1) {
            require(one[0] == -1 && one[1] == Long.MIN_VALUE + 1, "Slice goes back for a part only");
            return floats(first.shape());
        }
        require(
                one[3] == 1 && one[0] >= 0 && one[0] < one[1] && one[1] <= size,
                "Slice takes " + one[0] + " to " + one[1] + " of " + size);
        return floats(with(first.shape(), (int) axis, one[1] - one[0]));
    }

    private void lstm(Node node, boolean eightBits) throws IOException {
        node.requireAttributes("hidden_size", "direction", "activations", "activation_alpha", "activation_beta");
        long units = node.number("hidden_size", 0);
        require(units >= 1 && units <= LARGEST_DIMENSION / 8, "an LSTM has " + units + " units");
        Attribute direction = node.attributes.get("direction");
        require(
                direction != null && (direction.text.equals("forward") || direction.text.equals("reverse")),
                "an LSTM has no direction");
        Attribute activations = node.attributes.get("activations");
        if (activations != null) {
            require(
                    activations.texts.size() == 3 && LSTM_ACTIVATIONS.containsAll(activations.texts),
                    "an LSTM has the activations " + activations.texts);
        }
        for (String name : List.of("activation_alpha", "activation_beta")) {
            Attribute given = node.attributes.get(name);
            require(given == null || given.reals <= 3, "an LSTM has too many activations");
        }
        require(node.inputs.size() == (eightBits ? 12 : 5), "an LSTM has " + node.inputs.size() + " inputs");
        require(node.outputs.size() == 2, "an LSTM has " + node.outputs.size() + " outputs");
        Tensor rows = tensor(node.inputs.get(0));
        requireFloats(node, rows);
        require(
                rows.rank() == 3
                        && rows.shape().get(0) != BATCH
                        && rows.shape().get(1) == BATCH
                        && rows.last() != BATCH,
                "an LSTM reads " + rows.shape());
        long steps = rows.shape().get(0);
        long features = rows.last();
        long gates = 4 * units;
        Tensor kernel = tensor(node.inputs.get(1));
        Tensor recurrent = tensor(node.inputs.get(2));
        if (eightBits) {
            require(
                    kernel.isConstant(OnnxGraph.INT8, 1L, features, gates)
                            && recurrent.isConstant(OnnxGraph.INT8, 1L, units, gates),
                    "an LSTM's weights are " + kernel.shape() + " and " + recurrent.shape());
            for (int i = 5; i < 8; i++) {
                require(node.inputs.get(i).isEmpty(), "an LSTM has a state to begin with");
            }
            for (int i = 8; i < 12; i++) {
                require(
                        tensor(node.inputs.get(i)).isConstant(i % 2 == 0 ? OnnxGraph.FLOAT : OnnxGraph.INT8, 1L, gates),
                        "an LSTM's scales have another shape");
            }
        } else {
            requireFloats(node, kernel);
            requireFloats(node, recurrent);
            require(
                    kernel.shape().equals(List.of(1L, gates, features))
                            && recurrent.shape().equals(List.of(1L, gates, units)),
                    "an LSTM's weights are " + kernel.shape() + " and " + recurrent.shape());
        }
        require(
                tensor(node.inputs.get(3)).isConstant(OnnxGraph.FLOAT, 1L, 2 * gates),
                "an LSTM's biases have another shape");
        String lengths = node.inputs.get(4);
        if (!lengths.isEmpty()) {
            Tensor words = tensor(lengths);
            require(
                    words.type() == OnnxGraph.INT32 && words.shape().equals(List.of(BATCH)),
                    "an LSTM's lengths are " + words.shape());
        }
        Tensor sequence = floats(List.of(steps, 1L, BATCH, units));
        long unused = size(sequence.shape());
        add(node.outputs.get(0), sequence);
        add(node.outputs.get(1), floats(List.of(1L, BATCH, units)));
    }
}
