package io.deepsentry.core.array;

import io.deepsentry.core.internal.AtomicFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/** Writes the values of an array, little-endian, between what a format puts before and after them. */
final class ArrayOutput {
    private static final int CHUNK_VALUES = 1 << 14;

    private ArrayOutput() {}

    static long[] shapeOf(FloatArray array) {
        return Arrays.stream(array.shape()).asLongStream().toArray();
    }

    /** Takes some of the bytes of a buffer. */
    @FunctionalInterface
    interface Chunk<E extends Exception> {
        void take(byte[] bytes, int from, int count) throws E;
    }

    static void write(Path file, FloatArray array, byte[] before, byte[] after) {
        AtomicFile.write(file, out -> {
            out.write(before);
            forEachChunk(array, out::write);
            out.write(after);
        });
    }

    /** Hands over the values as float32, little-endian, piece by piece. */
    static <E extends Exception> void forEachChunk(FloatArray array, Chunk<E> chunk) throws E {
        float[] values = array.values();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK_VALUES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += CHUNK_VALUES) {
            int count = Math.min(CHUNK_VALUES, values.length - from);
            buffer.asFloatBuffer().put(values, from, count);
            chunk.take(buffer.array(), 0, count * Float.BYTES);
        }
    }
}
