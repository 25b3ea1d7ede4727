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

    /** What comes before the values where an array is part of something else. */
    static byte[] arrayHead(long[] shape) {
        PickleBytes pickle = new PickleBytes();
        pickle.global("numpy.core.multiarray", "_reconstruct")
                .global("numpy", "ndarray")
                .integer(0)
                .op(Opcodes.TUPLE1);
        pickle.op(Opcodes.SHORT_BINBYTES).op(1).op('b').op(Opcodes.TUPLE3).op(Opcodes.REDUCE);
        pickle.op(Opcodes.MARK).integer(1).op(Opcodes.MARK);
        long bytes = Float.BYTES;
        for (long dimension : shape) {
            pickle.integer(dimension);
            bytes = Math.multiplyExact(bytes, dimension);
        }
        pickle.op(Opcodes.TUPLE);
        pickle.global("numpy", "dtype")
                .text("f4")
                .op(Opcodes.NEWFALSE)
                .op(Opcodes.NEWTRUE)
                .op(Opcodes.TUPLE3)
                .op(Opcodes.REDUCE);
        pickle.op(Opcodes.MARK)
                .integer(3)
                .text("<")
                .op(Opcodes.NONE)
                .op(Opcodes.NONE)
                .op(Opcodes.NONE);
        pickle.integer(-1).integer(-1).integer(0).op(Opcodes.TUPLE).op(Opcodes.BUILD);
        pickle.op(Opcodes.NEWFALSE).op(Opcodes.BINBYTES8).littleEndian(bytes, Long.BYTES);
        return pickle.take();
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
