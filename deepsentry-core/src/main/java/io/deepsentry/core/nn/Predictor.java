package io.deepsentry.core.nn;

import java.util.List;

/**
 * Computes what a model gives for an input. A row's result does not depend on the rows it comes with, to the bit.
 *
 * <p>Safe for use by several threads at once. {@link #close()} waits for the calls under way and refuses new ones.
 */
public interface Predictor extends AutoCloseable {
    /** The rows of a block unless told otherwise: a compromise between a single row's wait and many rows' speed. */
    int DEFAULT_BLOCK = 32;

    /** The shape of an input row. */
    List<Integer> inputShape();

    /** The shape of what the first output gives for a row. */
    List<Integer> outputShape();

    /** Whether the input is ids instead of values. */
    boolean takesIds();

    /** How many ids it knows: {@code 0} to {@code words() - 1}; {@link Integer#MAX_VALUE} if it takes values. */
    int words();

    /**
     * The first output for rows of values.
     *
     * @param rows {@code [batch, ...]} of the input's shape, row-major
     * @param batch how many rows; 0 gives an empty result
     * @return {@code [batch, ...]} of the first output's shape, row-major
     * @throws IllegalArgumentException if the length is not what the batch needs or the model takes ids
     * @throws IllegalStateException if this predictor is closed
     */
    float[] predict(float[] rows, int batch);

    /**
     * The first output for rows of ids; as {@link #predict(float[], int)}.
     *
     * @throws IllegalArgumentException also if an id is not one of the embedding's
     */
    float[] predict(int[] rows, int batch);

    /** Waits for the calls under way, then frees the native memory. Calling it again changes nothing. */
    @Override
    void close();
}
