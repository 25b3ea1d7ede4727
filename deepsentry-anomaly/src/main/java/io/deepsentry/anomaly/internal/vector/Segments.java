package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.internal.TemporaryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow without moving: pieces of one size, the first ones on the heap and, once there are many, the others
 * in a temporary file that is mapped. Memory stays bounded however much is kept. For one thread.
 */
final class Segments implements AutoCloseable {
    static final int SEGMENT_BYTES = 1 << 22;
    /** Pieces on the heap unless told otherwise: 64 MiB. */
    static final int DEFAULT_HEAP_SEGMENTS = 16;

    private final int heapSegments;
    private final List<ByteBuffer> segments = new ArrayList<>();
    private @Nullable TemporaryFile file;

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
            TemporaryFile temporary = file;
            if (temporary == null) {
                temporary = TemporaryFile.create();
                file = temporary;
            }
            FileChannel channel = temporary.channel();
            long from = (long) (segments.size() - heapSegments) * SEGMENT_BYTES;
            // Written rather than left to the mapping: a disk that fills up while a mapping grows kills the process.
            ByteBuffer zeros = ByteBuffer.allocate(SEGMENT_BYTES);
            while (zeros.hasRemaining()) {
                int unused = channel.write(zeros, from + zeros.position());
            }
            return channel.map(FileChannel.MapMode.READ_WRITE, from, SEGMENT_BYTES)
                    .order(ByteOrder.BIG_ENDIAN);
        } catch (IOException e) {
            throw AtomicFile.failure(Path.of(System.getProperty("java.io.tmpdir", ".")), e);
        }
    }

    /** Gives the memory back and removes the temporary file. */
    @Override
    public void close() {
        segments.clear();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            System.getLogger(Segments.class.getName())
                    .log(System.Logger.Level.WARNING, "a temporary file is left behind: {0}", e.getMessage());
        }
    }
}
