package io.deepsentry.live.internal.tail;

import io.deepsentry.core.DataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.PlainPart.NotAFileException;
import io.deepsentry.live.internal.tail.ReadFailures.FailsBesideException;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.bytes.Archive;
import io.deepsentry.parse.bytes.Compression;
import io.deepsentry.parse.bytes.Utf16;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file that others write, truncate and replace while it is read.
 *
 * <p>What is read is an open file, whatever becomes of its name. At every look the path is compared with it by file
 * key; another file there is opened at once, and read once the writer has left the old one: the new one holds
 * something, or was itself replaced, and the old one has no more. A file that was written over in place is known by its
 * length and by the bytes that were read from its beginning and just before the position, which are compared
 * <em>after</em> each read, so that what was read from the new contents is never taken for a continuation of the old.
 * What was cut off by that is read from the copy beside it if there is one.
 */
final class TailedFile implements LineSource {
    static final int BUFFER = 1 << 16;
    /** How long a file that fails keeps the reader from those that came after it. */
    static final Duration LONGEST_FAILURE = Duration.ofMinutes(1);

    /** File systems note times by a clock that lags behind a little. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    /** How much of what is there already is looked through at once before others have their turn. */
    private static final long SKIPPED_AT_ONCE = 16L << 20;
    /** After so many failures in a row a file is opened again. */
    private static final int ATTEMPTS_BEFORE_OPENING = 3;
    /** How many of the files that were read are remembered. */
    private static final int MOST_READ = 1_000;

    private static final System.Logger LOG = System.getLogger(TailedFile.class.getName());

    private final Path path;
    private final DecodedLines decoded;
    private final boolean untilEnd;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    private final LiveClock clock;
    private final ReadFailures failures;
    private final RotatedFiles rotated;

    /** Whether the first file found is read from its last line on instead of from its beginning. */
    private boolean skipExisting;
    /** Looks for that line; null once it is found. */
    private @Nullable LastLine skipping;

    /** What was at the path when the program came up; null once it has its place among what is read. */
    private @Nullable PlainPart held;

    /** Where an earlier run was; null once that place has been found again, or given up. */
    private @Nullable ReadPosition resumed;

    private @Nullable LogPart current;
    /** What is read, as it was when its turn came; null once something of it has been read, or if it never waited. */
    private @Nullable WaitingPart unread;

    private final List<WaitingPart> successors = new ArrayList<>();
    private final ContentFingerprint trace = new ContentFingerprint();
    private long position;
    private long size;
    /** When the last file that was rotated away and has been read was changed, by the clock of the file system. */
    private long watermark;

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
    /** Whether what is at the path cannot be read. */
    private boolean refused;
    /** Since when what is read fails, and when it is tried again. */
    private @Nullable Long failingSince;

    /** What fails beside what is read, and keeps reading from going on; null if nothing does. */
    private @Nullable Path failingBeside;

    private long retryAt;
    private int attempts;
    /** The keys of the files that were read, by the places they had when they were opened. */
    private final Map<Path, String> read = new LinkedHashMap<>();

    TailedFile(Path path, boolean fromStart, int maxChars) {
        this(path, fromStart, false, null, maxChars);
    }

    TailedFile(Path path, boolean fromStart, boolean untilEnd, @Nullable ReadPosition resumed, int maxChars) {
        this(path, fromStart, untilEnd, resumed, maxChars, null, LiveClock.ofSystem());
    }

    /**
     * @param untilEnd whether the end of the file is that of the source
     * @param resumed where an earlier run was, null if there was none
     * @param held what was at the path when the program came up, or null
     */
    TailedFile(
            Path path,
            boolean fromStart,
            boolean untilEnd,
            @Nullable ReadPosition resumed,
            int maxChars,
            @Nullable PlainPart held,
            LiveClock clock) {
        this.path = path;
        this.held = held;
        this.clock = clock;
        this.failures = new ReadFailures(clock);
        this.rotated = new RotatedFiles(path, failures);
        this.watermark = resumed == null ? rotated.newest(now(), now() - CLOCK_STEP.toNanos()) : resumed.watermark();
        this.skipExisting = !fromStart && resumed == null;
        this.untilEnd = untilEnd;
        this.resumed = resumed;
        this.decoded = new DecodedLines(maxChars);
    }

