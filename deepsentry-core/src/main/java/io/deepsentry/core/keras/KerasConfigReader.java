package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the configuration that Keras keeps in a model file into a network. */
final class KerasConfigReader {
    private static final String SUPPORTED =
            "InputLayer, Embedding, LSTM, Bidirectional(LSTM), Dense, Dropout, RepeatVector,"
                    + " TimeDistributed(Dense), Concatenate, Cropping1D, ZeroPadding1D and Masking";

    private final Path file;
    private final int majorVersion;

    KerasConfigReader(Path file, int majorVersion) {
        this.file = file;
        this.majorVersion = majorVersion;
    }

    Network network(JsonNode model) {
        String kind = model.path("class_name").asText();
        JsonNode config = model.path("config");
        return switch (kind) {
            case "Sequential" -> sequential(config);
            case "Functional", "Model" -> functional(config);
            default ->
                throw new ModelException("model file " + file + ": a model of class \"" + kind
                        + "\" is not supported; Sequential and Functional are");
        };
    }

    private Network sequential(JsonNode config) {
        JsonNode layers = config.isArray() ? config : config.path("layers");
        if (layers.isEmpty()) {
            throw problem("the sequential model has no layers");
        }
        String name = config.path("name").asText("sequential");
        Network.Builder builder = Network.builder(name);
        JsonNode first = layers.get(0);
        boolean integer = "Embedding"
                .equals((layers.size() > 1 && isInput(first) ? layers.get(1) : first)
                        .path("class_name")
                        .asText());
        if (isInput(first)) {
            builder.input(input(first, integer));
        } else {
            JsonNode shape = batchShape(first.path("config"));
            builder.input(new InputLayer(
                    first.path("config").path("name").asText("first") + "_input",
                    fixedShape("the first layer", shape),
                    integer));
        }
        for (JsonNode layer : layers) {
            if (!isInput(layer)) {
                builder.add(layer(layer));
            }
        }
        return builder.build();
    }

    private Network functional(JsonNode config) {
        Map<String, JsonNode> layers = new LinkedHashMap<>();
        for (JsonNode layer : config.path("layers")) {
            layers.put(nameOf(layer), layer);
        }
        List<String> inputs = references(config.path("input_layers"));
        List<String> outputs = references(config.path("output_layers"));
        if (inputs.size() != 1) {
            throw problem("a model of one input is supported, but it has " + inputs);
        }
        Map<String, List<String>> inbound = new LinkedHashMap<>();
        Set<String> needed = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        outputs.forEach(output -> open.add(layerOf(output)));
        while (!open.isEmpty()) {
            String name = open.remove();
            JsonNode layer = layers.get(name);
            if (layer == null) {
                throw problem("layer \"" + name + "\" is referred to, but not there");
            }
            if (needed.add(name)) {
                List<String> from = isInput(layer) ? List.of() : inbound(name, layer.path("inbound_nodes"));
                inbound.put(name, from);
                from.forEach(reference -> open.add(layerOf(reference)));
            }
        }
        return build(config.path("name").asText("model"), layers, inbound, outputs);
    }

    /** Layers are taken in the file's order as far as what they need is there; what only makes masks in Keras 3 is needed by none. */
    private Network build(
            String name, Map<String, JsonNode> layers, Map<String, List<String>> inbound, List<String> outputs) {
        Network.Builder builder = Network.builder(name);
        Set<String> added = new HashSet<>();
        List<String> left = new ArrayList<>(layers.keySet());
        left.removeIf(layer -> !inbound.containsKey(layer));
        while (!left.isEmpty()) {
            int before = left.size();
            for (String layerName : List.copyOf(left)) {
                List<String> from = inbound.getOrDefault(layerName, List.of());
                if (!added.containsAll(
                        from.stream().map(KerasConfigReader::layerOf).toList())) {
                    continue;
                }
                JsonNode layer = layers.getOrDefault(layerName, MissingNode.getInstance());
                if (isInput(layer)) {
                    builder.input(input(layer, feedsEmbedding(layerName, layers, inbound)));
                } else {
                    builder.add(layer(layer), from.toArray(String[]::new));
                }
                added.add(layerName);
                left.remove(layerName);
            }
            if (left.size() == before) {
                throw problem("the layers " + left + " depend on each other in a circle");
            }
        }
        return builder.output(outputs.toArray(String[]::new)).build();
    }

    private static boolean feedsEmbedding(
            String input, Map<String, JsonNode> layers, Map<String, List<String>> inbound) {
        return inbound.entrySet().stream()
                .anyMatch(layer -> layer.getValue().contains(input)
                        && "Embedding"
                                .equals(layers.getOrDefault(layer.getKey(), MissingNode.getInstance())
                                        .path("class_name")
                                        .asText()));
    }

