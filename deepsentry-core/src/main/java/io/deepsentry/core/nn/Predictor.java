package io.deepsentry.core.nn;

import java.util.List;

/**
 * Computes a model's output for an input. The result of a row does not depend on the other rows, to the bit.
 *
 * <p>Safe for use by several threads at once. {@link #close()} waits for the calls under way; later calls throw
 * {@link IllegalStateException}.
 */
public interface Predictor extends AutoCloseable {
    /** The default rows of a block: a compromise between the latency of one row and the speed of many. */
    int DEFAULT_BLOCK = 32;

    /** {@return the shape of an input row} */
    List<Integer> inputShape();

    /** {@return the shape of a row of the first output} */
    List<Integer> outputShape();

    /** {@return whether the input is ids instead of values} */
    boolean takesIds();

    /**
     * {@return how many ids it knows: {@code 0} to {@code words() - 1}; {@link Integer#MAX_VALUE} if it takes values}
     */
    int words();

    /**
     * Returns the first output for rows of values.
     *
     * @param rows {@code [batch, ...]} of the input's shape, row-major
     * @param batch how many rows; 0 gives an empty result
     * @return {@code [batch, ...]} of the first output's shape, row-major
     * @throws IllegalArgumentException if there are more or fewer values than the batch needs, or the model takes ids
     * @throws IllegalStateException if this predictor is closed
     */
    float[] predict(float[] rows, int batch);

    /**
     * {@return the first output for rows of ids; as {@link #predict(float[], int)}}
     *
     * @param rows {@code [batch, time]}, row-major
     * @param batch how many rows
     * @throws IllegalArgumentException also if the embedding has no such id
     */
    float[] predict(int[] rows, int batch);

    /**
     * Returns one step of the first output for rows of values, where that is a sequence {@code [time, d]}: the same as
     * is cut out of what {@link #predict(float[], int)} returns, but where it can be computed faster than the whole, it
     * is.
     *
     * @param rows as in {@link #predict(float[], int)}
     * @param batch how many rows
     * @param step which step, from 0
     * @return {@code [batch, d]}, row-major
     * @throws IllegalArgumentException also if there is no such step
     */
    default float[] predictStep(float[] rows, int batch, int step) {
        List<Integer> shape = outputShape();
        if (shape.size() != 2 || step < 0 || step >= shape.get(0)) {
            throw new IllegalArgumentException(
                    "step must be one of a sequence of steps, but was " + step + " of the shape " + shape);
        }
        int width = shape.get(1);
        float[] all = predict(rows, batch);
        float[] steps = new float[batch * width];
        for (int i = 0; i < batch; i++) {
            System.arraycopy(all, (i * shape.get(0) + step) * width, steps, i * width, width);
        }
        return steps;
    }

    /** Waits for the calls under way, then frees the native memory. Calling it again changes nothing. */
    @Override
    void close();
}
