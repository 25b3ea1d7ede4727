package io.deepsentry.live.internal.tail;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.bytes.Utf16;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that others write, truncate and replace while it is read.
 *
 * <p>What is read is an open file, whatever becomes of its name. At every look the path is compared with it by file key;
 * another file there is opened at once, and read once the writer has left the old one: the new one holds something, or
 * was itself replaced, and the old one has no more. A file that was written over in place is known by its length and by
 * the bytes that were read from its beginning and just before the position, which are compared <em>after</em> each read,
 * so that what was read from the new contents is never taken for a continuation of the old. What was cut off by that is
 * read from the copy beside it if there is one.
 */
final class TailedFile implements LineSource {
    static final int BUFFER = 1 << 16;

    private static final System.Logger LOG = System.getLogger(TailedFile.class.getName());

    private final Path path;
    private final DecodedLines decoded;
    private final boolean untilEnd;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    /** Whether the first file found is read from its last line on instead of from its beginning. */
    private boolean skipExisting;

    /** Where an earlier run was; null once that place has been found again, or given up. */
    private @Nullable ReadPosition resumed;

    private @Nullable LogPart current;
    private final List<LogPart> successors = new ArrayList<>();
    private final ContentFingerprint trace = new ContentFingerprint();
    private long position;
    private long size;
    /** When the last file that was rotated away and has been read was changed, by the clock of the file system. */
    private long watermark = now();

    /** Whether what is read is the rest of a file that was emptied, from a copy of it. */
    private boolean inCopy;

    private long bytes;
    /** How often lines were lost. */
    private long gaps;
    /** When what was read last was written; null before anything was read. */
    private @Nullable Instant written;

    private long rotations;
    private long truncations;
    private long missingFiles;
    private long lostBytes;
    private boolean refused;

    TailedFile(Path path, boolean fromStart, int maxChars) {
        this(path, fromStart, false, null, maxChars);
    }

    /**
     * @param untilEnd whether the end of the file is that of the source
     * @param resumed where an earlier run was, null if there was none
     */
    TailedFile(Path path, boolean fromStart, boolean untilEnd, @Nullable ReadPosition resumed, int maxChars) {
        this.path = path;
        this.skipExisting = !fromStart && resumed == null;
        this.untilEnd = untilEnd;
        this.resumed = resumed;
        this.decoded = new DecodedLines(maxChars);
    }

    @Override
    public PollResult poll(Consumer<RawLine> lines) {
        try {
            PollResult state = look(lines);
            if (state == PollResult.IDLE && untilEnd) {
                decoded.end(lines);
                return PollResult.ENDED;
            }
            return state;
        } catch (ClosedByInterruptException e) {
            // The channel is gone and the thread's interrupt is set: whoever asked for that wants no more lines.
            return PollResult.ENDED;
        } catch (IOException e) {
            throw new DataException("reading " + path + " failed at byte " + position + ": " + IoErrors.describe(e), e);
        }
    }

    private PollResult look(Consumer<RawLine> lines) throws IOException {
        ReadPosition place = resumed;
        if (place != null) {
            resumeAt(place);
            if (gaps > 0) {
                return PollResult.READ;
            }
        }
        LogPart part = current;
        if (part == null) {
            part = openUnless(null);
            if (part == null) {
                // What appears later was not there when following began.
                skipExisting &= refused;
                return PollResult.IDLE;
            }
            begin(part);
        } else {
            LogPart newest = successors.isEmpty() ? part : successors.get(successors.size() - 1);
            LogPart replaced = openUnless(newest.key());
            if (replaced != null) {
                successors.add(replaced);
            }
        }
        // Asked before reading: what the writer put into this file before it went to the next is then read too.
        LogPart next = successors.isEmpty() ? null : successors.get(0);
        boolean left = next != null && (successors.size() > 1 || next.sequential() || next.size() > 0);
        buffer.clear();
        int n = part.read(buffer, position);
        long now = part.size();
        if (now < size || !trace.isIn(part, position)) {
            truncated(part, lines);
            return PollResult.READ;
        }
        size = now;
        if (n > 0 && position == 0 && successors.isEmpty() && goesBackToMissed(part)) {
            return PollResult.READ;
        }
        if (n > 0) {
            trace.remember(buffer.array(), n);
            position += n;
            bytes += n;
            written = writtenNow(part);
            decoded.feed(buffer.array(), n, lines);
            return PollResult.READ;
        }
        if (left) {
            decoded.end(lines);
            watermark = RotatedFiles.changedLast(path, part, placeAt(part));
            RotatedFiles.addMissed(path, placeAt(part), successors);
            part.close();
            rotations += inCopy ? 0 : 1;
            inCopy = false;
            current = successors.remove(0);
            restart();
            return PollResult.READ;
        }
        return PollResult.IDLE;
    }

