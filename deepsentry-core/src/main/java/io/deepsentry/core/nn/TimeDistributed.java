package io.deepsentry.core.nn;

/**
 * A layer applied to every step of a sequence by itself.
 *
 * @param name the layer's name
 * @param inner what is applied: a {@link Dense}, {@link ActivationLayer}, {@link LayerNormalization}, {@link Dropout}
 *     of single values or {@link GaussianNoise}
 */
public record TimeDistributed(String name, Layer inner) implements Layer {
    public TimeDistributed {
        LayerChecks.name(name);
        if (!appliesToSteps(inner)) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": what is applied to every step must be a Dense, ActivationLayer, LayerNormalization,"
                    + " GaussianNoise or Dropout of single values, but was " + inner);
        }
    }

    /** These treat every vector of the last axis by itself, so over a whole sequence they are the same. */
    private static boolean appliesToSteps(Layer layer) {
        return layer instanceof Dense
                || layer instanceof ActivationLayer
                || layer instanceof LayerNormalization
                || layer instanceof GaussianNoise
                || (layer instanceof Dropout dropout && dropout.kind() != Dropout.Kind.FEATURES);
    }
}