    /** {@code ["name", 0, 0]} or a list of such. */
    private List<String> references(JsonNode json) {
        List<String> references = new ArrayList<>();
        if (json.isArray() && json.size() == 3 && json.get(0).isTextual()) {
            references.add(reference(json));
        } else {
            for (JsonNode one : json) {
                references.add(reference(one));
            }
        }
        return references;
    }

    private String reference(JsonNode history) {
        if (!history.isArray() || history.size() < 3 || !history.get(0).isTextual()) {
            throw problem("a reference to a layer's output is malformed: " + shortened(history));
        }
        if (history.get(1).asInt() != 0) {
            throw problem("layer \"" + history.get(0).asText() + "\" is used more than once, which is not supported");
        }
        int output = history.get(2).asInt();
        return output == 0 ? history.get(0).asText() : history.get(0).asText() + ":" + output;
    }

    private List<String> inbound(String name, JsonNode nodes) {
        if (nodes.size() != 1) {
            throw problem("layer \"" + name + "\" is used " + nodes.size() + " times; once is supported");
        }
        List<String> references = new ArrayList<>();
        JsonNode node = nodes.get(0);
        if (node.isObject()) {
            for (JsonNode argument : node.path("args")) {
                addKerasTensors(argument, references);
            }
        } else {
            for (JsonNode history : node) {
                references.add(reference(history));
            }
        }
        if (references.isEmpty()) {
            throw problem("layer \"" + name + "\" has no input");
        }
        return references;
    }

    private void addKerasTensors(JsonNode argument, List<String> references) {
        if (argument.isArray()) {
            argument.forEach(one -> addKerasTensors(one, references));
        } else if ("__keras_tensor__".equals(argument.path("class_name").asText())) {
            references.add(reference(argument.path("config").path("keras_history")));
        } else {
            throw problem("an input of a layer is not another layer's output: " + shortened(argument));
        }
    }

    private InputLayer input(JsonNode layer, boolean integer) {
        String name = nameOf(layer);
        return new InputLayer(
                name, fixedShape("the input \"" + name + "\"", batchShape(layer.path("config"))), integer);
    }

    private static JsonNode batchShape(JsonNode config) {
        return config.has("batch_shape") ? config.path("batch_shape") : config.path("batch_input_shape");
    }

    private List<Integer> fixedShape(String what, JsonNode batchShape) {
        if (batchShape.size() < 2) {
            throw problem(what + " has no shape; give the model an Input of a fixed shape");
        }
        List<Integer> shape = new ArrayList<>();
        for (int i = 1; i < batchShape.size(); i++) {
            if (!batchShape.get(i).isInt() || batchShape.get(i).asInt() < 1) {
                throw problem(what + " has the shape " + batchShape
                        + ", but only the batch may be open; give the model an Input of a fixed length");
            }
            shape.add(batchShape.get(i).asInt());
        }
        return shape;
    }

