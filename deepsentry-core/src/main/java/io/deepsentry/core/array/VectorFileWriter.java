package io.deepsentry.core.array;

import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes a float32 array row by row into a file that appears whole when it is closed, or not at all: {@code .npy} by
 * its name, else a pickle. The number of rows is known beforehand, so that an array of any length needs no memory.
 *
 * <p>Not safe for use by several threads.
 */
public final class VectorFileWriter implements AutoCloseable {
    private final AtomicFile file;
    private final Path target;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    private final long rows;
    private final int columns;
    private final boolean npy;
    private final @Nullable DistinctRows distinct;
    private long written;
    private boolean ended;

    private VectorFileWriter(
            AtomicFile file,
            Path target,
            FileChannel channel,
            long rows,
            int columns,
            @Nullable DistinctRows distinct) {
        this.file = file;
        this.target = target;
        this.channel = channel;
        this.rows = rows;
        this.columns = columns;
        this.npy = isNpy(target);
        this.distinct = distinct;
    }

    private static boolean isNpy(Path target) {
        return target.toString().toLowerCase(Locale.ROOT).endsWith(".npy");
    }

    /**
     * Creates a file.
     *
     * @param target the file
     * @param rows how many rows, or values, will be written
     * @param columns the length of a row; 0 for an array of one dimension, {@code [rows]}
     * @return the writer, to be closed
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public static VectorFileWriter create(Path target, long rows, int columns) {
        return create(target, rows, columns, false);
    }

    /**
     * Begins a file in which rows that repeat stand once, unless it is an {@code .npy}, which cannot do that. What
     * reads it, in Python as here, gets the same array as from {@link #create}. It remembers 32 MB of rows to find
     * those that repeat.
     *
     * @param rows how many rows will be written
     * @param columns the length of a row, at least 1
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public static VectorFileWriter createDistinct(Path target, long rows, int columns) {
        if (columns < 1) {
            throw new IllegalArgumentException("columns must be at least 1, but was " + columns);
        }
        return create(target, rows, columns, !isNpy(target));
    }

    private static VectorFileWriter create(Path target, long rows, int columns, boolean once) {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException(
                    "an array needs dimensions of at least 0, but was " + rows + " x " + columns);
        }
        AtomicFile file = AtomicFile.create(target);
        boolean begun = false;
        try {
            FileChannel channel = FileChannel.open(file.temporary(), StandardOpenOption.WRITE);
            VectorFileWriter writer =
                    new VectorFileWriter(file, target, channel, rows, columns, once ? new DistinctRows(columns) : null);
            long[] shape = columns == 0 ? new long[] {rows} : new long[] {rows, columns};
            writer.put(
                    once
                            ? PickleBytes.beforeTable(0, columns)
                            : writer.npy ? NpyHeader.write(shape) : PickleBytes.beforeArray(shape));
            begun = true;
            return writer;
        } catch (IOException e) {
            throw AtomicFile.failure(target, e);
        } finally {
            if (!begun) {
                file.close();
            }
        }
    }

    /**
     * Writes a row, shape {@code [columns]}.
     *
     * @param row the values of the row
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public void write(float[] row) {
        if (columns == 0 || row.length != columns) {
            throw new IllegalArgumentException(
                    "a row of " + target + " must have " + columns + " values, but had " + row.length);
        }
        requireRoom();
        try {
            if (distinct == null || distinct.add(row)) {
                for (float value : row) {
                    put(value);
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        written++;
    }

    /**
     * Writes a value of an array of one dimension.
     *
     * @param value the value
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    public void write(float value) {
        if (columns != 0) {
            throw new IllegalArgumentException(
                    "a row of " + target + " must have " + columns + " values, but was one value");
        }
        requireRoom();
        try {
            put(value);
        } catch (IOException e) {
            throw failed(e);
        }
        written++;
    }

    private void requireRoom() {
        if (ended) {
            throw new IllegalStateException("the file " + target + " was closed");
        }
        if (written == rows) {
            throw new IllegalStateException(
                    "the file " + target + " must have " + rows + " rows, but more are written");
        }
    }

    private void put(float value) throws IOException {
        if (buffer.remaining() < Float.BYTES) {
            flush();
        }
        buffer.putFloat(value);
    }

    private void put(byte[] bytes) throws IOException {
        if (buffer.remaining() < bytes.length) {
            flush();
        }
        buffer.put(bytes);
    }

    /** Writes which row is which, and in front of the rows how many they are. */
    private void putIndex(DistinctRows numbered) throws IOException {
        int width = numbered.width();
        put(PickleBytes.beforeIndex(rows, width));
        numbered.forEach(width, (bytes, from, count) -> {
            if (buffer.remaining() < count) {
                flush();
            }
            buffer.put(bytes, from, count);
        });
        put(PickleBytes.afterIndex());
        flush();
        channel.position(0);
        put(PickleBytes.beforeTable(numbered.count(), columns));
    }

    private void flush() throws IOException {
        buffer.flip();
        AtomicFile.writeFully(channel, buffer);
        buffer.clear();
    }

    private RuntimeException failed(IOException e) {
        abort();
        return AtomicFile.failure(target, e);
    }

    /** Ends without a file. Calling it again, or after {@link #close()}, changes nothing. */
    public void abort() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            channel.close();
            if (distinct != null) {
                distinct.close();
            }
        } catch (IOException e) {
            System.getLogger(VectorFileWriter.class.getName())
                    .log(System.Logger.Level.DEBUG, "an abandoned file cannot be closed: {0}", e.getMessage());
        } finally {
            file.close();
        }
    }

    /**
     * Puts the file in its place.
     *
     * @throws IllegalStateException if rows are missing; there is no file then
     * @throws io.deepsentry.core.DataException if it cannot be written
     */
    @Override
    public void close() {
        if (ended) {
            return;
        }
        if (written < rows) {
            abort();
            throw new IllegalStateException(
                    "the file " + target + " must have " + rows + " rows, but " + written + " were written");
        }
        try {
            if (distinct != null) {
                putIndex(distinct);
                distinct.close();
            } else {
                put(npy ? new byte[0] : PickleBytes.afterArray());
            }
            flush();
            channel.close();
            file.commit();
            ended = true;
        } catch (IOException e) {
            throw failed(e);
        } finally {
            abort();
        }
    }
}
