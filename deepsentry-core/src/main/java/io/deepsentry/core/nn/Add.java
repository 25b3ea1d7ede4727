package io.deepsentry.core.nn;

/**
 * The sum of several inputs of one shape.
 *
 * @param name the layer's name
 * @param masks which steps count where inputs have masks; a network keeps {@link Masks#ALL} where all inputs have the
 *     same mask, for then both mean the same
 */
public record Add(String name, Masks masks) implements Layer {
    /** How the masks of the inputs become one. */
    public enum Masks {
        /** A step counts if it does in every input that has a mask: Keras 2. */
        ALL,
        /** A step counts if it does in any input; there is no mask unless every input has one: Keras 3. */
        ANY
    }

    public Add {
        LayerChecks.name(name);
    }
}
