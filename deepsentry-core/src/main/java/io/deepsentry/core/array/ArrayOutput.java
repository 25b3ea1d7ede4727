package io.deepsentry.core.array;

import io.deepsentry.core.AtomicFile;
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

    static void write(Path file, FloatArray array, byte[] before, byte[] after) {
        AtomicFile.write(file, out -> {
            out.write(before);
            float[] values = array.values();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_VALUES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int from = 0; from < values.length; from += CHUNK_VALUES) {
                int count = Math.min(CHUNK_VALUES, values.length - from);
                chunk.asFloatBuffer().put(values, from, count);
                out.write(chunk.array(), 0, count * Float.BYTES);
            }
            out.write(after);
        });
    }
}
