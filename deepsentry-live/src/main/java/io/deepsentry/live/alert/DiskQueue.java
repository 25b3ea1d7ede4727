package io.deepsentry.live.alert;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A queue on disk: what is put in comes out in the same order, also after the program was killed. Entries lie in
 * segment files, each with its length and checksum; what a crash left half written at the end is cut off. How far they
 * were taken out is kept in a file of its own, which may lag behind a crash: the last entries then come out again.
 *
 * <p>One program at a time uses a folder. Safe for use by several threads.
 */
final class DiskQueue implements AutoCloseable {
    private static final int HEADER = 8;
    private static final int LONGEST_ENTRY = 64 << 20;
    private static final long LARGEST_SEGMENT = 4 << 20;

    /**
     * One entry.
     *
     * @param id the alert's
     * @param body what is sent of it
     * @param segment the segment it lies in
     * @param end the first byte after it
     */
    record Entry(String id, String body, long segment, long end) {}

    private final Path folder;
    private final long limit;
    private final FileChannel lockFile;
    private final FileChannel position;
    /** Numbers of the segments that hold something, oldest first; the last is the one written to. */
    private final Deque<Long> segments = new ArrayDeque<>();

    private FileChannel tail;
    private long tailLength;
    private long headOffset;
    private long bytes;
    private long entries;
    private boolean closed;

    private DiskQueue(Path folder, long limit, FileChannel lockFile) throws IOException {
        this.folder = folder;
        this.limit = limit;
        this.lockFile = lockFile;
        this.position = FileChannel.open(
                folder.resolve("position"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            this.tail = recover();
        } catch (IOException | RuntimeException e) {
            position.close();
            throw e;
        }
    }

    /**
     * Opens a spool, with what an earlier program left in it.
     *
     * @param limit bytes that may wait in it
     * @throws DataException if the folder cannot be written, or another program uses it
     */
    static DiskQueue open(Path folder, long limit) {
        FileChannel lockFile = null;
        try {
            Files.createDirectories(folder);
            lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            return new DiskQueue(folder, limit, lockFile);
        } catch (OverlappingFileLockException e) {
            closeQuietly(lockFile);
            throw new DataException(
                    "the spool " + folder + " is used by another run of live: stop that one, or name another spool_dir",
                    e);
        } catch (IOException e) {
            closeQuietly(lockFile);
            throw new DataException(
                    "the spool " + folder + " cannot be used: " + IoErrors.describe(e)
                            + "; change its permissions or name another spool_dir",
                    e);
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // What matters has failed already and is being reported.
                return;
            }
        }
    }