    @Override
    public PollResult poll(Consumer<RawLine> lines) {
        if (failingSince != null && clock.nanoTime() - retryAt < 0) {
            return PollResult.IDLE;
        }
        try {
            LogPart failing = failingSince == null || failingBeside != null ? null : current;
            if (failing != null && (failing.sequential() || attempts % ATTEMPTS_BEFORE_OPENING == 0)) {
                openAgain(failing);
            }
            PollResult state = look(lines);
            recovered();
            if (state == PollResult.IDLE && untilEnd) {
                decoded.end(lines);
                return PollResult.ENDED;
            }
            return state;
        } catch (ClosedByInterruptException e) {
            // The channel is gone and the thread's interrupt is set: whoever asked for that wants no more lines.
            return PollResult.ENDED;
        } catch (IOException e) {
            if (untilEnd) {
                throw new DataException(
                        "reading " + path + " failed at byte " + position + ": " + IoErrors.describe(e), e);
            }
            return failed(e);
        }
    }

    /** What is read fails. It is tried again, less and less often; what came after it does not wait for ever. */
    private PollResult failed(IOException e) {
        long now = clock.nanoTime();
        long since = failingSince == null ? now : failingSince;
        failingSince = since;
        long wait = Math.min(SHORTEST_WAIT.toNanos() << Math.min(attempts, 10), LONGEST_WAIT.toNanos());
        retryAt = now + wait;
        attempts++;
        if (e instanceof FailsBesideException beside) {
            failingBeside = beside.file();
            failures.note(beside.file(), e, "trying again");
            return PollResult.IDLE;
        }
        LogPart part = current;
        boolean readable = !(e instanceof PackedException);
        Duration longest = part == null ? ReadFailures.LONGEST_BESIDE : LONGEST_FAILURE;
        if (!successors.isEmpty() && (!readable || now - since >= longest.toNanos())) {
            if (part == null) {
                lose(successors.remove(0), e);
            } else {
                failures.lost(part.file(), size - position, e);
                gaps++;
                closeQuietly(part);
            }
            rotations++;
            leave();
            recovered();
            return PollResult.READ;
        }
        failures.note(
                part == null ? failing() : part.file(), e, readable ? "trying again" : "waiting for another file");
        return PollResult.IDLE;
    }

    private void recovered() {
        if (failingSince != null) {
            LogPart part = current;
            failures.over(part == null ? failing() : part.file());
            if (failingBeside != null) {
                failures.over(failingBeside);
                failingBeside = null;
            }
            failingSince = null;
            attempts = 0;
        }
    }

    /** What cannot be read while nothing is open. */
    private Path failing() {
        return successors.isEmpty() ? path : successors.get(0).seen().file();
    }

    private void lose(WaitingPart part, IOException e) {
        failures.lost(part.seen().file(), part.lostBytes(), e);
        rotated.giveUp(part);
        gaps++;
        part.close();
    }

    /** Nothing is read until {@link #openNext} has opened what comes next. */
    private void leave() {
        current = null;
        unread = null;
        inCopy = false;
        restart();
    }

    /** Opens what comes next. What is gone is counted as lost. */
    private void openNext() throws IOException {
        while (current == null && !successors.isEmpty()) {
            WaitingPart next = successors.get(0);
            long lost = failures.lostFiles();
            LogPart part;
            try {
                part = rotated.open(next, watermark, successors.subList(1, successors.size()));
            } catch (IOException e) {
                if (!untilEnd && !(e instanceof AccessDeniedException)) {
                    throw e;
                }
                part = null;
                failures.lost(next.seen().file(), next.lostBytes(), e);
            }
            successors.remove(0);
            gaps += failures.lostFiles() - lost;
            if (part == null) {
                rotated.giveUp(next);
            } else {
                current = part;
                unread = next.held() == null ? null : next;
                remember(part);
            }
        }
    }

    /**
     * A server of files that came back does not know the files that were open before, and what fails in the middle of
     * compressed data cannot be read on.
     */
    private void openAgain(LogPart part) {
        try {
            LogPart again = rotated.again(part, placeAt(part));
            if (again == null) {
                return;
            }
            if (!isRest(again)) {
                again.close();
                return;
            }
            current = again;
            size = again.sequential() ? position : size;
            remember(again);
            closeQuietly(part);
        } catch (IOException e) {
            failures.note(part.file(), e, "trying again");
        }
    }

