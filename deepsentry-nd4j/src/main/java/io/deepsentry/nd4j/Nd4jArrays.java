package io.deepsentry.nd4j;

import io.deepsentry.core.array.Matrix;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Converts between matrices and arrays of ND4J. Every conversion copies; values become float32.
 *
 * <pre>{@code
 * INDArray vectors = Nd4jArrays.toArray(encoder.encodeBatch(messages)); // [n, 128]
 * Matrix window = Nd4jArrays.toMatrix(vectors);
 * }</pre>
 *
 * <p>An array owns memory outside the Java heap: {@link INDArray#close()} frees it at once. Needs an ND4J backend, such
 * as {@code nd4j-native}, at run time. Safe for use by several threads.
 */
public final class Nd4jArrays {
    private Nd4jArrays() {}

    /**
     * Copies a vector to an array.
     *
     * @return {@code [d]}, float32
     */
    public static INDArray toArray(float[] vector) {
        return Nd4j.createFromArray(vector);
    }

    /**
     * Copies a matrix to an array.
     *
     * @return {@code [rows, columns]}, float32
     */
    public static INDArray toArray(Matrix matrix) {
        if (matrix.rows() == 0 || matrix.columns() == 0) {
            return Nd4j.create(DataType.FLOAT, matrix.rows(), matrix.columns());
        }
        return Nd4j.create(matrix.toArray(), new long[] {matrix.rows(), matrix.columns()}, 'c');
    }

    /**
     * Copies an array to a matrix.
     *
     * @param array {@code [rows, columns]}, of any numeric type and memory order
     * @throws IllegalArgumentException if the array has another rank
     */
    public static Matrix toMatrix(INDArray array) {
        if (array.rank() != 2) {
            throw new IllegalArgumentException(
                    "an array must have the shape [rows, columns] to become a matrix, but has "
                            + Arrays.toString(array.shape()));
        }
        return Matrix.of((int) array.size(0), (int) array.size(1), values(array));
    }

    /** Copies the values, the last dimension fastest. */
    private static float[] values(INDArray array) {
        if (array.isEmpty()) {
            return new float[0];
        }
        try (INDArray flat = array.dup('c')) {
            return flat.data().asFloat();
        }
    }
}
