package io.deepsentry.core.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph while it is built: operators joined by the names of the tensors between them (ONNX IR version 8,
 * operator set 17). Numbers of fields and types as in onnx.proto.
 */
final class OnnxGraph {
    /** What a missing optional input is called. */
    static final String NONE = "";
    /** The operators beyond ONNX that ONNX Runtime has. */
    static final String MICROSOFT = "com.microsoft";

    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT8 = 3;
    static final int INT32 = 6;
    static final int INT64 = 7;

    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 17;

    private final Proto graph = new Proto();
    private final Map<String, String> constants = new HashMap<>();
    private boolean beyondOnnx;
    private int named;

    OnnxGraph(String name) {
        this(name, 0);
    }

    /** @param named so many names are taken: for a graph that takes tensors over from another */
    OnnxGraph(String name, int named) {
        graph.text(2, name);
        this.named = named;
    }

    /** Takes the bytes of an input over from another graph. */
    void copyInput(byte[] input) {
        graph.bytes(11, input);
    }

    void copyConstant(byte[] constant) {
        graph.bytes(5, constant);
    }

    void copyNode(byte[] node, String domain) {
        graph.bytes(1, node);
        beyondOnnx |= !domain.isEmpty();
    }

    /** An operator's attributes, in ONNX's types. */
    static final class Attributes {
        private final Map<String, Proto> all = new LinkedHashMap<>();

        static Attributes none() {
            return new Attributes();
        }

        Attributes number(String name, long value) {
            all.put(name, new Proto().text(1, name).number(3, value).number(20, 2));
            return this;
        }

        Attributes real(String name, float value) {
            all.put(name, new Proto().text(1, name).real(2, value).number(20, 1));
            return this;
        }

        Attributes text(String name, String value) {
            all.put(name, new Proto().text(1, name).text(4, value).number(20, 3));
            return this;
        }

        Attributes numbers(String name, long... values) {
            Proto attribute = new Proto().text(1, name);
            for (long value : values) {
                attribute.number(8, value);
            }
            all.put(name, attribute.number(20, 7));
            return this;
        }

        Attributes reals(String name, List<Float> values) {
            Proto attribute = new Proto().text(1, name);
            values.forEach(value -> attribute.real(7, value));
            all.put(name, attribute.number(20, 6));
            return this;
        }

        Attributes texts(String name, List<String> values) {
            Proto attribute = new Proto().text(1, name);
            values.forEach(value -> attribute.text(9, value));
            all.put(name, attribute.number(20, 8));
            return this;
        }
    }

    /** The dimensions of an input or output after the batch. */
    void input(String name, int type, List<Integer> shape) {
        graph.message(11, valueInfo(name, type, shape));
    }

    void output(String name, int type, List<Integer> shape) {
        graph.message(12, valueInfo(name, type, shape));
    }

    private static Proto valueInfo(String name, int type, List<Integer> shape) {
        Proto dimensions = new Proto().message(1, new Proto().text(2, "batch"));
        shape.forEach(dimension -> dimensions.message(1, new Proto().number(1, dimension)));
        Proto tensor = new Proto().number(1, type).message(2, dimensions);
        return new Proto().text(1, name).message(2, new Proto().message(1, tensor));
    }

    /** An operator with one output that is needed. */
    String node(String operator, Attributes attributes, String... inputs) {
        String output = fresh(operator);
        node(operator, "", attributes, List.of(inputs), List.of(output));
        return output;
    }

    String node(String operator, String... inputs) {
        return node(operator, Attributes.none(), inputs);
    }

    void node(String operator, String domain, Attributes attributes, List<String> inputs, List<String> outputs) {
        List<byte[]> all = attributes.all.values().stream().map(Proto::toBytes).toList();
        node(operator, domain, all, inputs, outputs);
    }

    /** @param attributes each as it is in a file */
    void node(String operator, String domain, List<byte[]> attributes, List<String> inputs, List<String> outputs) {
        Proto node = new Proto();
        inputs.forEach(name -> node.text(1, name));
        outputs.forEach(name -> node.text(2, name));
        node.text(3, outputs.get(0)).text(4, operator);
        attributes.forEach(attribute -> node.bytes(5, attribute));
        if (!domain.isEmpty()) {
            node.text(7, domain);
            beyondOnnx = true;
        }
        graph.message(1, node);
    }

    /** A name that no other tensor has. */
    String fresh(String purpose) {
        return "/" + purpose + "_" + named++;
    }

    String floats(int[] shape, float[] values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(FLOAT, shape, raw.array());
    }

    String scalar(float value) {
        return floats(new int[0], new float[] {value});
    }

    String bytes(int type, int[] shape, byte[] values) {
        return constant(type, shape, values);
    }

    String integers(long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return constant(INT64, new int[] {values.length}, raw.array());
    }

    String id(int value) {
        return constant(
                INT32,
                new int[0],
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value)
                        .array());
    }

    private String constant(int type, int[] shape, byte[] raw) {
        // Small ones, such as axes, come again and again.
        String key = raw.length > 64 ? "" : type + java.util.Arrays.toString(shape) + java.util.Arrays.toString(raw);
        String known = constants.get(key);
        if (known != null) {
            return known;
        }
        String name = fresh("constant");
        Proto tensor = new Proto();
        for (int dimension : shape) {
            tensor.number(1, dimension);
        }
        graph.message(5, tensor.number(2, type).text(8, name).bytes(9, raw));
        if (!key.isEmpty()) {
            constants.put(key, name);
        }
        return name;
    }

    /** The whole model file. */
    byte[] toModel(Map<String, String> metadata) {
        Proto model = new Proto().number(1, IR_VERSION).text(2, "DeepSentry").message(7, graph);
        model.message(8, new Proto().text(1, "").number(2, OPERATOR_SET));
        if (beyondOnnx) {
            model.message(8, new Proto().text(1, MICROSOFT).number(2, 1));
        }
        metadata.forEach(
                (key, value) -> model.message(14, new Proto().text(1, key).text(2, value)));
        return model.toBytes();
    }
}
