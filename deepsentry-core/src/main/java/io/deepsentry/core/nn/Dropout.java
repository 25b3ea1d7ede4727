package io.deepsentry.core.nn;

/**
 * Disturbs a random share of the values while training in such a way that the mean stays; does nothing in prediction.
 *
 * @param name the layer's name
 * @param rate the share disturbed, from 0 to below 1
 * @param kind how
 */
public record Dropout(String name, double rate, Kind kind) implements Layer {
    /** What is done to the share. */
    public enum Kind {
        /** Single values become zero, the others grow. */
        VALUES,
        /** Whole features become zero over all steps, the others grow: Keras' {@code SpatialDropout1D}. */
        FEATURES,
        /** Values are multiplied by normal noise around 1 of the same variance: Keras' {@code GaussianDropout}. */
        GAUSSIAN,
        /**
         * Values fall to where {@link Activation#SELU} saturates, mean and variance kept: Keras' {@code AlphaDropout}.
         */
        ALPHA
    }

    public Dropout {
        LayerChecks.name(name);
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "layer \"" + name + "\": rate must be from 0 to below 1, but was " + rate);
        }
    }

    /**
     * Sets single values to zero.
     *
     * @param name the name
     * @param rate the share that is left out, from 0 to below 1
     */
    public Dropout(String name, double rate) {
        this(name, rate, Kind.VALUES);
    }
}
