package io.deepsentry.live.internal.tail;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    private final LineSplitter splitter;
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
    private long parts;
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
        this.splitter = new LineSplitter(maxChars);
    }

    @Override
    public PollResult poll(Consumer<RawLine> lines) {
        try {
            PollResult state = look(lines);
            if (state == PollResult.IDLE && untilEnd) {
                splitter.releasePartialLine(lines);
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
        if (!trace.isIn(part, position)) {
            truncated(part, lines);
            return PollResult.READ;
        }
        size = part.size();
        if (n > 0 && position == 0 && successors.isEmpty() && goesBackToMissed(part)) {
            return PollResult.READ;
        }
        if (n > 0) {
            trace.remember(buffer.array(), n);
            position += n;
            bytes += n;
            splitter.feed(buffer.array(), n, lines);
            return PollResult.READ;
        }
        if (left) {
            splitter.releasePartialLine(lines);
            watermark = RotatedFiles.changedLast(path, part, placeAt(part, null));
            RotatedFiles.addMissed(path, placeAt(part, null), successors);
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
        RotatedFiles.addMissed(path, placeAt(live, null), parts);
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
        LogPart copy = position == 0 ? null : RotatedFiles.copyOf(path, placeAt(part, null));
        if (copy == null) {
            lostBytes += Math.max(0, size - position);
            splitter.releasePartialLine(lines);
            restart();
            return;
        }
        if (copy.sequential()) {
            trace.take(copy, position);
        }
        successors.add(0, part);
        current = copy;
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
        if (rest.found() && first != null) {
            trace.take(first, place.offset());
            position = place.offset();
            splitter.start(place.offset(), place.line(), place.released());
            return;
        }
        if (place.key().isEmpty()) {
            return;
        }
        LogPart live = successors.isEmpty() ? first : successors.get(successors.size() - 1);
        if (live != null && live.key().equals(place.key())) {
            truncations++;
        } else if (place.size() > 0) {
            missingFiles++;
        }
        lostBytes += Math.max(0, place.size() - place.offset());
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} is not what it was when reading stopped at byte {1}, and no file beside it is; reading resumes with what is"
                        + " there",
                path,
                Long.toString(place.offset()));
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

    /** Goes to the begin of the last line, which may be unfinished, counting lines on the way; a complete last line is behind it. */
    private void skipToLastLine(LogPart part) throws IOException {
        long end = part.size();
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
        position = lineStart;
        splitter.start(lineStart, number);
        trace.take(part, lineStart);
    }

    private void restart() {
        position = 0;
        parts++;
        trace.clear();
        splitter.start(0, 1);
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
    public long ignoredBytes() {
        return splitter.nullBytes();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public ReadPosition place(@Nullable RawLine held) {
        if (resumed != null) {
            return resumed;
        }
        LogPart part = current;
        return part == null ? nowhere() : placeAt(part, held);
    }

    private static long now() {
        return TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
    }

    /** No file was there yet. */
    private ReadPosition nowhere() {
        return new ReadPosition(
                path.toAbsolutePath().toString(),
                "",
                0,
                "",
                0,
                1,
                false,
                0,
                Instant.now().toEpochMilli());
    }

    private ReadPosition placeAt(LogPart part, @Nullable RawLine held) {
        return new ReadPosition(
                part.file().toString(),
                part.key(),
                position,
                trace.digest(),
                held == null ? splitter.offset() : held.offset(),
                held == null ? splitter.number() : held.number(),
                held == null && splitter.insideReleased(),
                Math.max(size, position),
                watermark);
    }

    @Override
    public long part() {
        return parts;
    }

    /** Whether nothing is at the path any more and everything that was has been read. */
    boolean isGone() {
        return resumed == null && successors.isEmpty() && !splitter.holdsPartialLine() && !Files.exists(path);
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
