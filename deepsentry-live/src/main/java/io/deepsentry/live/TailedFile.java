package io.deepsentry.live;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that others write, truncate and replace while it is read.
 *
 * <p>What is read is an open file, whatever becomes of its name. At every look the path is compared with it by file key;
 * another file there is opened at once, and read once the writer has left the old one: the new one holds something, or
 * was itself replaced, and the old one has no more. A file that was written over in place is known by its length and by
 * the bytes that were read from its beginning and just before the position, which are compared <em>after</em> each read,
 * so that what was read from the new contents is never taken for a continuation of the old.
 */
final class TailedFile implements LineSource {
    static final int BUFFER = 1 << 16;
    /** How many bytes at either end of what was read are compared. */
    static final int FINGERPRINT = 256;

    private static final System.Logger LOG = System.getLogger(TailedFile.class.getName());

    private final Path path;
    private final LineSplitter splitter;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final ByteBuffer compared = ByteBuffer.allocate(FINGERPRINT);

    /** Whether the first file found is read from its last line on instead of from its beginning. */
    private boolean skipExisting;

    private @Nullable OpenFile current;
    private final Deque<OpenFile> successors = new ArrayDeque<>();
    private long position;

    private final byte[] head = new byte[FINGERPRINT];
    private int headLength;
    private final byte[] tail = new byte[FINGERPRINT];
    private int tailLength;

    private long bytes;
    private long rotations;
    private long truncations;
    private boolean refused;

    /** An open file and what tells it from others. */
    private record OpenFile(FileChannel channel, Object key) {}

    TailedFile(Path path, boolean fromStart, int maxChars) {
        this.path = path;
        this.skipExisting = !fromStart;
        this.splitter = new LineSplitter(maxChars);
    }

    @Override
    public State poll(Consumer<RawLine> lines) {
        try {
            return look(lines);
        } catch (ClosedByInterruptException e) {
            // The channel is gone and the thread's interrupt is set: whoever asked for that wants no more lines.
            return State.ENDED;
        } catch (IOException e) {
            throw new DataException("reading " + path + " failed at byte " + position + ": " + Failure.describe(e), e);
        }
    }

    private State look(Consumer<RawLine> lines) throws IOException {
        OpenFile file = current;
        if (file == null) {
            file = openIfNew(null);
            if (file == null) {
                // What appears later was not there when following began.
                skipExisting &= refused;
                return State.IDLE;
            }
            begin(file);
        } else {
            OpenFile newest = successors.isEmpty() ? file : successors.getLast();
            OpenFile replaced = openIfNew(newest);
            if (replaced != null) {
                successors.add(replaced);
            }
        }
        // Asked before reading: what the writer put into this file before it went to the next is then read too.
        OpenFile next = successors.peek();
        boolean left = next != null && (successors.size() > 1 || next.channel().size() > 0);
        buffer.clear();
        int n = file.channel().read(buffer, position);
        if (!isStillTheSame(file.channel())) {
            splitter.releasePartialLine(lines);
            truncations++;
            restart();
            return State.READ;
        }
        if (n > 0) {
            remember(buffer.array(), n);
            position += n;
            bytes += n;
            splitter.feed(buffer.array(), n, lines);
            return State.READ;
        }
        if (left) {
            splitter.releasePartialLine(lines);
            file.channel().close();
            rotations++;
            current = successors.remove();
            restart();
            return State.READ;
        }
        return State.IDLE;
    }

    /** Opens what is at the path unless it is the file known already, or nothing that can be read. */
    private @Nullable OpenFile openIfNew(@Nullable OpenFile known) throws IOException {
        // The key is read before and after opening: only if both agree does it belong to what was opened.
        for (int attempt = 0; attempt < 3; attempt++) {
            Object key = keyAtPath();
            if (key == null || (known != null && known.key().equals(key))) {
                return null;
            }
            FileChannel channel;
            try {
                channel = FileChannel.open(path, StandardOpenOption.READ);
            } catch (NoSuchFileException e) {
                return null;
            } catch (AccessDeniedException e) {
                refuse();
                return null;
            }
            if (key.equals(keyAtPath())) {
                refused = false;
                return new OpenFile(channel, key);
            }
            channel.close();
        }
        return null;
    }

