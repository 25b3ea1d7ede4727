package io.deepsentry.core.nn;

/**
 * A layer applied to every step of a sequence by itself.
 *
 * @param name the layer's name
 * @param inner what is applied: a {@link Dense}
 */
public record TimeDistributed(String name, Layer inner) implements Layer {
    public TimeDistributed {
        LayerChecks.name(name);
        if (!(inner instanceof Dense)) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": what is applied to every step must be a Dense, but was a "
                    + inner.getClass().getSimpleName());
        }
    }

    Dense dense() {
        return (Dense) inner;
    }
}
