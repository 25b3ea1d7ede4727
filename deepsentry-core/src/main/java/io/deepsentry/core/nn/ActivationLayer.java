package io.deepsentry.core.nn;

/**
 * An activation as a layer of its own. It passes a mask on.
 *
 * @param name the layer's name
 * @param activation applied to each value, or over the last axis
 */
public record ActivationLayer(String name, Activation activation) implements Layer {
    public ActivationLayer {
        LayerChecks.name(name);
    }
}
