package io.deepsentry.core.nn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.deepsentry.core.ModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The architecture of a network: its layers and how they are joined, without weights. One input, one or more outputs,
 * no loops.
 *
 * <p>An output of a layer is referred to by the layer's name, the second output of a {@link Bidirectional} with {@link
 * MergeMode#NONE} by {@code name:1}. Immutable, equal by content, safe for use by several threads.
 */
public final class Network {
    /**
     * A layer at its place.
     *
     * @param layer what is computed
     * @param inbound the outputs it is computed from, such as {@code embedding} or {@code bidirectional:1}; empty for
     *     the input
     */
    public record Node(Layer layer, List<String> inbound) {
        public Node {
            inbound = List.copyOf(inbound);
        }
    }

    private final String name;
    private final InputLayer input;
    private final Map<String, Node> nodes;
    private final Map<String, List<Integer>> shapes;
    /** By layer; layers whose steps all count are left out. */
    private final Map<String, String> masks;

    private final List<String> outputs;

    private Network(
            String name,
            InputLayer input,
            Map<String, Node> nodes,
            Map<String, List<Integer>> shapes,
            Map<String, String> masks,
            List<String> outputs) {
        this.name = name;
        this.input = input;
        this.nodes = Collections.unmodifiableMap(nodes);
        this.shapes = shapes;
        this.masks = masks;
        this.outputs = List.copyOf(outputs);
    }

    /**
     * Creates a builder of a network.
     *
     * @param name the name of the network
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** {@return the name of the network} */
    public String name() {
        return name;
    }

    /** {@return the layer that takes the input} */
    public InputLayer input() {
        return input;
    }

    /** {@return all layers: the input first, each after those it is computed from} */
    public List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    /** {@return the outputs by reference, such as {@code dense} or {@code bidirectional:1}} */
    public List<String> outputs() {
        return outputs;
    }

    /**
     * {@return the layer of that name, or null if there is none}
     *
     * @param layerName the name of a layer
     */
    public @Nullable Layer layer(String layerName) {
        Node node = nodes.get(layerName);
        return node == null ? null : node.layer();
    }

    /**
     * {@return the shape of a layer's output without the batch}
     *
     * @param reference an output, as {@code layer} or {@code layer:index}
     * @throws IllegalArgumentException if there is no such output
     */
    public List<Integer> shapeOf(String reference) {
        List<Integer> shape = shapes.get(canonical(reference));
        if (shape == null) {
            throw new IllegalArgumentException(
                    "network \"" + name + "\" has no output \"" + reference + "\"; it has " + shapes.keySet());
        }
        return shape;
    }

    /**
     * {@return where the mask of an output comes from} Equal texts mean the same mask; empty means that every step
     * counts.
     *
     * @param reference an output, as {@code layer} or {@code layer:index}
     * @throws IllegalArgumentException if there is no such output
     */
    public Optional<String> maskOf(String reference) {
        List<Integer> unused = shapeOf(reference);
        return Optional.ofNullable(masks.get(layerOf(reference)));
    }

    private static String layerOf(String reference) {
        int colon = reference.indexOf(':');
        return colon < 0 ? reference : reference.substring(0, colon);
    }

    /**
     * {@return whether an output or a layer is computed from this output of a layer}
     *
     * @param reference an output, as {@code layer} or {@code layer:index}
     */
    public boolean uses(String reference) {
        return outputs.contains(reference)
                || nodes.values().stream().anyMatch(node -> node.inbound().contains(reference));
    }

    /** The weights each layer needs, in Keras' order; layers without are left out. */
    Map<String, List<LayerWeight>> weights() {
        Map<String, List<LayerWeight>> all = new LinkedHashMap<>();
        for (Node node : nodes.values()) {
            if (node.inbound().isEmpty()) {
                continue;
            }
            List<LayerWeight> own =
                    LayerWeight.of(node.layer(), shapeOf(node.inbound().get(0)));
            if (!own.isEmpty()) {
                all.put(node.layer().name(), own);
            }
        }
        return all;
    }

    /** {@return the shapes of all weights by layer and name, in Keras' order; layers without weights are left out} */
    public Map<String, Map<String, List<Integer>>> weightShapes() {
        Map<String, Map<String, List<Integer>>> all = new LinkedHashMap<>();
        weights().forEach((layer, weights) -> {
            Map<String, List<Integer>> shapes = new LinkedHashMap<>();
            weights.forEach(weight -> shapes.put(weight.name(), weight.shape()));
            all.put(layer, shapes);
        });
        return all;
    }

    /** {@code name:0} is the same as {@code name}. */
    static String canonical(String reference) {
        return reference.endsWith(":0") ? reference.substring(0, reference.length() - 2) : reference;
    }

    /**
     * {@return the length of a shape: the product of its dimensions}
     *
     * @param shape the dimensions
     */
    public static int length(List<Integer> shape) {
        int length = 1;
        for (int dimension : shape) {
            length = Math.multiplyExact(length, dimension);
        }
        return length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network network
                && name.equals(network.name)
                && nodes.equals(network.nodes)
                && outputs.equals(network.outputs);
    }

    @Override
    public int hashCode() {
        return nodes.hashCode();
    }

    @Override
    public String toString() {
        return "Network[" + name + ", " + nodes.values() + " -> " + outputs + "]";
    }

    /** Joins layers to a network. For one thread. */
    public static final class Builder {
        private final String name;
        private @Nullable InputLayer input;
        private final Map<String, Node> nodes = new LinkedHashMap<>();
        private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        private final Map<String, String> masks = new HashMap<>();
        private final List<String> outputs = new ArrayList<>();

        private Builder(String name) {
            this.name = name;
        }

