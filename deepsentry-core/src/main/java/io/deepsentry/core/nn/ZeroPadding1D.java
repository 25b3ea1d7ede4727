package io.deepsentry.core.nn;

/**
 * A sequence with steps of zeros added: {@code [time, features]} to {@code [before + time + after, features]}. A mask
 * ends here.
 *
 * @param name the layer's name
 * @param before steps of zeros at the start
 * @param after steps of zeros at the end
 */
public record ZeroPadding1D(String name, int before, int after) implements Layer {
    public ZeroPadding1D {
        LayerChecks.name(name);
        LayerChecks.atLeast(name, "before", before, 0);
        LayerChecks.atLeast(name, "after", after, 0);
        LayerChecks.atMost(name, "before", before);
        LayerChecks.atMost(name, "after", after);
    }
}
