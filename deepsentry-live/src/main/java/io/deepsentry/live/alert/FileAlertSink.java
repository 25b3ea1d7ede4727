package io.deepsentry.live.alert;

import com.google.common.base.Splitter;
import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import io.deepsentry.core.DataException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.tail.RotatedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Appends alerts to a file, one line each, so that the file holds only complete lines: a line that does not fit on
 * the disk is removed again. Each alert has reached the operating system when {@link #write} returns, and the disk
 * after {@link #flush} or {@link #close}.
 *
 * <p>Used by one thread at a time; two programs should not write to the same file.
 */
public final class FileAlertSink implements AlertSink {
    private final Path file;
    private final AlertFormat format;
    private FileChannel channel;
    /** Devices and pipes have no length to go back to. */
    private final boolean regular;
    /** Which file is open, to notice that another program has moved it away; null where the system does not tell. */
    private @Nullable Object key;

    /** Whether the file ends inside a line that an earlier program did not complete. */
    private boolean torn;
    /** The ids of alerts that stand in the file and may be given once more, each as often as it stands there. */
    private final Multiset<String> again = HashMultiset.create();

    private FileAlertSink(Path file, AlertFormat format, FileChannel channel) {
        this.file = file;
        this.format = format;
        this.channel = channel;
        this.regular = Files.isRegularFile(file);
        this.key = keyOf(file);
    }

    /**
     * Opens a file for appending; creates it and its folder if they do not exist. A line that an earlier program left
     * incomplete is ended with a line break before the first alert, or removed if {@link #resume} shows that its
     * alert is written once more.
     *
     * @param file the file to append to
     * @param format the form of each line
     * @return the open sink; close it
     * @throws DataException if the file cannot be written
     */
    public static FileAlertSink open(Path file, AlertFormat format) {
        Objects.requireNonNull(format, "format");
        if (Files.isDirectory(file)) {
            throw new DataException("output_file " + file + " is a directory: name a file in it");
        }
        try {
            FileChannel channel = appending(file);
            FileAlertSink sink = new FileAlertSink(file, format, channel);
            try {
                sink.torn = sink.endsInsideLine();
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            return sink;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static FileChannel appending(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static DataException unwritable(Path file, IOException e) {
        return new DataException("output_file " + AtomicFile.failure(file, e).getMessage(), e);
    }

    private static @Nullable Object keyOf(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Appends an alert. If the file was rotated away, a new one is created under its name. */
    @Override
    public void write(Alert alert) {
        requireOpen();
        if (regular && key != null && !key.equals(keyOf(file))) {
            reopen();
        }
        if (again.remove(alert.id())) {
            return;
        }
        if (torn) {
            torn = false;
            append("\n");
        }
        append(format.write(alert) + '\n');
    }

    private void append(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        long before = -1;
        try {
            before = regular ? channel.size() : -1;
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            DataException failure = new DataException(
                    "an alert cannot be written to " + file + ": " + IoErrors.describe(e)
                            + "; free space there or name another output_file",
                    e);
            if (before >= 0) {
                try {
                    channel.truncate(before);
                } catch (IOException again) {
                    failure.addSuppressed(again);
                }
            }
            throw failure;
        }
    }

    /** Returns the file's length and key, and the time. */
    @Override
    public String mark() {
        try {
            return regular ? channel.size() + " " + key + " " + System.currentTimeMillis() : "";
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * Reads back what was written since the mark, in this file and in those it was rotated into. Removes a record
     * that a crash left incomplete.
     */
    @Override
    public void resume(String mark) {
        requireOpen();
        if (!regular) {
            return;
        }
        List<String> parts = Splitter.on(' ').splitToList(mark);
        long offset = parts.size() < 2 ? 0 : Long.parseLong(parts.get(0));
        String marked = parts.size() < 2 ? mark : parts.get(1);
        // Times of files may be those of a clock that lags a little, and of whole seconds.
        long since = parts.size() < 3 ? 0 : Long.parseLong(parts.get(2)) - 2_000;
        try {
            if (marked.equals(String.valueOf(key)) && channel.size() >= offset) {
                WrittenAlerts.read(file, offset, again);
                if (torn) {
                    channel.truncate(Math.max(offset, WrittenAlerts.lastLineEnd(file)));
                    torn = false;
                }
                return;
            }
            for (Path rotated : RotatedFiles.beside(file)) {
                // What was compressed keeps the time of its last alert. Before the mark, it holds none that comes
                // again.
                if (Files.getLastModifiedTime(rotated).toMillis() < since) {
                    continue;
                }
                boolean before = String.valueOf(keyOf(rotated)).equals(marked);
                WrittenAlerts.read(rotated, before ? offset : 0, again);
            }
            WrittenAlerts.read(file, 0, again);
            if (torn) {
                channel.truncate(WrittenAlerts.lastLineEnd(file));
                torn = false;
            }
        } catch (IOException e) {
            throw new DataException(
                    "the alerts in " + file + " cannot be read back: " + IoErrors.describe(e)
                            + "; without them some might be written twice. Permit reading, or name another output_file",
                    e);
        }
    }

    private void requireOpen() {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the alert file " + file + " is closed");
        }
    }

    /** Writes through to the disk. */
    @Override
    public void flush() {
        requireOpen();
        if (!regular) {
            return;
        }
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new DataException(
                    "the alerts in " + file + " may not have reached the disk: " + IoErrors.describe(e), e);
        }
    }

    /** Continues in the file that has the name now; creates it if it does not exist. */
    @Override
    public void reopen() {
        requireOpen();
        try {
            FileChannel next = appending(file);
            FileChannel left = channel;
            channel = next;
            key = keyOf(file);
            left.close();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private boolean endsInsideLine() throws IOException {
        if (!regular || channel.size() == 0) {
            return false;
        }
        try (FileChannel reader = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return reader.read(last, reader.size() - 1) == 1 && last.get(0) != '\n';
        } catch (AccessDeniedException | NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try (FileChannel closing = channel) {
            if (regular) {
                closing.force(false);
            }
        } catch (IOException e) {
            throw new DataException(
                    "the alerts in " + file + " may not have reached the disk: " + IoErrors.describe(e), e);
        }
    }
}