    /** Before the first bytes of a file that is still written: it may have been copied and emptied before they were read, and then the copy comes first. */
    private boolean goesBackToMissed(LogPart live) throws IOException {
        List<LogPart> parts = new ArrayList<>(List.of(live));
        RotatedFiles.addMissed(path, placeAt(live), parts);
        if (parts.size() == 1) {
            return false;
        }
        current = parts.remove(0);
        successors.addAll(parts);
        return true;
    }

    /** Everything after the position was cut off. Where the file was copied before, as logrotate's copytruncate does, the copy has it. */
    private void truncated(LogPart part, Consumer<RawLine> lines) throws IOException {
        truncations++;
        LogPart copy = position == 0 ? null : RotatedFiles.copyOf(path, placeAt(part));
        if (copy == null) {
            lostBytes += Math.max(0, size - position);
            gaps++;
            decoded.end(lines);
            restart();
            return;
        }
        if (copy.sequential()) {
            trace.take(copy, position);
        }
        successors.add(0, part);
        current = copy;
        size = 0;
        inCopy = true;
    }

    /** Resumes where an earlier run was, through the files that came since. */
    private void resumeAt(ReadPosition place) throws IOException {
        resumed = null;
        RotatedFiles.Rest rest;
        try {
            rest = RotatedFiles.since(path, place);
        } catch (AccessDeniedException e) {
            refuse();
            resumed = place;
            return;
        }
        successors.addAll(rest.parts());
        watermark = place.watermark();
        LogPart first = successors.isEmpty() ? null : successors.remove(0);
        current = first;
        restart();
        if (first != null) {
            written = writtenNow(first);
        }
        if (rest.found() && first != null) {
            trace.take(first, place.next().offset());
            position = place.next().offset();
            decoded.start(place.next());
            return;
        }
        if (place.key().isEmpty()) {
            return;
        }
        gaps++;
        LogPart live = successors.isEmpty() ? first : successors.get(successors.size() - 1);
        if (live != null && live.key().equals(place.key())) {
            truncations++;
        } else if (place.size() > 0) {
            missingFiles++;
        }
        lostBytes += Math.max(0, place.size() - place.next().offset());
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} is not what it was when reading stopped at byte {1}, and no file beside it is; reading resumes with what is"
                        + " there",
                path,
                Long.toString(place.next().offset()));
    }

    /** Opens what is at the path unless it is the file known already, or nothing that can be read. */
    private @Nullable LogPart openUnless(@Nullable String known) throws IOException {
        try {
            LogPart part = PlainPart.open(path, known);
            refused &= part == null;
            return part;
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

    private void begin(LogPart part) throws IOException {
        current = part;
        restart();
        if (skipExisting) {
            skipExisting = false;
            skipToLastLine(part);
        }
    }

    /**
     * Goes to the beginning of the last line, which may be unfinished, counting lines on the way; a complete last line is
     * behind it.
     */
    private void skipToLastLine(LogPart part) throws IOException {
        long end = part.size();
        LinePosition last = encoding(part) == null ? lastLine(part, end) : lastDecodedLine(part, end);
        position = last.offset();
        decoded.start(last);
        trace.take(part, last.offset());
    }

    /** UTF-16, if a file begins so; null for text whose lines end with one byte. */
    private static @Nullable Charset encoding(LogPart part) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Utf16.HEAD);
        while (head.hasRemaining() && part.read(head, head.position()) > 0) {}
        return Utf16.charset(head.array(), head.position());
    }

    private LinePosition lastLine(LogPart part, long end) throws IOException {
        long number = 1;
        long lineStart = 0;
        long at = 0;
        while (at < end) {
            buffer.clear();
            int n = part.read(buffer, at);
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
        return new LinePosition(lineStart, lineStart, number, false, "");
    }

    private LinePosition lastDecodedLine(LogPart part, long end) throws IOException {
        decoded.start(LinePosition.START);
        long at = 0;
        while (at < end) {
            buffer.clear();
            int n = part.read(buffer, at);
            if (n <= 0) {
                break;
            }
            int used = (int) Math.min(n, end - at);
            decoded.feed(buffer.array(), used, line -> {});
            at += used;
        }
        return decoded.position();
    }

    private void restart() {
        position = 0;
        size = 0;
        trace.clear();
        decoded.start(LinePosition.START);
    }

    @Override
    public boolean holdsPartialLine() {
        return decoded.holdsPartialLine();
    }

    @Override
    public void releasePartialLine(Consumer<RawLine> lines) {
        decoded.releasePartialLine(lines);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long ignoredBytes() {
        return decoded.nullBytes();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public ReadPosition place() {
        if (resumed != null) {
            return resumed;
        }
        LogPart part = current;
        return part == null ? nowhere() : placeAt(part);
    }

    private static long now() {
        return TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
    }

    /** No file was there yet. */
    private ReadPosition nowhere() {
        return new ReadPosition(path.toAbsolutePath().toString(), "", 0, "", LinePosition.START, 0, watermark, "");
    }

    private ReadPosition placeAt(LogPart part) {
        return new ReadPosition(
                part.file().toString(),
                part.key(),
                position,
                trace.digest(),
                decoded.position(),
                Math.max(size, position),
                watermark,
                "");
    }

    @Override
    public long gaps() {
        return gaps;
    }

    @Override
    public Optional<Instant> written() {
        if (written == null && current == null) {
            try {
                return Optional.of(Files.getLastModifiedTime(path).toInstant());
            } catch (IOException e) {
                // Not there yet, or not to be read: the next look says so.
                LOG.log(System.Logger.Level.DEBUG, "looking at " + path, e);
            }
        }
        return Optional.ofNullable(written);
    }

    /** When a part was written last; of one that was renamed since, as far as is known. */
    private Instant writtenNow(LogPart part) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(part.file(), BasicFileAttributes.class);
            if (PlainPart.key(attributes).equals(part.key())) {
                return attributes.lastModifiedTime().toInstant();
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "removed: " + path, e);
        }
        Instant opened = Instant.EPOCH.plusNanos(part.changed());
        return written == null || written.isBefore(opened) ? opened : written;
    }

    /** Whether nothing is at the path any more and everything that was has been read. */
    boolean isGone() {
        return resumed == null && successors.isEmpty() && !decoded.holdsPartialLine() && !Files.exists(path);
    }

    @Override
    public SourceIncidents incidents() {
        long lag = 0;
        try {
            LogPart part = current;
            lag = part == null ? 0 : Math.max(0, part.size() - position);
            for (LogPart later : successors) {
                lag += later.size();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "measuring " + path, e);
        }
        return new SourceIncidents(rotations, truncations, missingFiles, lostBytes, 0, lag);
    }

    @Override
    public void close() {
        try {
            if (current != null) {
                current.close();
            }
            for (LogPart part : successors) {
                part.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing " + path, e);
        }
    }
}
