package io.deepsentry.core.nn;

/**
 * The same vector at every step: {@code [features]} to {@code [n, features]}. A mask ends here.
 *
 * @param name the layer's name
 * @param n how many steps
 */
public record RepeatVector(String name, int n) implements Layer {
    public RepeatVector {
        LayerChecks.name(name);
        LayerChecks.size(name, "n", n);
    }
}
