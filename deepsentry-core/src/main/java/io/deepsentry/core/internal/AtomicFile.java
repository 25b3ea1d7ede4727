package io.deepsentry.core.internal;

import io.deepsentry.core.DataException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all. It is written beside its place under a temporary name, forced to disk and
 * then moved there; whoever reads sees the old file or the new one. Folders that are missing are made.
 *
 * <p>Closed without {@link #commit()}, it leaves nothing behind, nor does a process that is interrupted or terminated.
 * Not safe for use by several threads.
 */
public final class AtomicFile implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private boolean committed;

    private AtomicFile(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Begins a file.
     *
     * @throws DataException if its folder cannot be made or written to
     */
    public static AtomicFile create(Path target) {
        if (Files.isDirectory(target)) {
            throw new DataException(target + " cannot be written: it is a folder; name a file");
        }
        Path absolute = target.toAbsolutePath();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Path folder = absolute.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            UnfinishedFiles.add(temporary);
            Files.createFile(temporary);
        } catch (IOException e) {
            UnfinishedFiles.forget(temporary);
            throw failure(target, e);
        }
        return new AtomicFile(target, temporary);
    }

    /**
     * Writes a whole file.
     *
     * @throws DataException if it cannot be written, for example because the disk is full
     */
    public static void write(Path target, StreamWriter writer) {
        try (AtomicFile file = create(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file.temporary), 1 << 16)) {
                writer.write(out);
            } catch (IOException e) {
                throw failure(target, e);
            }
            file.commit();
        }
    }

    /**
     * Writes a whole text file in UTF-8.
     *
     * @throws DataException if it cannot be written, for example because the disk is full
     */
    public static void writeText(Path target, String text) {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Lets somebody who can only write to a path write the whole file.
     *
     * @throws DataException if it cannot be written, for example because the disk is full
     */
    public static void writeAt(Path target, PathWriter writer) {
        try (AtomicFile file = create(target)) {
            try {
                writer.write(file.temporary);
            } catch (IOException e) {
                throw failure(target, e);
            }
            file.commit();
        }
    }

    /** Where the content is written until it is committed. */
    public Path temporary() {
        return temporary;
    }

    /**
     * Forces what was written to disk.
     *
     * @throws DataException if that fails
     */
    public void force() {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    /**
     * Forces what was written to disk and moves it to its place.
     *
     * @throws DataException if that fails
     */
    public void commit() {
        force();
        move();
    }

    /** Moves what was forced to disk to its place. */
    void move() {
        try {
            try {
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
            }
            committed = true;
            UnfinishedFiles.forget(temporary);
        } catch (IOException e) {
            throw failure(target, e);
        }
        forceFolder();
    }

    /** Makes the new name last through a power failure, where the system can: not all let a folder be opened. */
    private void forceFolder() {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            System.getLogger(AtomicFile.class.getName())
                    .log(System.Logger.Level.DEBUG, "the folder {0} cannot be forced to disk", folder);
        }
    }

    /** Removes what was written, unless it was committed. */
    @Override
    public void close() {
        if (committed) {
            return;
        }
        UnfinishedFiles.remove(temporary);
    }

    /** Writes all of a buffer to a channel, which may take it in pieces. */
    public static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            int unused = channel.write(buffer);
        }
    }

    /**
     * Makes a folder if it is not there, and tries whether files can be written in it.
     *
     * @throws DataException if not
     */
    public static void requireWritableFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".writing-", ""));
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    /** What to tell a user whose file could not be written. */
    public static DataException failure(Path target, IOException e) {
        Path existing = nearestExisting(target.toAbsolutePath().getParent());
        if (existing != null && !Files.isDirectory(existing)) {
            return new DataException(
                    target + " cannot be written: " + existing
                            + " is a file, but a folder is needed there; choose another folder",
                    e);
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota exceeded")) {
            return new DataException(
                    target
                            + " cannot be written: the disk is full; free some space or choose another folder, and run again",
                    e);
        }
        if (lower.contains("read-only file system")) {
            return new DataException(
                    target + " cannot be written: the file system is read-only; choose another folder", e);
        }
        if (e instanceof AccessDeniedException) {
            return new DataException(
                    target
                            + " cannot be written: permission denied; change the folder's permissions or choose another folder",
                    e);
        }
        if (e instanceof FileAlreadyExistsException) {
            return new DataException(
                    target + " cannot be written: " + message
                            + " is a file, but a folder is needed there; choose another folder",
                    e);
        }
        if (e instanceof NoSuchFileException) {
            return new DataException(
                    target + " cannot be written: no file could be made in " + existing
                            + "; check that folder, or choose another",
                    e);
        }
        return new DataException(
                target + " cannot be written: " + message + "; check the disk, or choose another folder", e);
    }

    private static @Nullable Path nearestExisting(@Nullable Path path) {
        Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    /** Writes the content of a file to a stream. */
    @FunctionalInterface
    public interface StreamWriter {
        void write(OutputStream out) throws IOException;
    }

    /** Writes the content of a file to a path. */
    @FunctionalInterface
    public interface PathWriter {
        void write(Path path) throws IOException;
    }
}
