package io.deepsentry.core.nn;

import java.util.Arrays;

/**
 * An immutable array of float32 values of any number of dimensions, row-major.
 *
 * <p>Equal if shape and all values are. Safe for use by several threads.
 */
public final class NdArray {
    private final int[] shape;
    private final float[] data;

    private NdArray(int[] shape, float[] data) {
        this.shape = shape;
        this.data = data;
    }

    /**
     * {@return an array of a copy of the values}
     *
     * @param shape the dimensions
     * @param data the values, row-major
     * @throws IllegalArgumentException if the number of values is not what the shape needs
     */
    public static NdArray of(int[] shape, float[] data) {
        return wrap(shape.clone(), data.clone());
    }

    /**
     * {@return an array of the values themselves, for callers that hand over their only reference}
     *
     * @param shape the dimensions
     * @param data the values, row-major
     */
    public static NdArray wrap(int[] shape, float[] data) {
        long size = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "an array needs dimensions of at least 0, but was " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, (long) dimension);
        }
        if (size != data.length) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " needs " + size
                    + " values, but there were " + data.length);
        }
        return new NdArray(shape, data);
    }

    /** {@return a copy of the shape} */
    public int[] shape() {
        return shape.clone();
    }

    /** {@return how many values there are} */
    public int size() {
        return data.length;
    }

    /** {@return a copy of the values, row-major} */
    public float[] toArray() {
        return data.clone();
    }

    /** {@return the values themselves, for reading only} */
    public float[] data() {
        return data;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NdArray array && Arrays.equals(shape, array.shape) && Arrays.equals(data, array.data);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "NdArray" + Arrays.toString(shape);
    }
}
