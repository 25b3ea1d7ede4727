package io.deepsentry.core.keras;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.LayerNormalization;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Recurrent;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of the configuration of a model. What is wrong with it ends in an {@link IllegalArgumentException} that
 * names the layer.
 */
final class KerasLayerReader {
    private static final String SUPPORTED =
            "InputLayer, Embedding, LSTM, GRU, Bidirectional (of LSTM or GRU), Dense, Activation, Dropout,"
                    + " SpatialDropout1D, GaussianDropout, AlphaDropout, GaussianNoise, LayerNormalization,"
                    + " RepeatVector, TimeDistributed (of Dense, Activation, Dropout or LayerNormalization), Add,"
                    + " Concatenate, Cropping1D, ZeroPadding1D and Masking";

    private static final String ACTIVATIONS =
            "linear, tanh, sigmoid, relu, softmax, hard_sigmoid, softplus, softsign, elu, selu, gelu, swish (silu),"
                    + " mish and exponential";

    private final int majorVersion;
    private final String kind;
    private final String name;
    private final JsonNode config;

    KerasLayerReader(JsonNode layer, int majorVersion) {
        this.majorVersion = majorVersion;
        this.kind = layer.path("class_name").asText();
        this.config = layer.path("config");
        this.name = KerasConfigReader.nameOf(layer);
    }

    /** What is wrong with layers by themselves, whatever their inputs, all in one text; empty if nothing is. */
    static String problems(Iterable<JsonNode> layers, int majorVersion) {
        List<String> unknown = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (JsonNode layer : layers) {
            KerasLayerReader reader = new KerasLayerReader(layer, majorVersion);
            try {
                Layer unused = reader.layer(0);
            } catch (UnknownKind e) {
                unknown.add(e.getMessage());
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
            }
        }
        if (!unknown.isEmpty()) {
            problems.add(0, String.join(", ", unknown) + "; supported are " + SUPPORTED);
        }
        return String.join("; ", problems);
    }

