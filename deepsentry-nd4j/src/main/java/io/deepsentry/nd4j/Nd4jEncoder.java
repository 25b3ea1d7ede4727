package io.deepsentry.nd4j;

import io.deepsentry.text.encode.TextEncoder;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A text encoder that returns arrays of ND4J. The values are those of {@link TextEncoder}, to the bit.
 *
 * <pre>{@code
 * try (TextEncoderHandle handle = TextEncoderHandle.open(Path.of("encoder.h5"))) {
 *     Nd4jEncoder encoder = new Nd4jEncoder(handle);
 *     INDArray vector = encoder.encode("Receiving block blk_123");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It does not close the encoder. The caller may {@link INDArray#close() close} the
 * arrays.
 */
public final class Nd4jEncoder {
    private final TextEncoder encoder;

    /** Wraps an encoder. */
    public Nd4jEncoder(TextEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Returns the vector of a raw message, see {@link TextEncoder#encode}.
     *
     * @return {@code [128]}, or the dimension that the model was trained with; float32
     */
    public INDArray encode(String message) {
        return Nd4jArrays.toArray(encoder.encode(message));
    }

    /**
     * Returns the vectors of raw messages in their order, see {@link TextEncoder#encodeBatch}.
     *
     * @param messages may be empty
     * @return {@code [n, 128]}, float32
     */
    public INDArray encodeBatch(List<String> messages) {
        return Nd4jArrays.toArray(encoder.encodeBatch(messages));
    }

    /**
     * Returns the vectors of identities in their order, see {@link TextEncoder#encodeIdentities}.
     *
     * @param identities may be empty
     * @return {@code [n, 128]}, float32
     */
    public INDArray encodeIdentities(List<String> identities) {
        return Nd4jArrays.toArray(encoder.encodeIdentities(identities));
    }
}
