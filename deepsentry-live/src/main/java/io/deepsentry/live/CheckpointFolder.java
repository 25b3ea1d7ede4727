package io.deepsentry.live;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A folder with what a run needs to continue after a crash: a snapshot of all state, and a journal of what was done since.
 * Both carry checksums; a snapshot takes the place of the one before in one step, and of the journal what a crash left
 * half written is left out. One program at a time uses a folder. For one thread.
 */
final class CheckpointFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CheckpointFolder.class.getName());
    private static final int MAGIC = 0x44534350;
    private static final Pattern SNAPSHOT = Pattern.compile("snapshot-(\\d{1,18})");
    private static final Pattern ANY = Pattern.compile("(?:snapshot|journal)-(\\d{1,18})(?:\\.new)?");
    /** A journal is not worth a snapshot before it is as long as the last one, nor below this. */
    private static final long SHORTEST_JOURNAL = 8L << 20;

    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private final FileChannel lockFile;
    private final boolean forced;
    private long number;
    private @Nullable FileChannel journal;
    private long journalBytes;
    private long snapshotBytes;

    private CheckpointFolder(Path folder, FileChannel lockFile, boolean forced) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.forced = forced;
    }

    /** Writes a part of a file. */
    @FunctionalInterface
    interface Writer {
        void write(StateOutput out) throws IOException;
    }

    /**
     * What an earlier run left.
     *
     * @param snapshot its last snapshot, whole
     * @param journal what it did since, in order
     * @param version how both are written, see {@link StateOutput#VERSION}
     */
    record Saved(Path snapshot, List<byte[]> journal, int version) {}

    /**
     * Opens a folder, which is created if need be with rights for its owner only: it holds messages of the log.
     *
     * @param forced whether what is journalled is on the disk at once: no failure of the machine loses it
     * @throws DataException if it cannot be used, or another program uses it
     */
    static CheckpointFolder open(Path folder, boolean forced) {
        FileChannel channel = null;
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                }
            }
            channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw inUse(folder);
            }
            return new CheckpointFolder(folder, channel, forced);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw inUse(folder);
        } catch (AccessDeniedException e) {
            closeQuietly(channel);
            throw new DataException(
                    "checkpoint_dir " + folder
                            + " may not be written by this user: change its permissions or name another",
                    e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new DataException("checkpoint_dir " + folder + " cannot be used: " + IoErrors.describe(e), e);
        }
    }

    private static DataException inUse(Path folder) {
        return new DataException("checkpoint_dir " + folder
                + " is in use by another running program: stop that one, or name another folder for this log");
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a lock", e);
            }
        }
    }

    /**
     * What an earlier run left; empty if there was none.
     *
     * @throws DataException if there is something that cannot be read
     */
    Optional<Saved> load() {
        try {
            long last = -1;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Matcher matcher = SNAPSHOT.matcher(file.getFileName().toString());
                    if (matcher.matches()) {
                        last = Math.max(last, Long.parseLong(matcher.group(1)));
                    }
                }
            }
            if (last < 0) {
                return Optional.empty();
            }
            number = last;
            Path snapshot = snapshot(last);
            int version = verify(snapshot);
            return Optional.of(new Saved(snapshot, records(journal(last)), version));
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    /** What to say of a folder whose files hold something else than was written. */
    DataException damaged(IOException why) {
        return new DataException(
                "the checkpoint in " + folder + " cannot be read: " + IoErrors.describe(why)
                        + "; to start over without its state, remove the folder",
                why);
    }

    /** The version of a snapshot that is whole. */
    private static int verify(Path snapshot) throws IOException {
        CRC32 sum = new CRC32();
        long length = Files.size(snapshot) - Long.BYTES;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(snapshot), BUFFER)) {
            DataInputStream in = new DataInputStream(new CheckedInputStream(file, sum));
            byte[] buffer = new byte[BUFFER];
            if (length < 2 * Integer.BYTES || in.readInt() != MAGIC) {
                throw new IOException(snapshot + " is no snapshot");
            }
            int version = in.readInt();
            if (version < StateOutput.OLDEST_VERSION || version > StateOutput.VERSION) {
                throw new IOException(snapshot + " has the format " + version + ", but this program reads "
                        + StateOutput.OLDEST_VERSION + " to " + StateOutput.VERSION);
            }
            for (long left = length - 2 * Integer.BYTES; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(left, BUFFER));
                if (n < 0) {
                    throw new IOException(snapshot + " breaks off");
                }
                left -= n;
            }
            long expected = sum.getValue();
            if (in.readLong() != expected) {
                throw new IOException(snapshot + " is damaged: its checksum is wrong");
            }
            return version;
        }
    }

    /** A stream of what the writer of a snapshot wrote. */
    static InputStream read(Path snapshot) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(snapshot), BUFFER);
        in.skipNBytes(2 * Integer.BYTES);
        return in;
    }

    private static List<byte[]> records(Path journal) throws IOException {
        List<byte[]> records = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(journal), BUFFER))) {
            long left = Files.size(journal);
            while (left >= Integer.BYTES + Long.BYTES) {
                int length = in.readInt();
                long sum = in.readLong();
                left -= Integer.BYTES + Long.BYTES;
                if (length < 0 || length > left) {
                    break;
                }
                byte[] record = in.readNBytes(length);
                left -= length;
                CRC32 actual = new CRC32();
                actual.update(record);
                if (record.length < length || actual.getValue() != sum) {
                    break;
                }
                records.add(record);
            }
        } catch (NoSuchFileException e) {
            // The crash came between the snapshot and its first record.
            LOG.log(System.Logger.Level.DEBUG, "no journal {0}", journal);
        }
        return records;
    }

    /** Adds to the journal. When this returns, a crash of this program loses it no more. */
    void append(byte[] record) {
        FileChannel file = journal;
        if (file == null) {
            throw new IllegalStateException("a snapshot comes before the journal");
        }
        CRC32 sum = new CRC32();
        sum.update(record);
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + Long.BYTES + record.length);
        buffer.putInt(record.length).putLong(sum.getValue()).put(record).flip();
        journalBytes += buffer.remaining();
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            if (forced) {
                file.force(false);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** When this returns, no failure of the machine loses what was journalled. */
    void force() {
        FileChannel file = journal;
        if (file == null || forced) {
            return;
        }
        try {
            file.force(false);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Whether the journal is so long that a snapshot should take its place. */
    boolean isLong() {
        return journalBytes > Math.max(SHORTEST_JOURNAL, snapshotBytes);
    }

    /** Whether anything was journalled since the last snapshot. */
    boolean hasNews() {
        return journalBytes > 0;
    }

    /** Puts a snapshot in the place of the last one and its journal. */
    void snapshot(Writer state) {
        long next = number + 1;
        Path file = folder.resolve("snapshot-" + next + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                CRC32 sum = new CRC32();
                // Sums whole blocks: byte by byte it takes longer than what it sums.
                CheckedOutputStream checked = new CheckedOutputStream(Channels.newOutputStream(channel), sum);
                OutputStream blocks = new BufferedOutputStream(checked, BUFFER);
                DataOutputStream header = new DataOutputStream(blocks);
                header.writeInt(MAGIC);
                header.writeInt(StateOutput.VERSION);
                StateOutput out = new StateOutput(blocks);
                state.write(out);
                out.flush();
                header.writeLong(sum.getValue());
                header.flush();
                channel.force(true);
                snapshotBytes = channel.size();
            }
            closeJournal();
            Files.move(file, snapshot(next), StandardCopyOption.ATOMIC_MOVE);
            number = next;
            journal = FileChannel.open(
                    journal(next),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
            journalBytes = 0;
            removeOlder();
        } catch (IOException e) {
            // What is half written takes the room that is missing.
            removeQuietly(file);
            throw unwritable(e);
        }
    }

    private static void removeQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "removing " + file, e);
        }
    }

    private void removeOlder() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path old : files) {
                Matcher matcher = ANY.matcher(old.getFileName().toString());
                if (matcher.matches() && Long.parseLong(matcher.group(1)) < number) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    private DataException unwritable(IOException e) {
        return new DataException(
                "the checkpoint in " + folder + " cannot be written: " + IoErrors.describe(e)
                        + "; free space there or name another checkpoint_dir",
                e);
    }

    private Path snapshot(long of) {
        return folder.resolve("snapshot-" + of);
    }

    private Path journal(long of) {
        return folder.resolve("journal-" + of);
    }

    private void closeJournal() throws IOException {
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }

    @Override
    public void close() {
        try {
            closeJournal();
            lockFile.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing " + folder, e);
        }
    }
}
