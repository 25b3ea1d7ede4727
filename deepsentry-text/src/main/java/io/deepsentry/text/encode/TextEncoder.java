package io.deepsentry.text.encode;

import io.deepsentry.core.array.Matrix;
import io.deepsentry.text.identity.MessageIdentity;
import java.util.List;

/**
 * Turns log messages into vectors {@code [dimension]}, float32. The vector of a message depends on nothing but the
 * token ids of its identity.
 *
 * <p>A raw message is identified first. A text that is an identity already, such as a row of {@code train.txt} or what
 * {@link #identity} returned for an event, is not: give it to {@link #encodeIdentities}.
 *
 * <pre>{@code
 * float[] vector = encoder.encode("Receiving block blk_123");
 * String identity = encoder.identity().of(event); // with the level and the fields of the event
 * Matrix vectors = encoder.encodeIdentities(List.of(identity));
 * }</pre>
 *
 * <p>{@link TextEncoderHandle} computes every vector, {@link CachedEncoder} remembers those it has computed; both give
 * the same vectors, to the bit. Implementations are safe for use by several threads.
 */
public interface TextEncoder {
    /**
     * Returns the vector of a raw message that comes without level and fields.
     *
     * @param message the text of a message
     * @return {@code [dimension]}, a copy that the caller may change
     */
    default float[] encode(String message) {
        return encodeBatch(List.of(message)).row(0);
    }

    /**
     * Returns the vectors of raw messages that come without level and fields, in their order.
     *
     * @param messages may be empty
     * @return {@code [messages, dimension]}
     */
    default Matrix encodeBatch(List<String> messages) {
        return encodeIdentities(messages.stream().map(identity()::of).toList());
    }

    /**
     * Returns the vectors of identities in their order. Nothing is masked.
     *
     * @param identities as {@link #identity} or {@code prepare} gave them; may be empty
     * @return {@code [identities, dimension]}
     */
    Matrix encodeIdentities(List<String> identities);

    /**
     * {@return the ids of an identity's tokens, without padding} Identities of equal ids have equal vectors.
     *
     * @param identity a masked message
     */
    int[] tokenIds(String identity);

    /** {@return what says which message a line is, as in training} */
    MessageIdentity identity();

    /** {@return the length of a vector} */
    int dimension();
}
