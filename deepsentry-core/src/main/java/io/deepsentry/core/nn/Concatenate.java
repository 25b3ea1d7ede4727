package io.deepsentry.core.nn;

/**
 * Several inputs joined along the last axis; their other dimensions are equal.
 *
 * @param name the layer's name
 */
public record Concatenate(String name) implements Layer {
    public Concatenate {
        LayerChecks.name(name);
    }
}
