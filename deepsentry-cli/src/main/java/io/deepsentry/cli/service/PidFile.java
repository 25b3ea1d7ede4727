package io.deepsentry.cli.service;

import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds the process id as long as the process runs, and a lock on it, which the system takes back however
 * the process ends: a file without a lock is stale, whatever process has its number by now.
 */
public final class PidFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private PidFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Writes it.
     *
     * @throws DataException if a process that runs has it, or it cannot be written
     */
    public static PidFile take(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            while (true) {
                PidFile taken = tryTake(file);
                if (taken != null) {
                    return taken;
                }
            }
        } catch (IOException e) {
            throw new DataException("pid_file " + AtomicFile.failure(file, e).getMessage(), e);
        }
    }

    /** Null if its owner removed it at the very moment it was opened. */
    private static @Nullable PidFile tryTake(Path file) throws IOException {
        // A link that another user put there would have us write somewhere else.
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        boolean taken = false;
        try {
            FileLock lock = lock(channel);
            if (lock == null) {
                throw new DataException("live is already running as process " + read(channel) + " (" + file
                        + "); stop that one, or name another pid_file");
            }
            ByteBuffer content =
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n");
            int length = content.remaining();
            channel.truncate(0);
            channel.write(content, 0);
            // Looked at by name, not opened: closing a second handle would give the lock away.
            taken = Files.exists(file) && Files.size(file) == length;
            return taken ? new PidFile(file, channel) : null;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(32);
        int length = channel.read(content, 0);
        String text = length <= 0
                ? ""
                : StandardCharsets.US_ASCII.decode(content.flip()).toString().strip();
        return text.matches("\\d+") ? text : "unknown";
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new DataException("pid_file " + file + " cannot be removed: " + e.getMessage(), e);
        }
    }
}
