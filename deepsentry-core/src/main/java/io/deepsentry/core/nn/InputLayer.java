package io.deepsentry.core.nn;

import java.util.List;

/**
 * Where a network's input enters.
 *
 * @param name the layer's name
 * @param shape without the batch: {@code [time]} of ids, {@code [features]} or {@code [time, features]}; each at least
 *     1
 * @param integer whether the input holds ids (int32) instead of float32 values
 */
public record InputLayer(String name, List<Integer> shape, boolean integer) implements Layer {
    public InputLayer {
        LayerChecks.name(name);
        shape = List.copyOf(shape);
        if (shape.isEmpty() || shape.size() > 2) {
            throw new IllegalArgumentException(
                    "layer \"" + name + "\": an input has 1 or 2 dimensions besides the batch, but was " + shape);
        }
        for (int dimension : shape) {
            LayerChecks.size(name, "each dimension of the input", dimension);
        }
    }
}
