package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.array.Matrix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Distinct vectors under the numbers of their rows, found in spite of their last bits: another processor, or another
 * runtime, gives the same message other ones. Immutable, safe for use by several threads.
 */
public final class VectorRows {
    /** A thousandth of a vector's length, squared: closer vectors are one. */
    private static final double ROUNDING = 1e-6;
    /** How far apart the lengths of such vectors may be, with room for rounding. */
    private static final double REACH = 1.001e-3;
    /** Values of a vector after which a distance may be known to be too large. */
    private static final int GLANCE = 8;

    private final int dimension;
    private final int count;
    private final float[] values;
    private final VectorTable index;
    private final int[] byLength;
    /** Of the rows in {@link #byLength}, ascending. */
    private final double[] lengths;

    /**
     * Rows to be found.
     *
     * @param values the rows, one after the other, and perhaps more after them; not copied
     * @throws IllegalArgumentException if two rows are the same
     */
    public VectorRows(int dimension, int count, float[] values) {
        this.dimension = dimension;
        this.count = count;
        this.values = values;
        this.index = new VectorTable(dimension);
        double[] lengthOf = new double[count];
        for (int row = 0; row < count; row++) {
            if (index.intern(Arrays.copyOfRange(values, row * dimension, (row + 1) * dimension)) != row) {
                throw new IllegalArgumentException("vectors must be distinct, but row " + row + " is there before");
            }
            lengthOf[row] = Math.sqrt(NearRows.squaredLength(values, row * dimension, dimension));
        }
        this.byLength = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> lengthOf[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.lengths = Arrays.stream(byLength).mapToDouble(row -> lengthOf[row]).toArray();
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

    /** The row of a vector, or -1 if it is not there. Of several that are close enough, the nearest. */
    public int find(float[] vector) {
        int row = index.find(vector);
        if (row >= 0 || count == 0) {
            return row;
        }
        double square = NearRows.squaredLength(vector, 0, dimension);
        double length = Math.sqrt(square);
        double least = ROUNDING * square;
        int at = Arrays.binarySearch(lengths, length * (1 - REACH));
        for (int i = at >= 0 ? firstAt(at) : -at - 1; i < count && lengths[i] <= length * (1 + REACH); i++) {
            int other = byLength[i];
            double distance = distanceUpTo(least, vector, other);
            if (distance < least || (distance == least && (row < 0 || other < row))) {
                row = other;
                least = distance;
            }
        }
        return row;
    }

    /** The first of equal lengths. */
    private int firstAt(int at) {
        int first = at;
        while (first > 0 && lengths[first - 1] == lengths[at]) {
            first--;
        }
        return first;
    }

    /** The squared distance of a row from a vector; if that is above {@code most}, any number above it. */
    private double distanceUpTo(double most, float[] vector, int row) {
        double distance = 0;
        int from = row * dimension;
        for (int k = 0; k < dimension; k++) {
            double difference = vector[k] - values[from + k];
            distance += difference * difference;
            if (k % GLANCE == GLANCE - 1 && distance > most) {
                return distance;
            }
        }
        return distance;
    }
}
