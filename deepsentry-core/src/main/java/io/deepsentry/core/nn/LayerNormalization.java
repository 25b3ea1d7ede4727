package io.deepsentry.core.nn;

/**
 * Each vector of the last axis shifted to mean 0 and scaled to variance 1 (Ba et al. 2016), then scaled and shifted as
 * learned. It passes a mask on.
 *
 * @param name the layer's name
 * @param epsilon added to the variance, above 0
 * @param center whether there is a learned shift {@code beta}
 * @param scale whether there is a learned factor {@code gamma}
 */
public record LayerNormalization(String name, double epsilon, boolean center, boolean scale) implements Layer {
    public LayerNormalization {
        LayerChecks.name(name);
        if (!(epsilon > 0 && epsilon <= 1)) {
            throw new IllegalArgumentException(
                    "layer \"" + name + "\": epsilon must be above 0 and at most 1, but was " + epsilon);
        }
    }

    /**
     * Creates a layer as Keras does when only its name is given.
     *
     * @param name the name
     * @return the layer
     */
    public static LayerNormalization of(String name) {
        return new LayerNormalization(name, 1e-3, true, true);
    }
}