    /** Nothing is known of layers of this class. */
    private static final class UnknownKind extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        UnknownKind(String message) {
            super(message);
        }
    }

    /**
     * The layer.
     *
     * @param rank how many dimensions its input has besides the batch; 0 if that is not known yet
     */
    Layer layer(int rank) {
        requireFloat32();
        return switch (kind) {
            case "Embedding" ->
                new Embedding(name, integer("input_dim"), integer("output_dim"), flag("mask_zero", false));
            case "LSTM", "GRU" -> {
                requireOff("zero_output_for_mask");
                yield recurrent();
            }
            case "Bidirectional" -> bidirectional();
            case "Dense" -> new Dense(name, integer("units"), activation("activation"), flag("use_bias", true));
            case "Activation" -> new ActivationLayer(name, activation("activation"));
            case "Dropout" -> dropout(Dropout.Kind.VALUES);
            case "SpatialDropout1D" -> dropout(Dropout.Kind.FEATURES);
            case "GaussianDropout" -> dropout(Dropout.Kind.GAUSSIAN);
            case "AlphaDropout" -> dropout(Dropout.Kind.ALPHA);
            case "GaussianNoise" -> new GaussianNoise(name, number("stddev"));
            case "LayerNormalization" -> layerNormalization(rank);
            case "RepeatVector" -> new RepeatVector(name, integer("n"));
            case "TimeDistributed" -> timeDistributed();
            case "Add" -> new Add(name, majorVersion == 3 ? Add.Masks.ANY : Add.Masks.ALL);
            case "Concatenate" -> {
                requireLastAxis(config.path("axis"), rank);
                yield new Concatenate(name);
            }
            case "Cropping1D" -> {
                int[] sides = sides("cropping");
                yield new Cropping1D(name, sides[0], sides[1]);
            }
            case "ZeroPadding1D" -> {
                int[] sides = sides("padding");
                yield new ZeroPadding1D(name, sides[0], sides[1]);
            }
            case "Masking" -> new Masking(name, number("mask_value"));
            default -> throw new UnknownKind("layer \"" + name + "\" of class \"" + kind + "\" is not supported");
        };
    }

    private Recurrent recurrent() {
        requireOff("stateful");
        requireOff("return_state");
        requireOff("time_major");
        int units = integer("units");
        boolean sequences = flag("return_sequences", false);
        boolean backwards = flag("go_backwards", false);
        Activation activation = activation("activation");
        Activation gates = activation("recurrent_activation");
        boolean bias = flag("use_bias", true);
        return kind.equals("LSTM")
                ? new Lstm(name, units, sequences, backwards, activation, gates, bias)
                : new Gru(name, units, sequences, backwards, activation, gates, bias, flag("reset_after", false));
    }

    private Bidirectional bidirectional() {
        Recurrent forward = direction("layer");
        Recurrent backward = config.hasNonNull("backward_layer")
                ? direction("backward_layer")
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

    private Recurrent direction(String field) {
        KerasLayerReader inner = new KerasLayerReader(config.path(field), majorVersion);
        if (!inner.kind.equals("LSTM") && !inner.kind.equals("GRU")) {
            throw unsupported(field, inner.kind, "LSTM and GRU");
        }
        return inner.recurrent();
    }

    private Dropout dropout(Dropout.Kind how) {
        return new Dropout(name, number("rate"), how);
    }

    private LayerNormalization layerNormalization(int rank) {
        requireLastAxis(config.path("axis"), rank);
        requireOff("rms_scaling");
        return new LayerNormalization(name, number("epsilon"), flag("center", true), flag("scale", true));
    }

    private TimeDistributed timeDistributed() {
        KerasLayerReader inner = new KerasLayerReader(config.path("layer"), majorVersion);
        return switch (inner.kind) {
            case "Dense",
                    "Activation",
                    "Dropout",
                    "GaussianDropout",
                    "AlphaDropout",
                    "GaussianNoise",
                    "LayerNormalization" -> new TimeDistributed(name, inner.layer(1));
            default -> throw unsupported("layer", inner.kind, "Dense, Activation, Dropout and LayerNormalization");
        };
    }

    /** Keras counts axes with the batch, and in Keras 2 as a list. */
    private void requireLastAxis(JsonNode given, int rank) {
        JsonNode axis = given.isArray() && given.size() == 1 ? given.get(0) : given;
        boolean last = axis.isMissingNode() || (axis.isInt() && (axis.asInt() == -1 || axis.asInt() == rank));
        boolean unknownYet = rank == 0 && axis.isInt() && axis.asInt() > 0;
        if (!last && !unknownYet) {
            throw unsupported("axis", KerasConfigReader.shortened(given), "the last axis (-1)");
        }
    }

    private int[] sides(String field) {
        JsonNode sides = config.path(field);
        if (sides.isInt()) {
            return new int[] {sides.asInt(), sides.asInt()};
        }
        if (sides.size() != 2 || !sides.get(0).isInt() || !sides.get(1).isInt()) {
            throw unsupported(field, KerasConfigReader.shortened(sides), "two whole numbers");
        }
        return new int[] {sides.get(0).asInt(), sides.get(1).asInt()};
    }

    private int integer(String field) {
        JsonNode value = config.path(field);
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw unsupported(field, KerasConfigReader.shortened(value), "a whole number");
        }
        return value.asInt();
    }

    private double number(String field) {
        JsonNode value = config.path(field);
        if (!value.isNumber()) {
            throw unsupported(field, KerasConfigReader.shortened(value), "a number");
        }
        return value.asDouble();
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
        return switch (value.isObject() ? value.path("config").asText() : value.asText()) {
            case "linear" -> Activation.LINEAR;
            case "tanh" -> Activation.TANH;
            case "sigmoid" -> Activation.SIGMOID;
            case "relu" -> Activation.RELU;
            case "softmax" -> Activation.SOFTMAX;
            case "hard_sigmoid" -> majorVersion == 3 ? Activation.HARD_SIGMOID_SIXTH : Activation.HARD_SIGMOID;
            case "softplus" -> Activation.SOFTPLUS;
            case "softsign" -> Activation.SOFTSIGN;
            case "elu" -> Activation.ELU;
            case "selu" -> Activation.SELU;
            case "gelu" -> Activation.GELU;
            case "swish", "silu" -> Activation.SWISH;
            case "mish" -> Activation.MISH;
            case "exponential" -> Activation.EXPONENTIAL;
            default -> throw unsupported(field, KerasConfigReader.shortened(value), ACTIVATIONS);
        };
    }

    private IllegalArgumentException unsupported(String option, String value, String supported) {
        return new IllegalArgumentException("layer \"" + name + "\" of class \"" + kind + "\" has " + option + " = "
                + value + ", which is not supported; supported is " + supported);
    }
}
