package io.deepsentry.core.array;

import java.util.Arrays;

/**
 * An immutable array of float32 values of any number of dimensions, the last one fastest in memory (C order). One
 * without dimensions holds one value.
 *
 * <pre>{@code
 * FloatArray array = FloatArray.of(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
 * Npy.write(Path.of("array.npy"), array);
 * }</pre>
 *
 * <p>Two arrays are equal if their shapes and all their values are. Safe for use by several threads.
 */
public final class FloatArray {
    private final int[] shape;
    private final float[] values;

    private FloatArray(int[] shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /**
     * {@return an array of a copy of the values}
     *
     * @param shape the dimensions
     * @param values the values, row-major
     * @throws IllegalArgumentException if their number is not the product of the shape
     */
    public static FloatArray of(int[] shape, float[] values) {
        return wrap(shape.clone(), values.clone());
    }

    /**
     * {@return the matrix as an array of two dimensions}
     *
     * @param matrix the matrix
     */
    public static FloatArray of(Matrix matrix) {
        return wrap(new int[] {matrix.rows(), matrix.columns()}, matrix.toArray());
    }

    /**
     * {@return a copy of the values as an array of one dimension}
     *
     * @param values the values, row-major
     */
    public static FloatArray ofVector(float[] values) {
        return wrap(new int[] {values.length}, values.clone());
    }

    static FloatArray wrap(int[] shape, float[] values) {
        long count = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "a dimension must be at least 0, but the shape was " + Arrays.toString(shape));
            }
            count = Math.multiplyExact(count, (long) dimension);
        }
        if (count != values.length) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " needs " + count
                    + " values, but there were " + values.length);
        }
        return new FloatArray(shape, values);
    }

    /** {@return how many dimensions there are} */
    public int dimensions() {
        return shape.length;
    }

    /**
     * {@return the length of one dimension, counted from 0}
     *
     * @param dimension the dimension, from 0
     */
    public int length(int dimension) {
        return shape[dimension];
    }

    /** {@return a copy of the shape} */
    public int[] shape() {
        return shape.clone();
    }

    /** {@return a copy of the values in C order} */
    public float[] toArray() {
        return values.clone();
    }

    /**
     * {@return the array as a matrix}
     *
     * @throws IllegalStateException if it does not have two dimensions
     */
    public Matrix toMatrix() {
        if (shape.length != 2) {
            throw new IllegalStateException("a matrix has two dimensions, but the shape is " + Arrays.toString(shape));
        }
        return Matrix.wrap(shape[0], shape[1], values);
    }

    float[] values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FloatArray array
                && Arrays.equals(shape, array.shape)
                && Arrays.equals(values, array.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "FloatArray" + Arrays.toString(shape);
    }
}