    private FileChannel recover() throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.spool")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                found.add(Long.parseLong(name.substring(0, name.length() - ".spool".length())));
            }
        } catch (NumberFormatException e) {
            throw new IOException("a file in it has a name that no spool gives: " + e.getMessage(), e);
        }
        found.sort(null);
        ByteBuffer at = ByteBuffer.allocate(2 * Long.BYTES);
        long head = 0;
        long offset = 0;
        if (position.read(at, 0) == 2 * Long.BYTES) {
            at.flip();
            head = at.getLong();
            offset = at.getLong();
        }
        for (long segment : found) {
            if (segment < head) {
                Files.delete(file(segment));
                continue;
            }
            long from = segment == head ? offset : 0;
            long end = count(segment, from, segment == found.get(found.size() - 1));
            if (segments.isEmpty()) {
                headOffset = Math.min(from, end);
            }
            segments.add(segment);
            bytes += end - Math.min(from, end);
            tailLength = end;
        }
        if (segments.isEmpty()) {
            segments.add(Math.max(head, found.isEmpty() ? 0 : found.get(found.size() - 1)) + 1);
            tailLength = 0;
        }
        return FileChannel.open(file(segments.getLast()), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Counts the entries of a segment and says where the last whole one ends. */
    private long count(long segment, long from, boolean last) throws IOException {
        try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = Math.min(from, channel.size());
            for (Entry entry = read(channel, segment, at); entry != null; entry = read(channel, segment, at)) {
                at = entry.end();
                entries++;
            }
            if (last && at < channel.size()) {
                channel.truncate(at);
            }
            return at;
        }
    }

    private Path file(long segment) {
        return folder.resolve(String.format(Locale.ROOT, "%016d.spool", segment));
    }

    private static @Nullable Entry read(FileChannel channel, long segment, long at) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(channel, header, at)) {
            return null;
        }
        int length = header.getInt();
        int checksum = header.getInt();
        if (length < Integer.BYTES || length > LONGEST_ENTRY || at + HEADER + length > channel.size()) {
            return null;
        }
        ByteBuffer content = ByteBuffer.allocate(length);
        if (!fill(channel, content, at + HEADER) || checksum != checksum(content)) {
            return null;
        }
        byte[] id = new byte[Math.min(content.getInt(), content.remaining())];
        content.get(id);
        String body = StandardCharsets.UTF_8.decode(content).toString();
        return new Entry(new String(id, StandardCharsets.UTF_8), body, segment, at + HEADER + length);
    }

    private static boolean fill(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                return false;
            }
        }
        buffer.flip();
        return true;
    }

    private static int checksum(ByteBuffer content) {
        CRC32 crc = new CRC32();
        crc.update(content.duplicate());
        return (int) crc.getValue();
    }

    /**
     * Puts an entry in.
     *
     * @return false if there is no room for it at the moment
     * @throws DataException if it cannot be written
     */
    synchronized boolean offer(String id, String body) {
        requireOpen();
        byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
        byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
        int length = Integer.BYTES + idBytes.length + bodyBytes.length;
        // One that is larger than the limit by itself must pass some time: when nothing else waits.
        if (entries > 0 && bytes + HEADER + length > limit) {
            return false;
        }
        ByteBuffer record = ByteBuffer.allocate(HEADER + length);
        record.putInt(length).putInt(0).putInt(idBytes.length).put(idBytes).put(bodyBytes);
        record.putInt(
                Integer.BYTES, checksum(record.duplicate().position(HEADER).limit(HEADER + length)));
        record.flip();
        try {
            if (tailLength >= LARGEST_SEGMENT) {
                beginSegment();
            }
            long at = tailLength;
            while (record.hasRemaining()) {
                at += tail.write(record, at);
            }
            // What a failed write has left beyond this is written over by the next one, and cut off by the next start.
            tailLength = at;
        } catch (IOException e) {
            throw new DataException(
                    "an alert cannot be put into the spool " + folder + ": " + IoErrors.describe(e)
                            + "; free space there or name another spool_dir",
                    e);
        }
        bytes += HEADER + length;
        entries++;
        notifyAll();
        return true;
    }

    /** Puts an entry in, waiting until there is room. */
    synchronized void put(String id, String body) throws InterruptedException {
        while (!offer(id, body)) {
            wait();
        }
    }

    private void beginSegment() throws IOException {
        long next = segments.getLast() + 1;
        FileChannel opened = FileChannel.open(
                file(next), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        tail.force(false);
        tail.close();
        tail = opened;
        segments.add(next);
        tailLength = 0;
    }

    /**
     * The oldest entries, which stay in until they are {@link #remove removed}. Waits for the first one for a while.
     *
     * @return none if nothing came
     */
    synchronized List<Entry> peek(int most, long mostBytes, long millis) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; entries == 0 && !closed && left > 0; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
        List<Entry> found = new ArrayList<>();
        if (entries == 0 || closed) {
            return found;
        }
        long size = 0;
        long offset = headOffset;
        try {
            for (long segment : segments) {
                try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.READ)) {
                    while (found.size() < most && size < mostBytes) {
                        Entry entry = read(channel, segment, offset);
                        if (entry == null) {
                            break;
                        }
                        found.add(entry);
                        size += entry.end() - offset;
                        offset = entry.end();
                    }
                }
                if (found.size() >= most || size >= mostBytes) {
                    break;
                }
                offset = 0;
            }
        } catch (IOException e) {
            throw new DataException("the spool " + folder + " cannot be read: " + IoErrors.describe(e), e);
        }
        return found;
    }

    /** Removes the oldest entries, up to and including this one. */
    synchronized void remove(Entry last, int count) {
        requireOpen();
        long before = bytesBefore(last);
        try {
            while (segments.getFirst() < last.segment()) {
                Files.deleteIfExists(file(segments.removeFirst()));
            }
            headOffset = last.end();
            entries -= count;
            bytes -= before;
            if (entries == 0 && tailLength >= LARGEST_SEGMENT / 4) {
                beginSegment();
                Files.deleteIfExists(file(segments.removeFirst()));
                headOffset = 0;
            }
            ByteBuffer at = ByteBuffer.allocate(2 * Long.BYTES);
            at.putLong(segments.getFirst()).putLong(headOffset).flip();
            position.write(at, 0);
        } catch (IOException e) {
            throw new DataException("the spool " + folder + " cannot be kept: " + IoErrors.describe(e), e);
        }
        notifyAll();
    }

    private long bytesBefore(Entry last) {
        long sum = 0;
        long from = headOffset;
        try {
            for (long segment : segments) {
                if (segment == last.segment()) {
                    return sum + last.end() - from;
                }
                sum += Files.size(file(segment)) - from;
                from = 0;
            }
        } catch (IOException e) {
            throw new DataException("the spool " + folder + " cannot be read: " + IoErrors.describe(e), e);
        }
        return sum;
    }

    /** How many entries wait. */
    synchronized long entries() {
        return entries;
    }

    /** How many bytes wait. */
    synchronized long bytes() {
        return bytes;
    }

    Path folder() {
        return folder;
    }

    /** Puts what was written on the disk. */
    synchronized void force() {
        requireOpen();
        try {
            tail.force(false);
        } catch (IOException e) {
            throw new DataException(
                    "the spool " + folder + " may not have reached the disk: " + IoErrors.describe(e), e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the spool " + folder + " is closed");
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        notifyAll();
        try (lockFile;
                position;
                FileChannel writing = tail) {
            writing.force(false);
        } catch (IOException e) {
            throw new DataException(
                    "the spool " + folder + " may not have reached the disk: " + IoErrors.describe(e), e);
        }
    }
}
