package io.deepsentry.core.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Network;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Turns the configuration that Keras keeps in a model file into a network. */
final class KerasConfigReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final int majorVersion;

    KerasConfigReader(Path file, int majorVersion) {
        this.file = file;
        this.majorVersion = majorVersion;
    }

    /** The major version of Keras that a file says it was written by. */
    static int majorVersion(@Nullable String version) {
        return version != null && version.startsWith("3") ? 3 : 2;
    }

    JsonNode json(String what, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    "model file " + file + ": its " + what + " is not JSON: " + e.getOriginalMessage(), e);
        }
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
            builder.input(input(
                    first.path("config").path("name").asText("first") + "_input",
                    fixedShape("the first layer", shape),
                    integer));
        }
        requireSupported(StreamSupport.stream(layers.spliterator(), false));
        String last = builder.lastOutput();
        for (JsonNode layer : layers) {
            if (!isInput(layer)) {
                builder.add(layer(layer, builder.shapeOf(last).size()));
                last = builder.lastOutput();
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
                List<String> from = isInput(layer) ? List.of() : inbound(name, layer.path("inbound_nodes"), layers);
                inbound.put(name, from);
                from.forEach(reference -> open.add(layerOf(reference)));
            }
        }
        requireSupported(layers.values().stream().filter(layer -> inbound.containsKey(nameOf(layer))));
        return build(config.path("name").asText("model"), layers, inbound, outputs);
    }

    /**
     * Layers are taken in the file's order as far as what they need is there; what only makes masks in Keras 3 is
     * needed by none.
     */
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
                    int rank = builder.shapeOf(from.get(0)).size();
                    builder.add(layer(layer, rank), from.toArray(String[]::new));
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

    private List<String> inbound(String name, JsonNode nodes, Map<String, JsonNode> layers) {
        if (nodes.size() != 1) {
            throw problem("layer \"" + name + "\" is used " + nodes.size()
                    + " times, which is not supported; make a separate layer for each use");
        }
        List<String> references = new ArrayList<>();
        JsonNode node = nodes.get(0);
        if (node.isObject()) {
            for (JsonNode argument : node.path("args")) {
                addKerasTensors(argument, references);
            }
            requireNoArguments(name, node.path("kwargs"), layers);
        } else {
            for (JsonNode history : node) {
                references.add(reference(history));
                requireNoArguments(name, history.path(3), layers);
            }
        }
        if (references.isEmpty()) {
            throw problem("layer \"" + name + "\" has no input");
        }
        return references;
    }

    /**
     * What a layer is called with besides its inputs changes what it computes. Keras 3 keeps the masks that it hands on
     * by itself as such arguments, computed by operations that are no layers.
     */
    private void requireNoArguments(String layer, JsonNode arguments, Map<String, JsonNode> layers) {
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            JsonNode value = argument.getValue();
            boolean given = !value.isNull() && !(value.isBoolean() && !value.asBoolean());
            if (given && !(argument.getKey().equals("mask") && isMaskOperation(value, layers))) {
                throw problem("layer \"" + layer + "\" is called with " + argument.getKey() + " = " + shortened(value)
                        + ", which is not supported; a layer is called with its inputs only, and masks come from"
                        + " Embedding(mask_zero=True) and Masking");
            }
        }
    }

    /** Layers say their type of number, operations do not. */
    private static boolean isMaskOperation(JsonNode mask, Map<String, JsonNode> layers) {
        JsonNode source = layers.getOrDefault(
                mask.path("config").path("keras_history").path(0).asText(), MissingNode.getInstance());
        return !source.isMissingNode() && !source.path("config").has("dtype");
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
        return input(name, fixedShape("the input \"" + name + "\"", batchShape(layer.path("config"))), integer);
    }

    private InputLayer input(String name, List<Integer> shape, boolean integer) {
        try {
            return new InputLayer(name, shape, integer);
        } catch (IllegalArgumentException e) {
            throw new ModelException("model file " + file + ": " + e.getMessage(), e);
        }
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

    /** Every layer that is not supported is named in one message. */
    private void requireSupported(Stream<JsonNode> layers) {
        String problems = KerasLayerReader.problems(
                layers.filter(layer -> !isInput(layer)).toList(), majorVersion);
        if (!problems.isEmpty()) {
            throw problem(problems);
        }
    }

    private Layer layer(JsonNode layer, int rank) {
        try {
            return new KerasLayerReader(layer, majorVersion).layer(rank);
        } catch (IllegalArgumentException e) {
            throw new ModelException("model file " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isInput(JsonNode layer) {
        return "InputLayer".equals(layer.path("class_name").asText());
    }

    static String nameOf(JsonNode layer) {
        return layer.path("config").path("name").asText(layer.path("name").asText());
    }

    private static String layerOf(String reference) {
        int colon = reference.indexOf(':');
        return colon < 0 ? reference : reference.substring(0, colon);
    }

    static String shortened(JsonNode json) {
        String text = json.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private ModelException problem(String problem) {
        return new ModelException("model file " + file + ": " + problem);
    }
}