    /** Whether a file holds what was read. A sequential one is read up to there. */
    private boolean isRest(LogPart part) throws IOException {
        return part.sequential()
                ? FileContent.of(part, position).digest().equals(trace.digest())
                : trace.isIn(part, position);
    }

    private static void closeQuietly(LogPart part) {
        try {
            part.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing " + part.file(), e);
        }
    }

    /** A file whose content is compressed or an archive, under a name that does not say so. */
    private static final class PackedException extends IOException {
        private static final long serialVersionUID = 1;

        PackedException(Compression compression) {
            super("it holds " + compression.label() + " data, to which nothing is added");
        }

        PackedException(Archive archive) {
            super("it " + archive.problem());
        }
    }

    private PollResult look(Consumer<RawLine> lines) throws IOException {
        ReadPosition place = resumed;
        if (place != null) {
            resumeAt(place, lines);
            if (gaps > 0) {
                return PollResult.READ;
            }
        }
        if (current == null && !successors.isEmpty()) {
            openNext();
            return PollResult.READ;
        }
        LogPart part = current;
        if (part == null) {
            part = held == null ? openUnless(null) : held;
            held = null;
            if (part == null) {
                // What appears later was not there when following began.
                skipExisting &= refused;
                return PollResult.IDLE;
            }
            begin(part);
        } else {
            String newest = successors.isEmpty()
                    ? part.key()
                    : successors.get(successors.size() - 1).seen().key();
            PlainPart replaced = openUnless(newest);
            if (replaced != null) {
                successors.add(WaitingPart.holding(replaced));
                remember(replaced);
                if (successors.stream().filter(later -> later.held() != null).count() > RotatedFiles.MOST_HELD) {
                    rotated.release(part, placeAt(part), successors);
                }
            } else if (!successors.isEmpty()) {
                successors.get(successors.size() - 1).lookAt(path);
            }
        }
        if (skipping != null) {
            skipExisting(part, skipping);
            return PollResult.READ;
        }
        // Asked before reading: what the writer put into this file before it went to the next is then read too.
        WaitingPart next = successors.isEmpty() ? null : successors.get(0);
        boolean left = next != null && (successors.size() > 1 || next.held() == null || next.size() > 0);
        buffer.clear();
        int n = part.read(buffer, position);
        long now = part.size();
        if (now < size || !trace.isIn(part, position)) {
            truncated(part, lines);
            return PollResult.READ;
        }
        size = now;
        if (n > 0 && position == 0 && !part.sequential()) {
            Optional<Compression> packed = Compression.of(buffer.array(), n);
            if (packed.isPresent()) {
                throw new PackedException(packed.get());
            }
            Optional<Archive> archive = Archive.of(buffer.array(), n);
            if (archive.isPresent()) {
                throw new PackedException(archive.get());
            }
        }
        if (n > 0 && position == 0 && part instanceof PlainPart live && goesBack(live)) {
            return PollResult.READ;
        }
        if (n > 0) {
            unread = null;
            trace.remember(buffer.array(), n);
            position += n;
            bytes += n;
            written = writtenNow(part);
            decoded.feed(buffer.array(), n, lines);
            return PollResult.READ;
        }
        if (left) {
            decoded.end(lines);
            watermark = rotated.changedLast(part, placeAt(part));
            rotated.addMissed(placeAt(part), successors);
            closeQuietly(part);
            rotations += inCopy ? 0 : 1;
            leave();
            openNext();
            return PollResult.READ;
        }
        return PollResult.IDLE;
    }

    /** Before the first bytes of a file: it may have been copied and emptied before they were read. */
    private boolean goesBack(PlainPart live) throws IOException {
        WaitingPart waited = unread == null ? WaitingPart.holding(live) : unread;
        List<WaitingPart> first = rotated.before(placeAt(live), waited, successors);
        if (first.isEmpty()) {
            return goesBackToCopy(live);
        }
        successors.add(0, waited);
        successors.addAll(0, first);
        leave();
        openNext();
        return true;
    }

