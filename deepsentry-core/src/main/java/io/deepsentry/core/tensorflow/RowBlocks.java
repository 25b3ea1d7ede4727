package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Predictor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * How many rows go through a network together. Matrix products take several rows at a time, and what is left over at
 * the end of a block may be rounded in another way, depending on the processor. A block is of a size in which a row has
 * the same result wherever it is, as a trial with one row in all places shows.
 */
final class RowBlocks {
    /** The sizes to be tried, largest first; in the last one a row is alone. */
    static final List<Integer> SIZES = List.of(Predictor.DEFAULT_BLOCK, 30, 24, 16, 12, 8, 6, 4, 1);

    private static final int TRIALS = 3;

    private RowBlocks() {}

    /**
     * Whether a row has the same result wherever it is in a block. The rows are of 0 and 1, which may be numbers or ids:
     * what takes them, a foreign graph does not always say.
     *
     * @param block rows a block
     * @param length numbers or ids a row
     * @param predict computes a block
     */
    static boolean isEven(int block, int length, UnaryOperator<float[]> predict) {
        Random random = new Random(1);
        for (int trial = 0; trial < TRIALS; trial++) {
            float[] row = new float[length];
            for (int i = 0; i < length; i++) {
                row[i] = random.nextInt(2);
            }
            float[] rows = new float[block * length];
            for (int i = 0; i < block; i++) {
                System.arraycopy(row, 0, rows, i * length, length);
            }
            float[] results = predict.apply(rows);
            int outputs = results.length / block;
            for (int i = 1; i < block; i++) {
                if (!Arrays.equals(results, 0, outputs, results, i * outputs, (i + 1) * outputs)) {
                    return false;
                }
            }
        }
        return true;
    }
}
