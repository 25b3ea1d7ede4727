package io.deepsentry.text.encode;

import io.deepsentry.core.array.Matrix;
import java.util.List;

/**
 * Turns log messages into vectors {@code [dimension]}, float32. The vector of a message depends on nothing but the
 * message's token ids.
 *
 * <p>{@link TextEncoderHandle} computes every vector, {@link CachedEncoder} remembers those it has computed; both give the
 * same vectors, to the bit. Implementations are safe for use by several threads.
 */
public interface TextEncoder {
    /**
     * Returns the vector of a message.
     *
     * @param message raw or masked
     * @return {@code [dimension]}, a copy that the caller may change
     */
    float[] encode(String message);

    /**
     * Returns the vectors of messages in their order.
     *
     * @param messages raw or masked; may be empty
     * @return {@code [messages, dimension]}
     */
    Matrix encodeBatch(List<String> messages);

    /** Returns the ids of a message's tokens, without padding. Messages of equal ids have equal vectors. */
    int[] tokenIds(String message);

    /** Returns the length of a vector. */
    int dimension();
}
