package io.deepsentry.core.array;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.razorvine.pickle.Opcodes;

/** Builds the instructions of a pickle (protocol 4, PEP 3154; Python 3.4 and later read it). */
final class PickleBytes {
    private static final int PROTOCOL = 4;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleBytes op(int opcode) {
        out.write(opcode);
        return this;
    }

    PickleBytes begin() {
        return op(Opcodes.PROTO).op(PROTOCOL);
    }

    PickleBytes text(String text) {
        byte[] bytes = PythonText.encode(text);
        if (bytes.length < 256) {
            op(Opcodes.SHORT_BINUNICODE).op(bytes.length);
        } else {
            op(Opcodes.BINUNICODE).littleEndian(bytes.length, 4);
        }
        out.writeBytes(bytes);
        return this;
    }

    PickleBytes integer(long number) {
        if (number >= 0 && number < 256) {
            return op(Opcodes.BININT1).op((int) number);
        }
        if (number == (int) number) {
            return op(Opcodes.BININT).littleEndian(number, 4);
        }
        return op(Opcodes.LONG1).op(Long.BYTES).littleEndian(number, Long.BYTES);
    }

    PickleBytes global(String module, String name) {
        return text(module).text(name).op(Opcodes.STACK_GLOBAL);
    }

    PickleBytes littleEndian(long number, int bytes) {
        byte[] all = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
        out.write(all, 0, bytes);
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] take() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    /** What comes before the values of a float32 array. numpy 1 and 2 both have the old names that stand here. */
    static byte[] beforeArray(long[] shape) {
        byte[] begin = new PickleBytes().begin().take();
        byte[] head = arrayHead(shape);
        byte[] both = Arrays.copyOf(begin, begin.length + head.length);
        System.arraycopy(head, 0, both, begin.length, head.length);
        return both;
    }

    /** What comes before the values where a float32 array is part of something else. */
    static byte[] arrayHead(long[] shape) {
        return new PickleBytes().array("f4", Float.BYTES, shape, false).take();
    }

    /**
     * What comes before the values of a float32 array whose rows an index chooses, as in {@code table[index]}: of one
     * length whatever the number of rows. {@link #beforeIndex}, the index and {@link #afterIndex} follow the values.
     */
    static byte[] beforeTable(long rows, int columns) {
        return new PickleBytes()
                .begin()
                .global("operator", "getitem")
                .array("f4", Float.BYTES, new long[] {rows, columns}, true)
                .take();
    }

    /**
     * What comes between the values of such a table and its index.
     *
     * @param width bytes a number of the index, which is unsigned: 1, 2 or 4
     */
    static byte[] beforeIndex(long count, int width) {
        return new PickleBytes()
                .op(Opcodes.TUPLE)
                .op(Opcodes.BUILD)
                .array("u" + width, width, new long[] {count}, false)
                .take();
    }

    /** What comes after such an index. */
    static byte[] afterIndex() {
        return new PickleBytes()
                .op(Opcodes.TUPLE)
                .op(Opcodes.BUILD)
                .op(Opcodes.TUPLE2)
                .op(Opcodes.REDUCE)
                .op(Opcodes.STOP)
                .take();
    }

    private PickleBytes array(String dtype, int width, long[] shape, boolean wide) {
        global("numpy.core.multiarray", "_reconstruct")
                .global("numpy", "ndarray")
                .integer(0)
                .op(Opcodes.TUPLE1);
        op(Opcodes.SHORT_BINBYTES).op(1).op('b').op(Opcodes.TUPLE3).op(Opcodes.REDUCE);
        op(Opcodes.MARK).integer(1).op(Opcodes.MARK);
        long bytes = width;
        for (long dimension : shape) {
            if (wide) {
                op(Opcodes.LONG1).op(Long.BYTES).littleEndian(dimension, Long.BYTES);
            } else {
                integer(dimension);
            }
            bytes = Math.multiplyExact(bytes, dimension);
        }
        op(Opcodes.TUPLE);
        global("numpy", "dtype")
                .text(dtype)
                .op(Opcodes.NEWFALSE)
                .op(Opcodes.NEWTRUE)
                .op(Opcodes.TUPLE3)
                .op(Opcodes.REDUCE);
        op(Opcodes.MARK).integer(3).text("<").op(Opcodes.NONE).op(Opcodes.NONE).op(Opcodes.NONE);
        integer(-1).integer(-1).integer(0).op(Opcodes.TUPLE).op(Opcodes.BUILD);
        return op(Opcodes.NEWFALSE).op(Opcodes.BINBYTES8).littleEndian(bytes, Long.BYTES);
    }

    /** What comes after the values of a float32 array. */
    static byte[] afterArray() {
        return new PickleBytes()
                .op(Opcodes.TUPLE)
                .op(Opcodes.BUILD)
                .op(Opcodes.STOP)
                .take();
    }

    /** What comes after the values where an array is part of something else. */
    static byte[] arrayTail() {
        return new PickleBytes().op(Opcodes.TUPLE).op(Opcodes.BUILD).take();
    }
}
