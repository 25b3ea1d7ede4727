package io.deepsentry.core.nn;

/**
 * Marks the steps of a sequence whose features all equal a value as padding, which later layers pass over, and sets
 * them to zero.
 *
 * @param name the layer's name
 * @param value the value that stands for padding
 */
public record Masking(String name, double value) implements Layer {
    public Masking {
        LayerChecks.name(name);
    }
}
