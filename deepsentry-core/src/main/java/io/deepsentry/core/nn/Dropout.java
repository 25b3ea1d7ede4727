package io.deepsentry.core.nn;

/**
 * Sets a random share of the values to zero while training and scales the others up so that the mean stays; does nothing in prediction.
 *
 * @param name the layer's name
 * @param rate the share set to zero, from 0 to below 1
 */
public record Dropout(String name, double rate) implements Layer {
    public Dropout {
        LayerChecks.name(name);
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException(
                    "layer \"" + name + "\": rate must be from 0 to below 1, but was " + rate);
        }
    }
}
