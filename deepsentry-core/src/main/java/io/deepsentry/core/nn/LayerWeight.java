package io.deepsentry.core.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A weight a layer needs: its name within the layer, its shape and how Keras initialises it by default.
 *
 * @param name as in {@link Weights}, such as {@code kernel} or {@code forward/kernel}
 * @param shape row-major
 * @param initialiser its distribution before training
 */
record LayerWeight(String name, List<Integer> shape, Initialiser initialiser) {
    enum Initialiser {
        GLOROT_UNIFORM,
        ORTHOGONAL,
        EMBEDDING_UNIFORM,
        ZEROS,
        ONES,
        /** Zeros, but ones for the forget gate, the second quarter. */
        UNIT_FORGET_BIAS
    }

    LayerWeight {
        shape = List.copyOf(shape);
    }

    int[] dimensions() {
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The weights of a layer in Keras' order, given the shape of its (first) input without the batch. */
    static List<LayerWeight> of(Layer layer, List<Integer> input) {
        List<LayerWeight> weights = new ArrayList<>();
        if (layer instanceof Embedding embedding) {
            weights.add(new LayerWeight(
                    "embeddings", List.of(embedding.words(), embedding.size()), Initialiser.EMBEDDING_UNIFORM));
        } else if (layer instanceof Recurrent recurrent) {
            addRecurrent(weights, "", recurrent, last(input));
        } else if (layer instanceof Bidirectional both) {
            addRecurrent(weights, "forward/", both.forward(), last(input));
            addRecurrent(weights, "backward/", both.backward(), last(input));
        } else if (layer instanceof Dense dense) {
            addDense(weights, dense, last(input));
        } else if (layer instanceof LayerNormalization normalization) {
            addNormalization(weights, normalization, last(input));
        } else if (layer instanceof TimeDistributed distributed) {
            return of(distributed.inner(), input);
        }
        return weights;
    }

    private static void addRecurrent(List<LayerWeight> weights, String prefix, Recurrent recurrent, int features) {
        if (recurrent instanceof Gru gru) {
            addGru(weights, prefix, gru, features);
        } else {
            addLstm(weights, prefix, (Lstm) recurrent, features);
        }
    }

    private static void addGru(List<LayerWeight> weights, String prefix, Gru gru, int features) {
        int gates = 3 * gru.units();
        weights.add(new LayerWeight(prefix + "kernel", List.of(features, gates), Initialiser.GLOROT_UNIFORM));
        weights.add(new LayerWeight(prefix + "recurrent_kernel", List.of(gru.units(), gates), Initialiser.ORTHOGONAL));
        if (gru.useBias()) {
            List<Integer> shape = gru.resetAfter() ? List.of(2, gates) : List.of(gates);
            weights.add(new LayerWeight(prefix + "bias", shape, Initialiser.ZEROS));
        }
    }

    private static void addNormalization(List<LayerWeight> weights, LayerNormalization normalization, int features) {
        if (normalization.scale()) {
            weights.add(new LayerWeight("gamma", List.of(features), Initialiser.ONES));
        }
        if (normalization.center()) {
            weights.add(new LayerWeight("beta", List.of(features), Initialiser.ZEROS));
        }
    }

    private static void addLstm(List<LayerWeight> weights, String prefix, Lstm lstm, int features) {
        int gates = 4 * lstm.units();
        weights.add(new LayerWeight(prefix + "kernel", List.of(features, gates), Initialiser.GLOROT_UNIFORM));
        weights.add(new LayerWeight(prefix + "recurrent_kernel", List.of(lstm.units(), gates), Initialiser.ORTHOGONAL));
        if (lstm.useBias()) {
            weights.add(new LayerWeight(prefix + "bias", List.of(gates), Initialiser.UNIT_FORGET_BIAS));
        }
    }

    private static void addDense(List<LayerWeight> weights, Dense dense, int features) {
        weights.add(new LayerWeight("kernel", List.of(features, dense.units()), Initialiser.GLOROT_UNIFORM));
        if (dense.useBias()) {
            weights.add(new LayerWeight("bias", List.of(dense.units()), Initialiser.ZEROS));
        }
    }

    private static int last(List<Integer> shape) {
        return shape.get(shape.size() - 1);
    }
}
