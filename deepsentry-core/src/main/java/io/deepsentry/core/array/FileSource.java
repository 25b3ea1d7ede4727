package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that is read from front to back, knowing how much of it is left, and at any place. Every length a file claims
 * is held against what is left before anything is allocated for it. Plain reads, which an interrupted thread does not
 * close and a file that shrinks does not turn into a crash.
 */
final class FileSource extends InputStream {
    private final Path path;
    private final @Nullable RandomAccessFile file;
    private final long size;
    /** A piece of the file, or all of what is in memory. */
    private final byte[] buffer;

    private long bufferStart;
    private int bufferLength;
    private int next;

    private FileSource(Path path, @Nullable RandomAccessFile file, long size, byte[] buffer, int bufferLength) {
        this.path = path;
        this.file = file;
        this.size = size;
        this.buffer = buffer;
        this.bufferLength = bufferLength;
    }

    /** A file within a file that is in memory already; the path is what errors name. */
    static FileSource of(Path path, byte[] content) {
        return new FileSource(path, null, content.length, content, content.length);
    }

    /**
     * Opens a file.
     *
     * @throws MissingDataException if it is not there, cannot be read or is empty
     */
    static FileSource open(Path path) {
        if (!Files.exists(path)) {
            throw new MissingDataException(
                    "there is no file " + path + "; check the path, or run the stage that writes it");
        }
        if (!Files.isRegularFile(path)) {
            throw new MissingDataException(path + " is not a file; name a file");
        }
        RandomAccessFile opened = null;
        try {
            opened = new RandomAccessFile(path.toFile(), "r");
            long size = opened.length();
            if (size == 0) {
                throw new MissingDataException("the file " + path + " is empty; run the stage that writes it again");
            }
            FileSource source = new FileSource(path, opened, size, new byte[1 << 16], 0);
            opened = null;
            return source;
        } catch (FileNotFoundException e) {
            throw new MissingDataException(
                    "the file " + path + " cannot be read: permission denied; change its permissions", e);
        } catch (IOException e) {
            throw new MissingDataException("the file " + path + " cannot be read: " + e.getMessage(), e);
        } finally {
            closeQuietly(opened);
        }
    }

    private static void closeQuietly(@Nullable RandomAccessFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                System.getLogger(FileSource.class.getName())
                        .log(
                                System.Logger.Level.DEBUG,
                                "a file that was only read cannot be closed: {0}",
                                e.getMessage());
            }
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    long position() {
        return bufferStart + next;
    }

    long remaining() {
        return size - position();
    }

    private boolean fill(int wanted) throws IOException {
        if (bufferLength - next >= wanted) {
            return true;
        }
        if (file == null) {
            return false;
        }
        bufferStart += next;
        int kept = bufferLength - next;
        System.arraycopy(buffer, next, buffer, 0, kept);
        next = 0;
        bufferLength = kept;
        file.seek(bufferStart + kept);
        while (bufferLength < wanted) {
            int count = file.read(buffer, bufferLength, buffer.length - bufferLength);
            if (count < 0) {
                return false;
            }
            bufferLength += count;
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        return fill(1) ? buffer[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill(1)) {
            return -1;
        }
        int count = Math.min(length, bufferLength - next);
        System.arraycopy(buffer, next, target, offset, count);
        next += count;
        return count;
    }

    /** Reads an unsigned number, least significant byte first; one of eight bytes that does not fit is negative. */
    long readLittleEndian(int bytes) throws IOException {
        if (!fill(bytes)) {
            throw new EOFException();
        }
        long number = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            number = number << 8 | (buffer[next + i] & 0xff);
        }
        next += bytes;
        return number;
    }

    /** Goes past bytes that are known to be there. */
    void skipKnown(long count) {
        long target = position() + count;
        if (file == null || target <= bufferStart + bufferLength) {
            next = (int) (target - bufferStart);
        } else {
            bufferStart = target;
            bufferLength = 0;
            next = 0;
        }
    }

    /** Reads bytes at a place, without moving. */
    void readAt(long offset, byte[] target, int start, int length) {
        if (file == null) {
            System.arraycopy(buffer, (int) offset, target, start, length);
            return;
        }
        try {
            file.seek(offset);
            file.readFully(target, start, length);
        } catch (EOFException e) {
            throw new DataException(
                    "the file " + path
                            + " became shorter while it was read; do not write to it meanwhile, and run again",
                    e);
        } catch (IOException e) {
            throw new DataException("the file " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closeQuietly(file);
    }
}