    /** What tells the file at the path from others; null if there is none. */
    private @Nullable Object keyAtPath() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return null;
            }
            // File systems without keys, such as those of Windows, tell at least when a file was made.
            Object key = attributes.fileKey();
            return key == null ? attributes.creationTime() : key;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        } catch (AccessDeniedException e) {
            refuse();
            return null;
        }
    }

    private void refuse() {
        if (!refused) {
            refused = true;
            LOG.log(System.Logger.Level.WARNING, "{0} is not permitted to be read; waiting until it is", path);
        }
    }

    private void begin(OpenFile file) throws IOException {
        current = file;
        restart();
        if (skipExisting) {
            skipExisting = false;
            skipToLastLine(file.channel());
        }
    }

    /** Goes to the begin of the last line, which may be unfinished, counting lines on the way; a complete last line is behind it. */
    private void skipToLastLine(FileChannel channel) throws IOException {
        long end = channel.size();
        long number = 1;
        long lineStart = 0;
        long at = 0;
        while (at < end) {
            buffer.clear();
            int n = channel.read(buffer, at);
            if (n <= 0) {
                break;
            }
            byte[] array = buffer.array();
            int used = (int) Math.min(n, end - at);
            int lastBreak = -1;
            for (int i = 0; i < used; i++) {
                if (array[i] == '\n') {
                    number++;
                    lastBreak = i;
                }
            }
            if (lastBreak >= 0) {
                lineStart = at + lastBreak + 1;
            }
            at += used;
        }
        position = lineStart;
        splitter.start(lineStart, number);
        headLength = readAt(channel, 0, (int) Math.min(FINGERPRINT, lineStart), head);
        tailLength = (int) Math.min(FINGERPRINT, lineStart);
        tailLength = readAt(channel, lineStart - tailLength, tailLength, tail);
    }

    private static int readAt(FileChannel channel, long at, int length, byte[] into) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(into, 0, length);
        while (target.hasRemaining() && channel.read(target, at + target.position()) > 0) {}
        return target.position();
    }

    private void restart() {
        position = 0;
        headLength = 0;
        tailLength = 0;
        splitter.start(0, 1);
    }

    private void remember(byte[] read, int n) {
        int more = Math.min(n, FINGERPRINT - headLength);
        if (more > 0) {
            System.arraycopy(read, 0, head, headLength, more);
            headLength += more;
        }
        if (n >= FINGERPRINT) {
            System.arraycopy(read, n - FINGERPRINT, tail, 0, FINGERPRINT);
            tailLength = FINGERPRINT;
        } else {
            int kept = Math.min(tailLength, FINGERPRINT - n);
            System.arraycopy(tail, tailLength - kept, tail, 0, kept);
            System.arraycopy(read, 0, tail, kept, n);
            tailLength = kept + n;
        }
    }

    /** Whether everything read so far is still there, as far as its length, its beginning and its end tell. */
    private boolean isStillTheSame(FileChannel channel) throws IOException {
        return channel.size() >= position
                && holds(channel, 0, head, headLength)
                && holds(channel, position - tailLength, tail, tailLength);
    }

    private boolean holds(FileChannel channel, long at, byte[] expected, int length) throws IOException {
        compared.clear().limit(length);
        while (compared.hasRemaining() && channel.read(compared, at + compared.position()) > 0) {}
        return compared.position() == length && Arrays.equals(compared.array(), 0, length, expected, 0, length);
    }

    @Override
    public boolean holdsPartialLine() {
        return splitter.holdsPartialLine();
    }

    @Override
    public void releasePartialLine(Consumer<RawLine> lines) {
        splitter.releasePartialLine(lines);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** How often another file was found at the path and read on. */
    long rotations() {
        return rotations;
    }

    /** How often the file was written over in place. */
    long truncations() {
        return truncations;
    }

    @Override
    public void close() {
        try {
            if (current != null) {
                current.channel().close();
            }
            for (OpenFile file : successors) {
                file.channel().close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing " + path, e);
        }
    }
}
