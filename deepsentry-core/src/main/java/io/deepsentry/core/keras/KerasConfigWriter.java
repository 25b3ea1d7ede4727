package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.List;
import java.util.Locale;

/**
 * Writes a network as the configuration of a functional model as Keras 2 has it, and only the options whose values are not the same default in Keras 2 and
 * 3. Keras 3 reads it too; what it writes itself for models with masks it cannot.
 */
final class KerasConfigWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Network network;

    KerasConfigWriter(Network network) {
        this.network = network;
    }

    ObjectNode config() {
        ObjectNode config = JSON.objectNode();
        config.put("name", network.name());
        config.put("trainable", true);
        ArrayNode layers = config.putArray("layers");
        for (Network.Node node : network.nodes()) {
            ObjectNode added = layer(node.layer());
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
        } else if (layer instanceof Lstm lstm) {
            kind = "LSTM";
            putLstm(config, lstm);
        } else if (layer instanceof Bidirectional both) {
            kind = "Bidirectional";
            putBidirectional(config, both);
        } else if (layer instanceof Dense dense) {
            kind = "Dense";
            config.put("units", dense.units());
            config.put("activation", activation(dense.name(), dense.activation()));
            config.put("use_bias", dense.useBias());
        } else if (layer instanceof Dropout dropout) {
            kind = "Dropout";
            config.put("rate", dropout.rate());
        } else if (layer instanceof RepeatVector repeat) {
            kind = "RepeatVector";
            config.put("n", repeat.n());
        } else if (layer instanceof TimeDistributed distributed) {
            kind = "TimeDistributed";
            config.set("layer", inner(distributed.inner()));
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

    private void putLstm(ObjectNode config, Lstm lstm) {
        config.put("units", lstm.units());
        config.put("return_sequences", lstm.returnSequences());
        config.put("go_backwards", lstm.goBackwards());
        config.put("activation", activation(lstm.name(), lstm.activation()));
        config.put("recurrent_activation", activation(lstm.name(), lstm.recurrentActivation()));
        config.put("use_bias", lstm.useBias());
    }

    private void putBidirectional(ObjectNode config, Bidirectional both) {
        config.set("layer", inner(both.forward()));
        if (!both.equals(Bidirectional.of(both.name(), both.forward(), both.mergeMode()))) {
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

    private static String activation(String layer, Activation activation) {
        if (activation == Activation.HARD_SIGMOID || activation == Activation.HARD_SIGMOID_SIXTH) {
            throw new ModelException(
                    "layer \"" + layer + "\" has the activation " + activation
                            + ", which Keras 2 and 3 understand differently, so no file can be written that both read the same");
        }
        return activation.name().toLowerCase(Locale.ROOT);
    }
}
