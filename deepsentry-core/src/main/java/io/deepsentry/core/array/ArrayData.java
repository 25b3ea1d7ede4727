package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An array as a file describes it, checked, its values not yet read. */
final class ArrayData {
    private static final int CHUNK = 1 << 16;

    private final Path file;
    private final Dtype dtype;
    private final long[] shape;
    private final boolean fortran;
    private final RawBytes bytes;
    private final long count;

    private ArrayData(Path file, Dtype dtype, long[] shape, boolean fortran, RawBytes bytes, long count) {
        this.file = file;
        this.dtype = dtype;
        this.shape = shape;
        this.fortran = fortran;
        this.bytes = bytes;
        this.count = count;
    }

    /**
     * Checks a description.
     *
     * @throws DataException if the bytes are not as many as the shape needs
     */
    static ArrayData of(Path file, Dtype dtype, long[] shape, boolean fortran, RawBytes bytes) {
        long count = 1;
        boolean empty = false;
        try {
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new DataException("the file " + file + " is corrupt: an array has the shape "
                            + Arrays.toString(shape) + "; write it again");
                }
                empty |= dimension == 0;
                count = Math.multiplyExact(count, Math.max(dimension, 1));
            }
            count = empty ? 0 : count;
            if (Math.multiplyExact(count, (long) dtype.size()) != bytes.length()) {
                throw wrongLength(file, dtype, shape, bytes.length());
            }
        } catch (ArithmeticException e) {
            throw wrongLength(file, dtype, shape, bytes.length());
        }
        return new ArrayData(file, dtype, shape, fortran && shape.length > 1, bytes, count);
    }

    private static DataException wrongLength(Path file, Dtype dtype, long[] shape, long length) {
        return new DataException("the file " + file + " is truncated or corrupt: an array of shape "
                + Arrays.toString(shape) + " of " + dtype + " cannot have " + length + " bytes; write it again");
    }

    long count() {
        return count;
    }

    long[] shape() {
        return shape;
    }

    /** Whether each row lies in the file in one piece, so that it can be read alone. */
    boolean isRowWise() {
        return bytes instanceof RawBytes.InFile && !fortran;
    }

    /** Whether the values can be read piece by piece, from the first to the last, in C order. */
    boolean isSequential() {
        return !(bytes instanceof RawBytes.InMemory) && !fortran;
    }

    /** Where the values lie in the file just as they are written; null if they do not. */
    RawBytes.@Nullable InFile asWritten() {
        boolean same = dtype.kind() == 'f' && dtype.size() == Float.BYTES && dtype.order() == ByteOrder.LITTLE_ENDIAN;
        return same && isRowWise() && bytes instanceof RawBytes.InFile inFile ? inFile : null;
    }

    /**
     * Reads some values in the order of the file.
     *
     * @param from the first of them
     * @param scratch room for a piece of the bytes
     */
    void read(FileSource source, long from, float[] target, int offset, int length, byte[] scratch) {
        int piece = scratch.length / dtype.size();
        for (int done = 0; done < length; done += piece) {
            int now = Math.min(piece, length - done);
            bytes.copy(source, (from + done) * dtype.size(), scratch, now * dtype.size());
            ByteBuffer buffer = ByteBuffer.wrap(scratch, 0, now * dtype.size()).order(dtype.order());
            if (dtype.kind() == 'f' && dtype.size() == 4) {
                buffer.asFloatBuffer().get(target, offset + done, now);
            } else {
                narrow(buffer, target, offset + done, now);
            }
        }
    }

    private void narrow(ByteBuffer buffer, float[] target, int offset, int length) {
        if (dtype.kind() == 'f' && dtype.size() == Double.BYTES) {
            narrow(buffer.asDoubleBuffer(), target, offset, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            target[offset + i] = dtype.kind() == 'f' ? ofHalf(buffer.getShort()) : ofInteger(buffer);
        }
    }

    private void narrow(DoubleBuffer wide, float[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
            double value = wide.get(i);
            float narrow = (float) value;
            if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
                throw tooWide(Double.toString(value));
            }
            target[offset + i] = narrow;
        }
    }

    /** IEEE 754's binary16: 5 bits of exponent, 10 of fraction. */
    private static float ofHalf(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        float size = exponent == 0
                ? fraction * 0x1p-24f
                : exponent == 0x1f
                        ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                        : (0x400 + fraction) * (float) Math.scalb(1.0, exponent - 25);
        return bits < 0 ? -size : size;
    }

    /** An integer that float32 cannot tell from its neighbour is refused: it would come back as another one. */
    private float ofInteger(ByteBuffer buffer) {
        long value = integer(buffer);
        if (dtype.kind() == 'b') {
            return value == 0 ? 0 : 1;
        }
        if (dtype.kind() == 'u' && value < 0) {
            throw tooWide(Long.toUnsignedString(value));
        }
        float narrow = value;
        if ((long) narrow != value || narrow == 0x1p63f) {
            throw tooWide(Long.toString(value));
        }
        return narrow;
    }

    private DataException tooWide(String value) {
        return new DataException(
                "the file " + file + " has the value " + value + ", which does not fit into float32; scale the values");
    }

    /** Whether its values are whole numbers. */
    boolean isOfIntegers() {
        return dtype.kind() == 'i' || dtype.kind() == 'u';
    }

    /**
     * Reads some values of an array of whole numbers in the order of the file. Those beyond a long come out negative.
     *
     * @param scratch room for all the bytes
     */
    void readIntegers(FileSource source, long from, long[] target, int length, byte[] scratch) {
        bytes.copy(source, from * dtype.size(), scratch, length * dtype.size());
        ByteBuffer buffer = ByteBuffer.wrap(scratch, 0, length * dtype.size()).order(dtype.order());
        for (int i = 0; i < length; i++) {
            target[i] = integer(buffer);
        }
    }

    private long integer(ByteBuffer buffer) {
        long value =
                switch (dtype.size()) {
                    case 1 -> buffer.get();
                    case 2 -> buffer.getShort();
                    case 4 -> buffer.getInt();
                    default -> buffer.getLong();
                };
        return dtype.kind() == 'u' && dtype.size() < Long.BYTES ? value & ((1L << (dtype.size() * 8)) - 1) : value;
    }

    /** Reads all values into memory, in C order. */
    FloatArray load(FileSource source, MemoryBudget budget) {
        int[] dimensions = new int[shape.length];
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] > Integer.MAX_VALUE) {
                throw tooLarge();
            }
            dimensions[i] = (int) shape[i];
        }
        if (count > Integer.MAX_VALUE - 8) {
            throw tooLarge();
        }
        budget.take(count * Float.BYTES * (fortran ? 2 : 1));
        float[] values = new float[(int) count];
        read(source, 0, values, 0, values.length, new byte[CHUNK]);
        return FloatArray.wrap(dimensions, fortran ? toRowOrder(dimensions, values) : values);
    }

    private DataException tooLarge() {
        return new DataException("the file " + file + " has an array of shape " + Arrays.toString(shape)
                + ", too large to load at once; split it");
    }

    /** In Fortran order the first dimension is the fastest; here the last one is. */
    private static float[] toRowOrder(int[] shape, float[] columnOrder) {
        float[] rowOrder = new float[columnOrder.length];
        int[] steps = new int[shape.length];
        int step = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            steps[d] = step;
            step *= shape[d];
        }
        int[] place = new int[shape.length];
        int to = 0;
        for (float value : columnOrder) {
            rowOrder[to] = value;
            for (int d = 0; d < shape.length; d++) {
                to += steps[d];
                if (++place[d] < shape[d]) {
                    break;
                }
                to -= steps[d] * shape[d];
                place[d] = 0;
            }
        }
        return rowOrder;
    }
}
