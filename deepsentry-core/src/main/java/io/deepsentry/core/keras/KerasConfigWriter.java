package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.ActivationLayer;
import io.deepsentry.core.nn.Add;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.GaussianNoise;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.LayerNormalization;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Recurrent;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes a network as the configuration of a functional model as Keras 2 has it, and only the options whose values are
 * not the same default in Keras 2 and 3. Keras 3 reads it too; what it writes itself for models with masks it cannot.
 */
final class KerasConfigWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Who is to understand a file alike. */
    enum Readers {
        KERAS_2_AND_3,
        KERAS_2,
        KERAS_3
    }

    private final Network network;
    private final Readers readers;

    KerasConfigWriter(Network network, Readers readers) {
        this.network = network;
        this.readers = readers;
    }

    ObjectNode config() {
        ObjectNode config = JSON.objectNode();
        config.put("name", network.name());
        config.put("trainable", true);
        ArrayNode layers = config.putArray("layers");
        for (Network.Node node : network.nodes()) {
            ObjectNode added = layer(node.layer());
            if (node.layer() instanceof Add add) {
                requireAlikeMasks(add, node.inbound());
            }
            layers.add(added);
            added.put("name", node.layer().name());
            ArrayNode inbound = added.putArray("inbound_nodes");
            if (!node.inbound().isEmpty()) {
                ArrayNode references = inbound.addArray();
                node.inbound().forEach(from -> references.add(history(from).add(JSON.objectNode())));
            }
        }
        config.putArray("input_layers").add(history(network.input().name()));
        ArrayNode outputs = config.putArray("output_layers");
        network.outputs().forEach(output -> outputs.add(history(output)));
        ObjectNode model = JSON.objectNode();
        model.put("class_name", "Functional");
        model.set("config", config);
        return model;
    }

    private static ArrayNode history(String reference) {
        int colon = reference.indexOf(':');
        ArrayNode history = JSON.arrayNode();
        history.add(colon < 0 ? reference : reference.substring(0, colon));
        history.add(0);
        history.add(colon < 0 ? 0 : Integer.parseInt(reference.substring(colon + 1)));
        return history;
    }

    private ObjectNode layer(Layer layer) {
        ObjectNode written = JSON.objectNode();
        ObjectNode config = JSON.objectNode();
        config.put("name", layer.name());
        config.put("dtype", layer instanceof InputLayer input && input.integer() ? "int32" : "float32");
        String kind;
        if (layer instanceof InputLayer input) {
            kind = "InputLayer";
            ArrayNode shape = config.putArray("batch_input_shape").addNull();
            input.shape().forEach(shape::add);
        } else if (layer instanceof Embedding embedding) {
            kind = "Embedding";
            config.put("input_dim", embedding.words());
            config.put("output_dim", embedding.size());
            config.put("mask_zero", embedding.maskZero());
        } else if (layer instanceof Recurrent recurrent) {
            kind = recurrent instanceof Gru ? "GRU" : "LSTM";
            putRecurrent(config, recurrent);
        } else if (layer instanceof Bidirectional both) {
            kind = "Bidirectional";
            putBidirectional(config, both);
        } else if (layer instanceof Dense dense) {
            kind = "Dense";
            config.put("units", dense.units());
            config.put("activation", activation(dense.name(), dense.activation()));
            config.put("use_bias", dense.useBias());
        } else if (layer instanceof ActivationLayer activation) {
            kind = "Activation";
            config.put("activation", activation(activation.name(), activation.activation()));
        } else if (layer instanceof Dropout dropout) {
            kind = switch (dropout.kind()) {
                case VALUES -> "Dropout";
                case FEATURES -> "SpatialDropout1D";
                case GAUSSIAN -> "GaussianDropout";
                case ALPHA -> "AlphaDropout";
            };
            config.put("rate", dropout.rate());
        } else if (layer instanceof GaussianNoise noise) {
            kind = "GaussianNoise";
            config.put("stddev", noise.stddev());
        } else if (layer instanceof LayerNormalization normalization) {
            kind = "LayerNormalization";
            config.put("axis", -1);
            config.put("epsilon", normalization.epsilon());
            config.put("center", normalization.center());
            config.put("scale", normalization.scale());
        } else if (layer instanceof RepeatVector repeat) {
            kind = "RepeatVector";
            config.put("n", repeat.n());
        } else if (layer instanceof TimeDistributed distributed) {
            kind = "TimeDistributed";
            config.set("layer", inner(distributed.inner()));
        } else if (layer instanceof Add) {
            kind = "Add";
        } else if (layer instanceof Concatenate) {
            kind = "Concatenate";
            config.put("axis", -1);
        } else if (layer instanceof Cropping1D cropping) {
            kind = "Cropping1D";
            putSides(config, "cropping", cropping.before(), cropping.after());
        } else if (layer instanceof ZeroPadding1D padding) {
            kind = "ZeroPadding1D";
            putSides(config, "padding", padding.before(), padding.after());
        } else {
            kind = "Masking";
            config.put("mask_value", ((Masking) layer).value());
        }
        written.put("class_name", kind);
        written.set("config", config);
        return written;
    }

    private void putRecurrent(ObjectNode config, Recurrent recurrent) {
        config.put("units", recurrent.units());
        config.put("return_sequences", recurrent.returnSequences());
        config.put("go_backwards", recurrent.goBackwards());
        config.put("use_bias", recurrent.useBias());
        if (recurrent instanceof Lstm lstm) {
            config.put("activation", activation(lstm.name(), lstm.activation()));
            config.put("recurrent_activation", activation(lstm.name(), lstm.recurrentActivation()));
        } else if (recurrent instanceof Gru gru) {
            config.put("activation", activation(gru.name(), gru.activation()));
            config.put("recurrent_activation", activation(gru.name(), gru.recurrentActivation()));
            config.put("reset_after", gru.resetAfter());
        }
    }

    private void putBidirectional(ObjectNode config, Bidirectional both) {
        config.set("layer", inner(both.forward()));
        // Keras 3 lets a backward layer of its own making read backwards, whatever the forward one does.
        if (both.forward().goBackwards()
                || !both.equals(Bidirectional.of(both.name(), both.forward(), both.mergeMode()))) {
            config.set("backward_layer", inner(both.backward()));
        }
        if (both.mergeMode() == MergeMode.NONE) {
            config.putNull("merge_mode");
        } else {
            config.put("merge_mode", both.mergeMode().name().toLowerCase(Locale.ROOT));
        }
    }

    /** A layer within another, which Keras 3 finds only with its module. */
    private ObjectNode inner(Layer layer) {
        ObjectNode written = layer(layer);
        written.put("module", "keras.layers");
        written.putNull("registered_name");
        return written;
    }

    private static void putSides(ObjectNode config, String field, int before, int after) {
        ArrayNode sides = config.putArray(field);
        List.of(before, after).forEach(sides::add);
    }

    private String activation(String layer, Activation activation) {
        boolean alike =
                switch (activation) {
                    case HARD_SIGMOID -> readers == Readers.KERAS_2;
                    case HARD_SIGMOID_SIXTH -> readers == Readers.KERAS_3;
                    default -> true;
                };
        if (!alike) {
            throw new ModelException("layer \"" + layer + "\" has the activation " + activation
                    + ", which Keras 2 and 3 understand differently, so "
                    + refusal(activation == Activation.HARD_SIGMOID_SIXTH));
        }
        return activation == Activation.HARD_SIGMOID_SIXTH || activation == Activation.HARD_SIGMOID
                ? "hard_sigmoid"
                : activation.name().toLowerCase(Locale.ROOT);
    }

    private String refusal(boolean asKeras3) {
        return readers == Readers.KERAS_3
                ? "a .keras file, which is read by Keras 3, cannot hold it"
                : "no .h5 file can be written that both read the same"
                        + (asKeras3 ? "; write a .keras file, which Keras 3 reads" : "");
    }

    /** Keras 2 and 3 join masks differently, except where all are the same or there are none. */
    private void requireAlikeMasks(Add add, List<String> inbound) {
        Set<Optional<String>> origins = inbound.stream().map(network::maskOf).collect(Collectors.toSet());
        boolean understood = readers == (add.masks() == Add.Masks.ANY ? Readers.KERAS_3 : Readers.KERAS_2);
        if (origins.size() > 1 && !understood) {
            throw new ModelException("layer \"" + add.name() + "\" adds inputs of different masks as "
                    + (add.masks() == Add.Masks.ANY ? "Keras 3" : "Keras 2")
                    + " does, which Keras 2 and 3 do differently, so " + refusal(add.masks() == Add.Masks.ANY));
        }
    }
}
