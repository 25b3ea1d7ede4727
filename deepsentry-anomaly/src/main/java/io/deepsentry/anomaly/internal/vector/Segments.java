package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow without moving: pieces of one size, the first ones on the heap and, once there are many, the others in a temporary file that is mapped. Memory
 * stays bounded however much is kept. For one thread.
 */
final class Segments implements AutoCloseable {
    static final int SEGMENT_BYTES = 1 << 22;
    /** Pieces on the heap unless told otherwise: 64 MiB. */
    static final int DEFAULT_HEAP_SEGMENTS = 16;

    private final int heapSegments;
    private final List<ByteBuffer> segments = new ArrayList<>();
    private @Nullable Path file;
    private @Nullable FileChannel channel;

    Segments(int heapSegments) {
        this.heapSegments = heapSegments;
    }

    /** The piece that holds a byte, made when it is not there yet together with all before it. */
    ByteBuffer at(long offset) {
        int index = Math.toIntExact(offset / SEGMENT_BYTES);
        while (segments.size() <= index) {
            segments.add(segments.size() < heapSegments ? ByteBuffer.allocate(SEGMENT_BYTES) : map());
        }
        return segments.get(index);
    }

    int getInt(long index) {
        return at(index * Integer.BYTES).getInt(place(index));
    }

    void putInt(long index, int value) {
        at(index * Integer.BYTES).putInt(place(index), value);
    }

    private static int place(long index) {
        return (int) (index * Integer.BYTES % SEGMENT_BYTES);
    }

    private ByteBuffer map() {
        try {
            if (channel == null) {
                file = Files.createTempFile("deepsentry-", ".tmp");
                channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
            long from = (long) (segments.size() - heapSegments) * SEGMENT_BYTES;
            // Written rather than left to the mapping: a disk that fills up while a mapping grows kills the process.
            ByteBuffer zeros = ByteBuffer.allocate(SEGMENT_BYTES);
            while (zeros.hasRemaining()) {
                int unused = channel.write(zeros, from + zeros.position());
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, from, SEGMENT_BYTES)
                    .order(ByteOrder.BIG_ENDIAN);
        } catch (IOException e) {
            throw AtomicFile.failure(file == null ? Path.of(System.getProperty("java.io.tmpdir", ".")) : file, e);
        }
    }

    /** Gives the memory back and removes the temporary file. */
    @Override
    public void close() {
        segments.clear();
        try {
            if (channel != null) {
                channel.close();
            }
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.getLogger(Segments.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the temporary file {0} is left behind: {1}",
                            file,
                            e.getMessage());
        }
    }
}
