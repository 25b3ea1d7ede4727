package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A file that others may still write. */
record PlainPart(FileChannel channel, String key, Path file, long changed) implements LogPart {
    /**
     * Opens what is at a path.
     *
     * @param known the key of a file that is not wanted, or null
     * @return null if there is no file, or only that one
     * @throws AccessDeniedException if it may not be read
     * @throws NotAFileException if it is a folder, a pipe or a device
     */
    static @Nullable PlainPart open(Path path, @Nullable String known) throws IOException {
        // The key is read before and after opening: if both agree, it belongs to what was opened. If they do not, the
        // system may tell which file that is: it may have been removed, and be nowhere else.
        for (int attempt = 0; attempt < 3; attempt++) {
            String key = keyAt(path);
            if (key == null || key.equals(known)) {
                return null;
            }
            FileChannel channel;
            try {
                channel = FileChannel.open(path, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                return null;
            }
            if (key.equals(keyAt(path))) {
                return new PlainPart(channel, key, real(path), changed(path));
            }
            BasicFileAttributes opened = OpenFiles.of(channel);
            if (opened != null && !PlainPart.key(opened).equals(known)) {
                return new PlainPart(channel, PlainPart.key(opened), real(path), OpenFiles.changed(opened));
            }
            channel.close();
        }
        return null;
    }

    /** Something else than a file: reading it may wait for ever. */
    static final class NotAFileException extends IOException {
        private static final long serialVersionUID = 1;

        NotAFileException(String what) {
            super(what);
        }
    }

    /**
     * What tells the file at the path from others; null if there is none.
     *
     * @throws NotAFileException if something else is there
     */
    static @Nullable String keyAt(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new NotAFileException(
                        attributes.isDirectory() ? "it is a directory" : "it is a pipe, a socket or a device");
            }
            return key(attributes);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    static String key(BasicFileAttributes attributes) {
        // File systems without keys, such as those of Windows, tell at least when a file was made.
        Object key = attributes.fileKey();
        return (key == null ? attributes.creationTime() : key).toString();
    }

    private static long changed(Path path) throws IOException {
        try {
            return Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS);
        } catch (NoSuchFileException e) {
            // Gone already, so nothing came to it since.
            return TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // Gone already: the open file is what counts.
            return path.toAbsolutePath();
        }
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        return channel.read(target, at);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public boolean sequential() {
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
