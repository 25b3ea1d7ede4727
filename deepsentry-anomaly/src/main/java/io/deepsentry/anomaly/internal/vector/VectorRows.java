package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.array.Matrix;
import java.util.Arrays;

/**
 * Distinct vectors under the numbers of their rows, found in spite of their last bits: another processor, or another runtime, gives the same message other ones. Immutable,
 * safe for use by several threads.
 */
public final class VectorRows {
    /** A thousandth of a vector's length, squared: closer vectors are one. */
    private static final double ROUNDING = 1e-6;

    private final int dimension;
    private final int count;
    private final float[] values;
    private final VectorTable index;

    /**
     * Rows to be found.
     *
     * @param values the rows, one after the other, and perhaps more after them, whose {@link #distance} can be asked for too; not copied
     * @throws IllegalArgumentException if two rows are the same
     */
    public VectorRows(int dimension, int count, float[] values) {
        this.dimension = dimension;
        this.count = count;
        this.values = values;
        this.index = new VectorTable(dimension);
        for (int row = 0; row < count; row++) {
            if (index.intern(Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension)) != row) {
                throw new IllegalArgumentException("vectors must be distinct, but row " + row + " is there before");
            }
        }
    }

    public static VectorRows of(Matrix vectors) {
        return new VectorRows(vectors.columns(), vectors.rows(), vectors.toArray());
    }

    public int count() {
        return count;
    }

    /** The rows, {@code [count, d]}. */
    public Matrix matrix() {
        return Matrix.of(count, dimension, Arrays.copyOf(values, count * dimension));
    }

    /** The row of a vector, or -1 if it is not there. */
    public int find(float[] vector) {
        int row = index.find(vector);
        if (row >= 0 || count == 0) {
            return row;
        }
        int nearest = nearest(vector);
        double length = 0;
        for (float value : vector) {
            length += (double) value * value;
        }
        return distance(vector, 0, nearest) <= ROUNDING * length ? nearest : -1;
    }

    /** The row that is nearest to a vector; 0 if there is none. */
    int nearest(float[] vector) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int row = 0; row < count; row++) {
            double distance = distance(vector, 0, row);
            if (distance < least) {
                least = distance;
                best = row;
            }
        }
        return best;
    }

    /** The squared distance of a row from the vector that begins at {@code offset}. */
    double distance(float[] vector, int offset, int row) {
        double distance = 0;
        int from = row * dimension;
        for (int k = 0; k < dimension; k++) {
            double difference = vector[offset + k] - values[from + k];
            distance += difference * difference;
        }
        return distance;
    }
}
