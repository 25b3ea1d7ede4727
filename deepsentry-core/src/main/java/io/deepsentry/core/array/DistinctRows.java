package io.deepsentry.core.array;

import io.deepsentry.core.internal.TemporaryFile;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers rows, those that are equal alike, and keeps the numbers in a temporary file. It remembers 32 MB of rows; when
 * more come, it forgets them all, so a row that comes again after that has a second number. Not safe for use by several
 * threads.
 */
final class DistinctRows implements Closeable {
    private static final int MOST_VALUES = 1 << 23;

    private final Map<Row, Integer> known = new HashMap<>();
    private final TemporaryFile file;
    private final DataOutputStream numbers;
    private final int most;
    private long rows;
    private int count;

    /** A row by its bits. */
    private static final class Row {
        private final float[] values;
        private final int hash;

        Row(float[] values) {
            this.values = values;
            hash = Arrays.hashCode(values);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Row row && hash == row.hash && Arrays.equals(values, row.values);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    DistinctRows(int columns) throws IOException {
        file = TemporaryFile.create();
        numbers = new DataOutputStream(file.output());
        most = Math.max(1, MOST_VALUES / columns);
    }

    /** Returns whether the next row has a number of its own. */
    boolean add(float[] row) throws IOException {
        rows++;
        Row key = new Row(row);
        Integer number = known.get(key);
        if (number != null) {
            numbers.writeInt(number);
            return false;
        }
        if (known.size() == most) {
            known.clear();
        }
        known.put(new Row(row.clone()), count);
        numbers.writeInt(count);
        count = Math.incrementExact(count);
        return true;
    }

    /** How many numbers there are. */
    int count() {
        return count;
    }

    /** Bytes that each number takes as an unsigned one. */
    int width() {
        return count <= 1 << Byte.SIZE ? 1 : count <= 1 << Short.SIZE ? 2 : Integer.BYTES;
    }

    /** Hands over the numbers of all rows in order, little-endian, so many bytes each. */
    void forEach(int width, ArrayOutput.Chunk<IOException> chunk) throws IOException {
        numbers.flush();
        byte[] bytes = new byte[1 << 14];
        int filled = 0;
        try (DataInputStream in = new DataInputStream(file.input())) {
            for (long left = rows; left > 0; left--) {
                int number = in.readInt();
                for (int i = 0; i < width; i++) {
                    bytes[filled++] = (byte) (number >>> (Byte.SIZE * i));
                }
                if (filled == bytes.length || left == 1) {
                    chunk.take(bytes, 0, filled);
                    filled = 0;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        known.clear();
        file.close();
    }
}