        /**
         * The input, once and first.
         *
         * @param layer the layer
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder input(InputLayer layer) {
            if (input != null) {
                throw new ModelException("network \"" + name + "\" has one input, \"" + input.name()
                        + "\", and cannot take another, \"" + layer.name() + "\"");
            }
            input = layer;
            nodes.put(layer.name(), new Node(layer, List.of()));
            shapes.put(layer.name(), layer.shape());
            return this;
        }

        /**
         * A layer on top of outputs that are there already; without any, on top of the first output of the layer added
         * last.
         *
         * @param layer the layer
         * @param inbound the outputs it takes; none means that of the layer added before
         * @return this builder
         * @throws ModelException if the name is taken, an input is missing or has a shape that the layer cannot take
         */
        @CanIgnoreReturnValue
        public Builder add(Layer layer, String... inbound) {
            if (input == null) {
                throw new ModelException(
                        "network \"" + name + "\": the input comes before layer \"" + layer.name() + "\"");
            }
            if (layer instanceof InputLayer) {
                throw new ModelException("network \"" + name + "\" has one input, \"" + input.name()
                        + "\", and cannot take another, \"" + layer.name() + "\"");
            }
            if (nodes.containsKey(layer.name())) {
                throw new ModelException("network \"" + name + "\" has two layers named \"" + layer.name() + "\"");
            }
            List<String> from = new ArrayList<>();
            if (inbound.length == 0) {
                from.add(lastOutput());
            }
            for (String reference : inbound) {
                from.add(canonical(reference));
            }
            List<List<Integer>> inputShapes = new ArrayList<>();
            for (String reference : from) {
                List<Integer> shape = shapes.get(reference);
                if (shape == null) {
                    throw new ModelException("network \"" + name + "\": layer \"" + layer.name() + "\" needs \""
                            + reference + "\", which is not there; before it are " + shapes.keySet());
                }
                inputShapes.add(shape);
            }
            if (layer instanceof Embedding != (input.integer() && from.equals(List.of(input.name())))) {
                throw new ModelException("network \"" + name + "\": "
                        + (layer instanceof Embedding
                                ? "layer \"" + layer.name() + "\" looks up ids and needs an input of ids, but has "
                                        + from
                                : "the input of ids needs an Embedding, but layer \"" + layer.name() + "\" is a "
                                        + layer.getClass().getSimpleName()));
            }
            List<Integer> shape = Shapes.of(name, layer, inputShapes);
            requireCountable(layer, shape);
            List<@Nullable String> inputMasks = new ArrayList<>();
            from.forEach(reference -> inputMasks.add(masks.get(layerOf(reference))));
            String mask = Masks.of(layer, inputMasks);
            if (mask != null) {
                masks.put(layer.name(), mask);
            }
            // One of the two where they mean the same, so that what is read from either format is equal.
            boolean sameMasks = new HashSet<>(inputMasks).size() == 1;
            Layer added = layer instanceof Add && sameMasks ? new Add(layer.name(), Add.Masks.ALL) : layer;
            nodes.put(layer.name(), new Node(added, from));
            shapes.put(layer.name(), shape);
            if (layer instanceof Bidirectional both && both.mergeMode() == MergeMode.NONE) {
                shapes.put(layer.name() + ":1", Shapes.of(name, both.backward(), inputShapes));
            }
            return this;
        }

        /**
         * {@return the shape without the batch of an output that is there already}
         *
         * @param reference an output, as {@code layer} or {@code layer:index}
         * @throws IllegalArgumentException if there is no such output
         */
        public List<Integer> shapeOf(String reference) {
            List<Integer> shape = shapes.get(canonical(reference));
            if (shape == null) {
                throw new IllegalArgumentException("network \"" + name + "\" has no output \"" + reference
                        + "\" so far; it has " + shapes.keySet());
            }
            return shape;
        }

        /** {@return the first output of the layer added last, by reference} */
        public String lastOutput() {
            return new ArrayList<>(nodes.keySet()).get(nodes.size() - 1);
        }

        /**
         * Sets what the network gives. Without it, that is the first output of the layer added last.
         *
         * @param references the outputs
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder output(String... references) {
            for (String reference : references) {
                outputs.add(canonical(reference));
            }
            return this;
        }

        /**
         * {@return the network}
         *
         * @throws ModelException if there is no input, an output is missing or a layer leads to none
         */
        public Network build() {
            if (input == null) {
                throw new ModelException("network \"" + name + "\" has no input");
            }
            if (outputs.isEmpty()) {
                outputs.add(lastOutput());
            }
            Set<String> used = new LinkedHashSet<>();
            for (String reference : outputs) {
                if (!shapes.containsKey(reference)) {
                    throw new ModelException(
                            "network \"" + name + "\" has no output \"" + reference + "\"; it has " + shapes.keySet());
                }
                used.add(layerOf(reference));
            }
            for (Node node : nodes.values()) {
                node.inbound().forEach(reference -> used.add(layerOf(reference)));
            }
            for (String layer : nodes.keySet()) {
                if (!used.contains(layer)) {
                    throw new ModelException("network \"" + name + "\": layer \"" + layer + "\" leads to no output");
                }
            }
            return new Network(name, input, new LinkedHashMap<>(nodes), Map.copyOf(shapes), Map.copyOf(masks), outputs);
        }

        private void requireCountable(Layer layer, List<Integer> shape) {
            long length = 1;
            for (int dimension : shape) {
                length *= dimension;
                if (length > Integer.MAX_VALUE) {
                    throw new ModelException("network \"" + name + "\": layer \"" + layer.name()
                            + "\" gives an output of shape " + shape + ", which is too large");
                }
            }
        }
    }
}
