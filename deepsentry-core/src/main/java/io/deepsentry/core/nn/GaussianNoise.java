package io.deepsentry.core.nn;

/**
 * Adds normal noise to every value while training; does nothing in prediction.
 *
 * @param name the layer's name
 * @param stddev the standard deviation of the noise, at least 0
 */
public record GaussianNoise(String name, double stddev) implements Layer {
    public GaussianNoise {
        LayerChecks.name(name);
        if (!(stddev >= 0 && stddev < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "layer \"" + name + "\": stddev must be at least 0 and finite, but was " + stddev);
        }
    }
}
