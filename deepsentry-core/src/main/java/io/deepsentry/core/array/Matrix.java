package io.deepsentry.core.array;

import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable matrix of float32 values, shape {@code [rows, columns]}, row by row in memory. Either dimension may be
 * 0.
 *
 * <pre>{@code
 * Matrix matrix = Matrix.of(2, 3, new float[] {1, 2, 3, 4, 5, 6});
 * matrix.get(1, 0); // 4
 * matrix.row(0);    // {1, 2, 3}
 * }</pre>
 *
 * <p>Matrices are equal if their shapes and all their values are equal; {@code NaN} equals {@code NaN}, and {@code 0.0}
 * differs from {@code -0.0}. Safe for use by several threads.
 */
public final class Matrix {
    private final int rows;
    private final int columns;
    private final float[] values;

    private Matrix(int rows, int columns, float[] values) {
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /**
     * Copies values to a matrix.
     *
     * @param rows how many rows
     * @param columns the length of a row
     * @param values row by row, {@code rows * columns} of them
     * @return the matrix
     * @throws IllegalArgumentException if a dimension is negative, or there are more or fewer values
     */
    public static Matrix of(int rows, int columns, float[] values) {
        requireShape(rows, columns, values.length);
        return new Matrix(rows, columns, values.clone());
    }

    /** A matrix of the values themselves, for callers that hand over their only reference. */
    static Matrix wrap(int rows, int columns, float[] values) {
        requireShape(rows, columns, values.length);
        return new Matrix(rows, columns, values);
    }

    private static void requireShape(int rows, int columns, int length) {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException(
                    "a matrix needs dimensions of at least 0, but was " + rows + " x " + columns);
        }
        if ((long) rows * columns != length) {
            throw new IllegalArgumentException("a matrix of " + rows + " x " + columns + " needs "
                    + (long) rows * columns + " values, but there were " + length);
        }
    }

    /** {@return the number of rows} */
    public int rows() {
        return rows;
    }

    /** {@return the number of columns} */
    public int columns() {
        return columns;
    }

    /**
     * {@return a value}
     *
     * @param row the row, from 0
     * @param column the column, from 0
     * @throws IndexOutOfBoundsException if there is no such row or column
     */
    public float get(int row, int column) {
        Objects.checkIndex(row, rows);
        Objects.checkIndex(column, columns);
        return values[row * columns + column];
    }

    /**
     * {@return a copy of a row, shape {@code [columns]}}
     *
     * @param row the row, from 0
     */
    public float[] row(int row) {
        Objects.checkIndex(row, rows);
        return Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
    }

    /**
     * Copies a row into {@code target}, starting at {@code offset}.
     *
     * @param row the row, from 0
     * @param target takes the values
     * @param offset where in {@code target} the row begins
     */
    public void copyRow(int row, float[] target, int offset) {
        Objects.checkIndex(row, rows);
        System.arraycopy(values, row * columns, target, offset, columns);
    }

    /** {@return a copy of all values, row by row} */
    public float[] toArray() {
        return values.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matrix matrix
                && rows == matrix.rows
                && columns == matrix.columns
                && Arrays.equals(values, matrix.values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * rows + columns) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Matrix[" + rows + " x " + columns + "]";
    }
}