    private Layer layer(JsonNode layer) {
        try {
            return new LayerConfig(layer).layer();
        } catch (IllegalArgumentException e) {
            throw new ModelException("model file " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isInput(JsonNode layer) {
        return "InputLayer".equals(layer.path("class_name").asText());
    }

    private static String nameOf(JsonNode layer) {
        return layer.path("config").path("name").asText(layer.path("name").asText());
    }

    private static String layerOf(String reference) {
        int colon = reference.indexOf(':');
        return colon < 0 ? reference : reference.substring(0, colon);
    }

    private static String shortened(JsonNode json) {
        String text = json.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private ModelException problem(String problem) {
        return new ModelException("model file " + file + ": " + problem);
    }

    /** One layer's configuration. */
    private final class LayerConfig {
        private final String kind;
        private final String name;
        private final JsonNode config;

        LayerConfig(JsonNode layer) {
            this.kind = layer.path("class_name").asText();
            this.config = layer.path("config");
            this.name = nameOf(layer);
        }

        Layer layer() {
            requireFloat32();
            return switch (kind) {
                case "Embedding" ->
                    new Embedding(name, integer("input_dim"), integer("output_dim"), flag("mask_zero", false));
                case "LSTM" -> {
                    requireOff("zero_output_for_mask");
                    yield lstm();
                }
                case "Bidirectional" -> bidirectional();
                case "Dense" -> new Dense(name, integer("units"), activation("activation"), flag("use_bias", true));
                case "Dropout" -> new Dropout(name, config.path("rate").asDouble());
                case "RepeatVector" -> new RepeatVector(name, integer("n"));
                case "TimeDistributed" -> timeDistributed();
                case "Concatenate" -> concatenate();
                case "Cropping1D" -> {
                    int[] sides = sides("cropping");
                    yield new Cropping1D(name, sides[0], sides[1]);
                }
                case "ZeroPadding1D" -> {
                    int[] sides = sides("padding");
                    yield new ZeroPadding1D(name, sides[0], sides[1]);
                }
                case "Masking" -> new Masking(name, config.path("mask_value").asDouble());
                default ->
                    throw new ModelException("model file " + file + ": layer \"" + name + "\" of class \"" + kind
                            + "\" is not supported; supported are " + SUPPORTED);
            };
        }

        private Lstm lstm() {
            requireOff("stateful");
            requireOff("return_state");
            requireOff("time_major");
            return new Lstm(
                    name,
                    integer("units"),
                    flag("return_sequences", false),
                    flag("go_backwards", false),
                    activation("activation"),
                    activation("recurrent_activation"),
                    flag("use_bias", true));
        }

        private Bidirectional bidirectional() {
            Lstm forward = inner("layer");
            Lstm backward = config.hasNonNull("backward_layer")
                    ? inner("backward_layer")
                    : Bidirectional.of(name, forward, MergeMode.NONE).backward();
            JsonNode mode = config.path("merge_mode");
            MergeMode mergeMode =
                    switch (mode.isMissingNode() ? "concat" : mode.asText()) {
                        case "concat" -> MergeMode.CONCAT;
                        case "sum" -> MergeMode.SUM;
                        case "mul" -> MergeMode.MUL;
                        case "ave" -> MergeMode.AVE;
                        case "null" -> MergeMode.NONE;
                        default -> throw unsupported("merge_mode", mode.asText(), "concat, sum, mul, ave and null");
                    };
            return new Bidirectional(name, forward, backward, mergeMode);
        }

        private Lstm inner(String field) {
            LayerConfig inner = new LayerConfig(config.path(field));
            if (!inner.kind.equals("LSTM")) {
                throw unsupported(field, inner.kind, "LSTM");
            }
            return inner.lstm();
        }

        private TimeDistributed timeDistributed() {
            LayerConfig inner = new LayerConfig(config.path("layer"));
            if (!inner.kind.equals("Dense")) {
                throw unsupported("layer", inner.kind, "Dense");
            }
            return new TimeDistributed(name, inner.layer());
        }

        private Concatenate concatenate() {
            int axis = config.path("axis").asInt(-1);
            if (axis != -1) {
                throw unsupported("axis", Integer.toString(axis), "-1");
            }
            return new Concatenate(name);
        }

        private int[] sides(String field) {
            JsonNode sides = config.path(field);
            if (sides.isInt()) {
                return new int[] {sides.asInt(), sides.asInt()};
            }
            if (sides.size() != 2 || !sides.get(0).isInt() || !sides.get(1).isInt()) {
                throw unsupported(field, shortened(sides), "two whole numbers");
            }
            return new int[] {sides.get(0).asInt(), sides.get(1).asInt()};
        }

        private int integer(String field) {
            JsonNode value = config.path(field);
            if (!value.canConvertToInt() || !value.isIntegralNumber()) {
                throw unsupported(field, shortened(value), "a whole number");
            }
            return value.asInt();
        }

        private boolean flag(String field, boolean missing) {
            return config.path(field).asBoolean(missing);
        }

        private void requireOff(String field) {
            if (flag(field, false)) {
                throw unsupported(field, "true", "false");
            }
        }

        private void requireFloat32() {
            JsonNode dtype = config.path("dtype");
            @Nullable
            String type = dtype.isObject()
                    ? dtype.path("config").path("name").asText()
                    : dtype.isTextual() ? dtype.asText() : null;
            if (type != null && !type.equals("float32")) {
                throw unsupported("dtype", type, "float32");
            }
        }

        private Activation activation(String field) {
            JsonNode value = config.path(field);
            return switch (value.asText()) {
                case "linear" -> Activation.LINEAR;
                case "tanh" -> Activation.TANH;
                case "sigmoid" -> Activation.SIGMOID;
                case "relu" -> Activation.RELU;
                case "softmax" -> Activation.SOFTMAX;
                case "hard_sigmoid" -> majorVersion == 3 ? Activation.HARD_SIGMOID_SIXTH : Activation.HARD_SIGMOID;
                default ->
                    throw unsupported(field, shortened(value), "linear, tanh, sigmoid, relu, softmax and hard_sigmoid");
            };
        }

        private ModelException unsupported(String option, String value, String supported) {
            return new ModelException("model file " + file + ": layer \"" + name + "\" of class \"" + kind + "\" has "
                    + option + " = " + value + ", which is not supported; supported is " + supported);
        }
    }
}
