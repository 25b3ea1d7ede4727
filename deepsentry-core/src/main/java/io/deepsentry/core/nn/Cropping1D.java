package io.deepsentry.core.nn;

/**
 * A sequence without its first and last steps: {@code [time, features]} to {@code [time - before - after, features]}. A
 * mask ends here.
 *
 * @param name the layer's name
 * @param before steps left out at the start
 * @param after steps left out at the end
 */
public record Cropping1D(String name, int before, int after) implements Layer {
    public Cropping1D {
        LayerChecks.name(name);
        LayerChecks.atLeast(name, "before", before, 0);
        LayerChecks.atLeast(name, "after", after, 0);
        LayerChecks.atMost(name, "before", before);
        LayerChecks.atMost(name, "after", after);
    }
}
