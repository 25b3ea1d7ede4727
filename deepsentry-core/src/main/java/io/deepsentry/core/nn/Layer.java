package io.deepsentry.core.nn;

/**
 * One layer of a {@link Network}: what it computes, without weights. Each kind computes what Keras' layer of that name
 * does, masks included.
 *
 * <p>Layers are immutable. Shapes in the documentation leave out the batch, as in Keras: {@code [time, features]} is
 * {@code [batch, time, features]} in memory.
 */
public sealed interface Layer
        permits InputLayer,
                Embedding,
                Recurrent,
                Bidirectional,
                Dense,
                ActivationLayer,
                Dropout,
                GaussianNoise,
                LayerNormalization,
                RepeatVector,
                TimeDistributed,
                Add,
                Concatenate,
                Cropping1D,
                ZeroPadding1D,
                Masking {
    /** The largest size of a dimension. A larger one is a damaged file or a slip, and would need memory nobody has. */
    int LARGEST = 1 << 24;

    /** {@return the name, unique in its network, by which other layers and weights refer to it} */
    String name();
}
