package io.deepsentry.core.internal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file without a name, that nobody else can read and that is gone with this process however that ends. On Windows it
 * has a name, and goes with the process unless that is killed. It is written by one thread; several may read it.
 */
public final class TemporaryFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final FileChannel channel;

    private TemporaryFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes an empty file.
     *
     * @throws IOException if the temporary folder cannot be written to
     */
    public static TemporaryFile create() throws IOException {
        Path file = Files.createTempFile("deepsentry-", ".tmp");
        boolean opened = false;
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            opened = true;
            return new TemporaryFile(channel);
        } finally {
            if (!opened) {
                Files.deleteIfExists(file);
            }
        }
    }

    public FileChannel channel() {
        return channel;
    }

    /** Writes at the end. Closing it keeps the file. */
    public OutputStream output() {
        return new BufferedOutputStream(
                new OutputStream() {
                    private final OutputStream out = Channels.newOutputStream(channel);

                    @Override
                    public void write(int value) throws IOException {
                        out.write(value);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        out.write(bytes, from, length);
                    }
                },
                BUFFER);
    }

    /** Reads from the beginning, beside others that do. Closing it keeps the file. */
    public InputStream input() {
        return new BufferedInputStream(
                new InputStream() {
                    private long position;

                    @Override
                    public int read() throws IOException {
                        byte[] one = new byte[1];
                        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                    }

                    @Override
                    public int read(byte[] bytes, int from, int length) throws IOException {
                        int read = channel.read(ByteBuffer.wrap(bytes, from, length), position);
                        position += Math.max(0, read);
                        return read;
                    }
                },
                BUFFER);
    }

    /** Removes it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