    /**
     * The same where nobody can say when the file was changed last, as it has no name any more. It is known to have been
     * emptied by what it held when it was opened, and its copy by that.
     */
    private boolean goesBackToCopy(PlainPart live) throws IOException {
        ReadPosition emptied = unread == null ? null : unread.emptiedAfter(watermark);
        LogPart copy = emptied == null ? null : rotated.copyOf(emptied);
        if (copy == null) {
            return false;
        }
        // It may be known already, as one that came later.
        successors.removeIf(later -> later.held() == null && later.keys().contains(copy.key()));
        truncations++;
        readFirst(copy, live);
        return true;
    }

    private void readFirst(LogPart copy, PlainPart emptied) {
        successors.add(0, WaitingPart.holding(emptied));
        current = copy;
        unread = null;
        size = 0;
        inCopy = true;
    }

    /**
     * Everything after the position was cut off. Where the file was copied before, as logrotate's copytruncate does,
     * the copy has it.
     */
    private void truncated(LogPart part, Consumer<RawLine> lines) throws IOException {
        emptied(part, placeAt(part), lines);
    }

    private void emptied(LogPart part, ReadPosition place, Consumer<RawLine> lines) throws IOException {
        LogPart copy = place.readTo() == 0 ? null : rotated.copyOf(place);
        truncations++;
        if (copy == null || !(part instanceof PlainPart emptied)) {
            lostBytes += Math.max(0, size - position);
            gaps++;
            // Of a line whose end was there and is gone, the beginning is no line.
            if (position >= size) {
                decoded.end(lines);
            }
            restart();
            return;
        }
        trace.take(copy, position);
        readFirst(copy, emptied);
    }

    /** Resumes where an earlier run was, through the files that came since. */
    private void resumeAt(ReadPosition place, Consumer<RawLine> lines) throws IOException {
        long since = failingSince == null ? clock.nanoTime() : failingSince;
        boolean patient = clock.nanoTime() - since < LONGEST_FAILURE.toNanos();
        RotatedFiles.Rest rest;
        try {
            rest = rotated.since(place, held, patient);
        } catch (AccessDeniedException | NotAFileException e) {
            refuse(e);
            return;
        }
        held = null;
        resumed = null;
        successors.addAll(rest.later());
        watermark = place.watermark();
        leave();
        LogPart first = rest.first();
        if (first != null) {
            current = first;
            remember(first);
            written = writtenNow(first);
        }
        if (rest.found()) {
            if (first != null) {
                position = place.next().offset();
                trace.take(first, position);
                decoded.start(place.next());
                if (place.readTo() > 0 && first instanceof PlainPart live && !RotatedFiles.isAt(live, place)) {
                    // It has been emptied since it was recognised.
                    size = place.size();
                    emptied(live, place, lines);
                }
            }
            return;
        }
        if (place.key().isEmpty()) {
            return;
        }
        gaps++;
        boolean inPlace = successors.isEmpty()
                ? first != null && first.key().equals(place.key())
                : successors.get(successors.size() - 1).hasKey(place.key());
        if (inPlace) {
            truncations++;
        } else if (place.size() > 0) {
            missingFiles++;
        }
        lostBytes += Math.max(0, place.size() - place.next().offset());
        LOG.log(
                System.Logger.Level.WARNING,
                "neither {0} nor a file beside it is the one that was read up to byte {1}; reading resumes with {0}",
                path,
                Long.toString(place.next().offset()));
    }

    /** Opens what is at the path unless it is the file known already, or nothing that can be read. */
    private @Nullable PlainPart openUnless(@Nullable String known) {
        try {
            PlainPart part = PlainPart.open(path, known);
            if (refused) {
                failures.over(path);
            }
            refused = false;
            return part;
        } catch (IOException e) {
            refuse(e);
            return null;
        }
    }

    private void refuse(IOException e) {
        if (!refused) {
            failures.note(path, e, "waiting until it can be");
        }
        refused = true;
    }

    private void remember(LogPart part) {
        read.remove(part.file());
        read.put(part.file(), part.key());
        if (read.size() > MOST_READ) {
            read.remove(read.keySet().iterator().next());
        }
    }

