package io.deepsentry.core.nn;

/**
 * A fully connected layer over the last axis: {@code activation(x W + b)}.
 *
 * @param name the layer's name
 * @param units the size of the last axis of the result
 * @param activation applied to the result
 * @param useBias whether there is a {@code b}
 */
public record Dense(String name, int units, Activation activation, boolean useBias) implements Layer {
    public Dense {
        LayerChecks.name(name);
        LayerChecks.size(name, "units", units);
    }
}