    /** Whether a file is one that is read here, or was, and is where it was then. */
    boolean reads(Path file, String key) {
        LogPart part = current;
        try {
            return (part != null && part.key().equals(key))
                    || (held != null && held.key().equals(key))
                    || successors.stream().anyMatch(later -> later.hasKey(key))
                    || key.equals(read.get(file.toRealPath()))
                    || key.equals(PlainPart.keyAt(path));
        } catch (IOException e) {
            // Whatever it is, it cannot be read now.
            return false;
        }
    }

    /** Whether the place is known at which reading begins. */
    boolean isPlaced() {
        return skipping == null && (refused || !skipExisting);
    }

    private void begin(LogPart part) throws IOException {
        current = part;
        remember(part);
        restart();
        if (skipExisting) {
            skipping = new LastLine(part.size(), encoding(part) != null);
            skipExisting = false;
        }
    }

    /** The way through what a file holds already, to the beginning of its last line, which may be unfinished. */
    private static final class LastLine {
        private final long end;
        private final boolean decoded;
        private long at;
        private long number = 1;
        private long begin;

        LastLine(long end, boolean decoded) {
            this.end = end;
            this.decoded = decoded;
        }
    }

    /** Goes on counting lines. A complete last line is passed over. */
    private void skipExisting(LogPart part, LastLine last) throws IOException {
        long pause = last.at + SKIPPED_AT_ONCE;
        boolean more = true;
        while (more && last.at < last.end && last.at < pause) {
            buffer.clear();
            int n = part.read(buffer, last.at);
            more = n > 0;
            int used = (int) Math.min(n, last.end - last.at);
            if (more && last.decoded) {
                decoded.feed(buffer.array(), used, line -> {});
            } else if (more) {
                count(last, used);
            }
            last.at += Math.max(0, used);
        }
        if (more && last.at < last.end) {
            return;
        }
        skipping = null;
        LinePosition begin =
                last.decoded ? decoded.position() : new LinePosition(last.begin, last.begin, last.number, false, "");
        position = begin.offset();
        size = Math.max(position, Math.min(last.end, part.size()));
        decoded.start(begin);
        trace.take(part, position);
    }

    private void count(LastLine last, int used) {
        byte[] array = buffer.array();
        for (int i = 0; i < used; i++) {
            if (array[i] == '\n') {
                last.number++;
                last.begin = last.at + i + 1;
            }
        }
    }

    /** UTF-16, if a file begins so; null for text whose lines end with one byte. */
    private static @Nullable Charset encoding(LogPart part) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Utf16.HEAD);
        while (head.hasRemaining() && part.read(head, head.position()) > 0) {}
        return Utf16.charset(head.array(), head.position());
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

    /** Whether reading fails now. Then more may be there: neither half a line nor an open event is complete. */
    boolean isFailing() {
        return failingSince != null;
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
    public @Nullable ReadPosition place() {
        if (resumed != null) {
            return resumed;
        }
        if (!isPlaced()) {
            return null;
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
    private Instant writtenNow(LogPart part) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(part.file(), BasicFileAttributes.class);
            if (PlainPart.key(attributes).equals(part.key())) {
                return attributes.lastModifiedTime().toInstant();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "removed: " + path, e);
        }
        Instant opened = Instant.EPOCH.plusNanos(part.changed());
        return written == null || written.isBefore(opened) ? opened : written;
    }

    /**
     * Whether nothing is at the path any more and everything that was has been read. What cannot be looked at may be
     * there.
     */
    boolean isGone() {
        try {
            return resumed == null
                    && successors.isEmpty()
                    && !decoded.holdsPartialLine()
                    && PlainPart.keyAt(path) == null;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking at " + path, e);
            return false;
        }
    }

    @Override
    public SourceIncidents incidents() {
        long lag = 0;
        try {
            LogPart part = current;
            lag = part == null ? 0 : Math.max(0, part.size() - position);
            for (WaitingPart later : successors) {
                lag += later.size();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "measuring " + path, e);
        }
        return new SourceIncidents(
                rotations,
                truncations,
                missingFiles + failures.lostFiles(),
                lostBytes + failures.lostBytes(),
                0,
                lag,
                failures.count(),
                failingSince != null || (refused && current == null));
    }

    @Override
    public void close() {
        try {
            if (held != null) {
                held.close();
            }
            if (current != null) {
                current.close();
            }
            successors.forEach(WaitingPart::close);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing " + path, e);
        }
    }
}
