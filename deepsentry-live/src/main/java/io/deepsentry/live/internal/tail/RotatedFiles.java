package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.LogFolder.ChangedMeanwhile;
import io.deepsentry.live.internal.tail.ReadFailures.FailsBesideException;
import io.deepsentry.parse.bytes.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log was rotated into: those beside it that have its name with a number or a date after it or before
 * its ending ({@code app.log.1}, {@code app-20260102.log}), compressed or not.
 */
public final class RotatedFiles {
    private static final System.Logger LOG = System.getLogger(RotatedFiles.class.getName());
    private static final int COMPARED = 1 << 16;
    private static final Pattern RUN = Pattern.compile("[-._][0-9][-._:0-9T]*");
    /** Folders below that of the log in which rotated files are looked for. */
    private static final int MOST_FOLDERS = 200;
    /** How often what is at the path of the log may change while reading resumes. */
    private static final int MOST_LOOKS = 20;
    /** How many of the files that wait are kept open. */
    static final int MOST_HELD = 100;
    /** How many of the files that were given up are remembered. */
    private static final int MOST_GIVEN_UP = 10_000;

    private final Path log;
    private final ReadFailures failures;
    private final LogFolders folders;
    private final RotatedContents contents;
    /** Files that could not be read and were counted as lost, as they were then. */
    private final Set<RotatedFile> givenUp = new LinkedHashSet<>();

    RotatedFiles(Path log, ReadFailures failures) {
        this.log = log;
        this.failures = failures;
        this.folders = new LogFolders(log, failures);
        this.contents = new RotatedContents(failures);
    }

    /**
     * The files in which reading continues.
     *
     * @param first the one that was being read, or that at the path if it holds what was read; null if it is not found
     * @param later those that come after it, in order; the last one is that at the path if there is one
     * @param found whether the first of them all is the one that was being read
     */
    record Rest(@Nullable LogPart first, List<WaitingPart> later, boolean found) {}

    /**
     * The same by what was seen in one look.
     *
     * @param certain whether the first one has left the path: one that is still there may be another one that begins
     *     alike
     */
    private record Found(Rest rest, boolean certain) {}

    private record Opened(RotatedFile file, LogPart part) {}

    /** Whether a file is what a log of that name was rotated into. */
    static boolean isRotated(Path file, Path log) {
        String name = nameOf(file);
        String base = nameOf(log);
        String plain = uncompressed(name);
        if (plain.equals(base)) {
            return !plain.equals(name);
        }
        int dot = base.lastIndexOf('.');
        return isRun(plain, base, "") || (dot > 0 && isRun(plain, base.substring(0, dot), base.substring(dot)));
    }

    /** The name of what was compressed into a file of this name; the name itself if it says no compression. */
    static String uncompressed(String name) {
        return Compression.ofName(name)
                .map(compression ->
                        name.substring(0, name.length() - compression.suffix().length()))
                .orElse(name);
    }

    /** Whether a file is compressed, by its name. */
    static boolean isCompressed(Path file) {
        return Compression.ofName(nameOf(file)).isPresent();
    }

    private static boolean isRun(String name, String start, String end) {
        return name.length() > start.length() + end.length()
                && name.startsWith(start)
                && name.endsWith(end)
                && RUN.matcher(name)
                        .region(start.length(), name.length() - end.length())
                        .matches();
    }

    static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    /**
     * Finds the file that was being read, wherever it is now, and those that came after it.
     *
     * @param held what was at the path when the program came up, or null; it is among the parts or closed
     * @param patient whether a file that was being read and fails now is to be tried again instead of being given up
     */
    Rest since(ReadPosition place, @Nullable PlainPart held, boolean patient) throws IOException {
        List<PlainPart> opened = new ArrayList<>();
        if (held != null) {
            opened.add(held);
        }
        try {
            for (int attempt = 1; ; attempt++) {
                PlainPart live = live(opened);
                Optional<Found> found = found(place, live, patient, attempt == MOST_LOOKS);
                if (found.isPresent()) {
                    Rest rest = found.get().rest();
                    for (PlainPart part : opened) {
                        if (!part.equals(live)) {
                            rest = with(part, new Found(rest, found.get().certain()), place, live != null);
                        }
                    }
                    return rest;
                }
            }
        } catch (IOException | RuntimeException e) {
            for (PlainPart part : opened) {
                if (!part.equals(held)) {
                    part.close();
                }
            }
            throw e;
        }
    }

    /** What is at the path now: one of those that were opened, or another one, which is added to them. */
    private @Nullable PlainPart live(List<PlainPart> opened) throws IOException {
        String key = PlainPart.keyAt(log);
        for (PlainPart part : opened) {
            if (part.key().equals(key)) {
                return part;
            }
        }
        PlainPart live = PlainPart.open(log, null);
        if (live != null) {
            opened.add(live);
        }
        return live;
    }

    /** The same by one look; empty if something else was at the path then. */
    private Optional<Found> found(ReadPosition place, @Nullable PlainPart live, boolean patient, boolean last)
            throws IOException {
        boolean same = live != null && place.readTo() > 0 && isAt(live, place);
        LogFolders.Work<Optional<Found>> work = folder -> last || folder.hasAtPath(live)
                ? Optional.of(since(folder, place, live, same, patient))
                : Optional.empty();
        Optional<Found> found = folders.looking(place, work);
        boolean uncertain = found.isPresent() && !found.get().certain() && place.readTo() > 0;
        return uncertain && isFoundElsewhere(place.key(), place) ? folders.looking(place, work) : found;
    }

    /**
     * Puts a file in its place that has left the path since the program came up, unless it is there under another name.
     */
    private Rest with(PlainPart held, Found found, ReadPosition place, boolean atPath) throws IOException {
        Rest rest = found.rest();
        LogPart first = rest.first();
        WaitingPart waiting = WaitingPart.holding(held);
        boolean known = (first != null && first.key().equals(held.key()))
                || rest.later().stream().anyMatch(part -> part.hasKey(held.key()))
                || folders.looking(place, folder -> isCompressed(waiting, folder, place.watermark()));
        if (known) {
            held.close();
            return rest;
        }
        List<WaitingPart> later = new ArrayList<>(rest.later());
        if (first instanceof PlainPart live && !found.certain()) {
            // What is at the path now begins like what was there before.
            later.add(WaitingPart.holding(live));
            return new Rest(held, later, true);
        }
        if (!rest.found() && isAt(held, place)) {
            return new Rest(held, later, true);
        }
        int at = folders.looking(place, folder -> {
            long changed = changed(waiting, folder);
            int before = 0;
            while (before < later.size() - (atPath ? 1 : 0)
                    && later.get(before).seen().changed() <= changed) {
                before++;
            }
            return before;
        });
        later.add(at, waiting);
        return new Rest(first, later, rest.found());
    }

    private boolean isCompressed(WaitingPart held, LogFolder folder, long watermark) throws IOException {
        for (RotatedFile file : folder.compressedAfter(watermark - 1)) {
            if (isCompressionOf(file, held, folder)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same by what there is at one moment.
     *
     * @param same whether the file at the path holds what was read: another one may do so by chance, as many logs begin
     *     alike
     */
    private Found since(LogFolder folder, ReadPosition place, @Nullable PlainPart live, boolean same, boolean patient)
            throws IOException {
        // Of a file of which nothing was read there is nothing to find: what came since may be it, or a copy that
        // was made of it before it was emptied.
        Opened first = place.readTo() == 0 ? null : findFirst(folder, place, live, same, patient);
        if (first == null && live != null && same) {
            return new Found(new Rest(live, List.of(), true), false);
        }
        try {
            List<WaitingPart> later = new ArrayList<>();
            WaitingPart last = live == null ? null : WaitingPart.holding(live);
            long since = first == null ? place.watermark() : first.file().changed();
            for (RotatedFile file : between(folder, since, last)) {
                boolean known = (first != null && file.equals(first.file()))
                        || (last != null && (last.is(file) || isCompressionOf(file, last, folder)));
                if (!known) {
                    later.add(waiting(file, place, folder));
                }
            }
            boolean itself = live != null && live.key().equals(place.key());
            boolean found = first != null || (place.readTo() == 0 && (!later.isEmpty() || itself));
            if (last != null) {
                later.add(last);
            }
            return new Found(new Rest(first == null ? null : first.part(), later, found), first != null);
        } catch (IOException | RuntimeException e) {
            if (first != null) {
                first.part().close();
            }
            throw e;
        }
    }

    /**
     * Finds the file that was being read, if it is beside the path by now. It is known by its key and by its content.
     * What was compressed or copied has another key, and logs without times may agree in what is compared: the oldest
     * of those that were not read to their end is meant then. All that were have been changed no later than the
     * watermark.
     */
    private @Nullable Opened findFirst(
            LogFolder folder, ReadPosition place, @Nullable PlainPart live, boolean same, boolean patient)
            throws IOException {
        List<RotatedFile> candidates = folder.rotated().stream()
                .filter(file -> (live == null || !file.key().equals(live.key())) && !folder.isUnfinished(file))
                .filter(file -> !same || file.key().equals(place.key()) || file.changed() > place.watermark())
                .sorted(Comparator.comparing((RotatedFile file) -> !file.key().equals(place.key()))
                        .thenComparing(file -> file.changed() <= place.watermark())
                        .thenComparingLong(file ->
                                file.changed() > place.watermark() ? file.changed() : Long.MAX_VALUE - file.changed()))
                .toList();
        boolean inPlace = live != null && same && live.key().equals(place.key());
        for (RotatedFile candidate : candidates) {
            boolean itself = candidate.key().equals(place.key());
            LogPart part = openAt(candidate, place, folder, patient && itself);
            if (part == null) {
                continue;
            }
            // The number of a file that was compressed and removed is given to the next one, so the file in its place
            // may be another. What is not compressed may be a copy of what is still there.
            if (inPlace && live != null && !candidate.compressed() && beginsLike(live, part)) {
                part.close();
                continue;
            }
            return new Opened(candidate, part);
        }
        return null;
    }

    /** Whether a file holds all that another one does, from its beginning on. Reads the other to its end. */
    private boolean beginsLike(LogPart file, LogPart other) throws IOException {
        ByteBuffer mine = ByteBuffer.allocate(COMPARED);
        ByteBuffer theirs = ByteBuffer.allocate(COMPARED);
        for (long at = 0; ; at += theirs.position()) {
            theirs.clear();
            if (other.read(theirs, at) <= 0) {
                return true;
            }
            mine.clear().limit(theirs.position());
            while (mine.hasRemaining() && file.read(mine, at + mine.position()) > 0) {}
            if (!mine.flip().equals(ByteBuffer.wrap(theirs.array(), 0, theirs.position()))) {
                return false;
            }
        }
    }

    /** When the newest of those beside the log was changed, at most now: what is newer comes later. */
    long newest(long now, long least) {
        long newest = least;
        ReadPosition nowhere = new ReadPosition(log.toString(), "", 0, "", LinePosition.START, 0, 0, "");
        for (RotatedFile file : folders.scan(nowhere).rotated()) {
            newest = Math.max(newest, file.changed());
        }
        return Math.min(newest, now);
    }

    /**
     * Looks for the file that was being read in the folders below that of the log, and remembers the one that has it.
     */
    private boolean isFoundElsewhere(String key, ReadPosition place) {
        Path parent = log.toAbsolutePath().getParent();
        if (parent == null) {
            return false;
        }
        int seen = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (Path folder : entries) {
                // One with a log of the same name has the rotated files of that one.
                boolean another = Files.exists(folder.resolve(nameOf(log)), LinkOption.NOFOLLOW_LINKS);
                if (!another && !folders.includes(folder) && holdsPlace(folder, key, place)) {
                    folders.include(folder);
                    return true;
                }
                seen++;
                if (seen == MOST_FOLDERS) {
                    break;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking below " + parent, e);
        }
        return false;
    }

    private boolean holdsPlace(Path inside, String key, ReadPosition place) {
        LogFolder folder = folders.only(inside, place);
        for (RotatedFile file : folder.rotated()) {
            if (file.key().equals(key)) {
                return true;
            }
            if (file.changed() > place.watermark() && !folder.isUnfinished(file)) {
                try (LogPart part = openAt(file, place, folder, false)) {
                    if (part != null) {
                        return true;
                    }
                } catch (IOException e) {
                    failures.note(file.file(), e, "looking on");
                }
            }
        }
        return false;
    }

    /**
     * A file that holds what a log held before it was emptied in place, and maybe more than was read of it; null if
     * there is none.
     */
    @Nullable
    LogPart copyOf(ReadPosition place) throws IOException {
        Optional<LogPart> copy = folders.looking(place, folder -> {
            for (RotatedFile candidate : folder.rotated()) {
                boolean later = candidate.changed() > place.watermark()
                        && !candidate.key().equals(place.key())
                        && !folder.isUnfinished(candidate);
                LogPart part = later ? openAt(candidate, place, folder, false) : null;
                if (part != null) {
                    return Optional.of(part);
                }
            }
            return Optional.empty();
        });
        return copy.orElse(null);
    }

    /**
     * When the file that was read to its end was changed last, under whatever name it is now; the watermark if it is
     * gone.
     */
    long changedLast(LogPart read, ReadPosition end) throws IOException {
        OptionalLong changed = folders.looking(end, folder -> changedLast(folder, read, end));
        if (changed.isEmpty() && isFoundElsewhere(read.key(), end)) {
            changed = folders.looking(end, folder -> changedLast(folder, read, end));
        }
        return changed.orElse(end.watermark());
    }

    private OptionalLong changedLast(LogFolder folder, LogPart read, ReadPosition end) throws IOException {
        Long changed = folder.changed(read.key());
        if (changed != null) {
            return OptionalLong.of(Math.max(end.watermark(), changed));
        }
        if (end.readTo() == 0) {
            return OptionalLong.empty();
        }
        FileContent content = read.sequential() ? null : FileContent.of(read, end.readTo());
        boolean compared = false;
        for (RotatedFile candidate : folder.compressedAfter(end.watermark())) {
            boolean same = isSo(
                    candidate,
                    () -> content == null
                            ? isAt(candidate, end, folder)
                            : contents.isCompressionOf(candidate, content, folder));
            // It may have been written to after it was read, but that is true of one file at most.
            if (!same
                    && !compared
                    && content != null
                    && isSo(candidate, () -> contents.beginsLike(candidate, content, folder))) {
                compared = true;
                same = isSo(candidate, () -> contents.beginsWith(candidate, content, folder));
            }
            if (same) {
                return OptionalLong.of(candidate.changed());
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Adds to the parts that are to be read next those that came and went unnoticed.
     *
     * @param read the place in the part that was read to its end
     * @param next the parts to be read next, in order; the last one is or was at the path
     */
    void addMissed(ReadPosition read, List<WaitingPart> next) throws IOException {
        if (next.isEmpty()) {
            return;
        }
        List<WaitingPart> all = folders.looking(read, folder -> {
            List<WaitingPart> parts = new ArrayList<>(next);
            Known known = new Known(next, folder);
            for (RotatedFile missed : between(folder, read.watermark(), next.get(next.size() - 1))) {
                if (!missed.key().equals(read.key()) && !known.has(missed)) {
                    parts.add(placeOf(missed, parts, folder), waiting(missed, read, folder));
                }
            }
            return parts;
        });
        next.clear();
        next.addAll(all);
    }

    /**
     * What comes before a part of which nothing has been read: a copy that was made of it before it was emptied, and
     * whatever else came beside the log before the part was changed last.
     *
     * @param read the place at the beginning of that part
     * @param later the parts that come after it; those that turn out to come before it are taken out
     */
    List<WaitingPart> before(ReadPosition read, WaitingPart part, List<WaitingPart> later) throws IOException {
        List<WaitingPart> all = new ArrayList<>(later);
        all.add(0, part);
        List<WaitingPart> first = folders.looking(read, folder -> {
            long changed = changed(part, folder);
            List<WaitingPart> found = new ArrayList<>();
            for (WaitingPart known : later) {
                if (known.cameBeside() && known.seen().changed() <= changed) {
                    found.add(known);
                }
            }
            Known known = new Known(all, folder);
            for (RotatedFile file : folder.between(read.watermark(), changed)) {
                if (!file.key().equals(read.key()) && !known.has(file)) {
                    found.add(waiting(file, read, folder));
                }
            }
            found.sort(Comparator.comparingLong(one -> one.seen().changed()));
            return found;
        });
        later.removeAll(first);
        return first;
    }

    /** A part cannot be read and counts as lost: what it is, is not found again. */
    void giveUp(WaitingPart part) {
        givenUp.add(part.seen().version());
        if (givenUp.size() > MOST_GIVEN_UP) {
            givenUp.remove(givenUp.iterator().next());
        }
    }

    /** Tells whether a file is among those that wait or were given up, or is what one of them was compressed into since. */
    private final class Known {
        private final LogFolder folder;
        private final Map<String, List<WaitingPart>> byKey = new HashMap<>();
        private final Map<String, Deque<WaitingPart>> gone = new HashMap<>();
        private final List<FileContent> goneContents = new ArrayList<>();

        Known(List<WaitingPart> waiting, LogFolder folder) throws IOException {
            this.folder = folder;
            for (WaitingPart part : waiting) {
                for (String key : part.keys()) {
                    byKey.computeIfAbsent(key, first -> new ArrayList<>(1)).add(part);
                }
                FileContent content = isGone(part, folder) ? part.content() : null;
                if (content != null && content.length() > 0) {
                    gone.computeIfAbsent(content.identity(), identity -> new ArrayDeque<>())
                            .add(part);
                    goneContents.add(content);
                }
            }
        }

        boolean has(RotatedFile file) throws IOException {
            if (givenUp.contains(file.version()) || isAmong(file, byKey.getOrDefault(file.key(), List.of()))) {
                return true;
            }
            FileContent content = file.compressed() ? contents.ofOneLike(goneContents, file, folder) : null;
            Deque<WaitingPart> alike = content == null ? null : gone.get(content.identity());
            WaitingPart part = alike == null ? null : alike.poll();
            if (part != null) {
                part.wasCompressedInto(file);
            }
            return part != null;
        }
    }

    /** Whether a part is not where it was, and what it was compressed into is not known. */
    private boolean isGone(WaitingPart part, LogFolder folder) throws IOException {
        boolean atPath = part.held() != null && folder.isAtPath(part.seen().key());
        return !part.isPacked() && !atPath && isSo(part.seen(), () -> part.find(folder) == null);
    }

    @FunctionalInterface
    private interface Question {
        boolean isSo() throws IOException;
    }

    /** The answer to what is asked about a file beside the log; no if it fails for long. */
    private boolean isSo(RotatedFile file, Question question) throws IOException {
        try {
            return question.isSo();
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            failures.passOver(file.file(), e);
            return false;
        }
    }

    /**
     * Closes parts of which too many are open, beginning with those whose turn comes last: first those that will be
     * found again. The last one stays open, as it is at the path.
     *
     * @param part the one that is read
     * @param read the place in it
     * @param next the parts to be read next, in order
     */
    void release(LogPart part, ReadPosition read, List<WaitingPart> next) throws IOException {
        List<WaitingPart> all = new ArrayList<>(next);
        if (part instanceof PlainPart plain) {
            all.add(0, WaitingPart.holding(plain));
        }
        List<WaitingPart> open = new ArrayList<>(next.subList(0, next.size() - 1));
        open.removeIf(later -> later.held() == null);
        folders.looking(read, folder -> {
            Known known = new Known(all, folder);
            for (RotatedFile file : folder.compressedAfter(read.watermark())) {
                known.has(file);
            }
            for (int i = open.size() - 1; i >= 0 && open.size() > MOST_HELD / 2; i--) {
                WaitingPart later = open.get(i);
                RotatedFile file = later.find(folder);
                if (file == null) {
                    // Of a log that is a link, the name may be any.
                    file = folders.at(later.seen().file(), later.seen().key());
                }
                if (file != null) {
                    open.remove(i);
                    later.release(file);
                }
            }
            return open.size();
        });
        while (open.size() >= MOST_HELD) {
            open.remove(open.size() - 1).release(null);
        }
    }

    /**
     * Opens a part whose turn has come.
     *
     * @param watermark when what was read to its end was changed last
     * @param later the parts that come after it
     * @return null if it is gone, and so lost unless another part holds it
     * @throws IOException if it is there and cannot be read
     */
    @Nullable
    LogPart open(WaitingPart next, long watermark, List<WaitingPart> later) throws IOException {
        PlainPart held = next.held();
        if (held != null) {
            return held;
        }
        ReadPosition place = new ReadPosition(next.base().toString(), "", 0, "", LinePosition.START, 0, watermark, "");
        Optional<LogPart> opened = folders.looking(place, folder -> open(next, folder, watermark, later));
        return opened.orElse(null);
    }

    private Optional<LogPart> open(WaitingPart next, LogFolder folder, long watermark, List<WaitingPart> later)
            throws IOException {
        RotatedFile file = next.find(folder);
        if (file != null) {
            return Optional.of(folder.open(file));
        }
        FileContent content = next.content();
        if (content != null && !next.isPacked()) {
            // Files that were changed in one step of the clock have the same time.
            for (RotatedFile packed : folder.compressedAfter(watermark - 1)) {
                if (!isAmong(packed, later) && isSo(packed, () -> contents.isCompressionOf(packed, content, folder))) {
                    return Optional.of(folder.open(packed));
                }
            }
            // More may have been written to it than it held when it was seen.
            for (RotatedFile packed : folder.compressedAfter(watermark)) {
                boolean another = later.stream().anyMatch(part -> part.is(packed) && part.wasPlain());
                if (content.length() > 0
                        && !another
                        && isSo(packed, () -> contents.beginsWith(packed, content, folder))) {
                    return isAmong(packed, later) ? Optional.empty() : Optional.of(folder.open(packed));
                }
            }
        }
        if (content == null || content.length() > 0) {
            Path gone = next.seen().file();
            failures.lost(gone, next.lostBytes(), new NoSuchFileException(gone.toString()));
        }
        return Optional.empty();
    }

    /**
     * Opens a part that is being read once more, under the name that it has by now, or what it was compressed into.
     *
     * @param place what was read of it
     * @return null if it is not found
     */
    @Nullable
    LogPart again(LogPart part, ReadPosition place) throws IOException {
        Optional<LogPart> found = folders.looking(place, folder -> again(part, place, folder));
        if (found.isEmpty() && isFoundElsewhere(part.key(), place)) {
            found = folders.looking(place, folder -> again(part, place, folder));
        }
        return found.orElse(null);
    }

    private Optional<LogPart> again(LogPart part, ReadPosition place, LogFolder folder) throws IOException {
        RotatedFile file = folder.find(part.key());
        if (file == null) {
            // Of a log that is a link, the name may be any.
            Path known = folder.isAtPath(part.key()) ? log : part.file();
            file = folders.at(known, part.key());
        }
        if (file != null) {
            return Optional.of(folder.open(file));
        }
        if (!part.sequential() && place.readTo() > 0) {
            for (RotatedFile packed : folder.compressedAfter(place.watermark())) {
                if (isSo(packed, () -> isAt(packed, place, folder))) {
                    return Optional.of(folder.open(packed));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isAmong(RotatedFile file, List<WaitingPart> parts) {
        return parts.stream().anyMatch(part -> part.is(file));
    }

    /** Before the first that was changed later. */
    private static int placeOf(RotatedFile missed, List<WaitingPart> parts, LogFolder folder) {
        int at = 0;
        while (at < parts.size() - 1 && changed(parts.get(at), folder) <= missed.changed()) {
            at++;
        }
        return at;
    }

    /**
     * When a part was changed last; of one that has no name any more, where the system does not tell, when it had been
     * when it was seen last.
     */
    private static long changed(WaitingPart part, LogFolder folder) {
        Long now = part.held() == null ? null : folder.changedIfOpen(part.seen().key());
        return Objects.requireNonNullElse(now, part.seen().changed());
    }

    /**
     * Those changed after a time, in that order, and not after the part that is to be read after them; what came later
     * than that is found when it has been read.
     */
    private static List<RotatedFile> between(LogFolder folder, long after, @Nullable WaitingPart last) {
        return folder.between(after, last == null ? Long.MAX_VALUE : changed(last, folder));
    }

    /**
     * A part that is opened when its turn comes. What it holds is looked at now, as it may be compressed until then.
     */
    private WaitingPart waiting(RotatedFile file, ReadPosition place, LogFolder folder) throws ChangedMeanwhile {
        Path base = Path.of(place.file());
        if (file.compressed()) {
            return WaitingPart.of(file, base, null);
        }
        try (LogPart part = folder.open(file)) {
            return WaitingPart.of(file, base, FileContent.of(part, file.size()));
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "tried again when its turn comes: " + file.file(), e);
            return WaitingPart.of(file, base, null);
        }
    }

    /** Whether a compressed file is what a part that is gone from its place was compressed into. */
    private boolean isCompressionOf(RotatedFile file, WaitingPart part, LogFolder folder) throws IOException {
        FileContent content = file.compressed() && isGone(part, folder) ? part.content() : null;
        return content != null && contents.isCompressionOf(file, content, folder);
    }

    /** The files that a file was rotated into, compressed or not. */
    public static List<Path> beside(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        List<Path> rotated = new ArrayList<>();
        if (folder != null) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (isRotated(entry, file) && Files.isRegularFile(entry)) {
                        rotated.add(entry);
                    }
                }
            }
        }
        return rotated;
    }

    /**
     * The file at its beginning, if it holds what was read.
     *
     * @param patient whether a failure to read it is thrown however long it lasts; otherwise the file is passed over
     *     after a while
     */
    private @Nullable LogPart openAt(RotatedFile rotated, ReadPosition place, LogFolder folder, boolean patient)
            throws IOException {
        LogPart part = null;
        try {
            if (rotated.compressed()) {
                return isAt(rotated, place, folder) ? folder.open(rotated) : null;
            }
            part = folder.open(rotated);
            if (isAt(part, place)) {
                return part;
            }
            part.close();
            return null;
        } catch (IOException e) {
            if (part != null) {
                part.close();
            }
            if (e instanceof ChangedMeanwhile) {
                throw e;
            }
            if (patient) {
                throw new FailsBesideException(rotated.file(), e);
            }
            failures.passOver(rotated.file(), e);
            return null;
        }
    }

    /** Whether what was compressed into a file is what was read, or begins with it. */
    private boolean isAt(RotatedFile packed, ReadPosition place, LogFolder folder) throws IOException {
        if (place.readTo() == 0) {
            return packed.key().equals(place.key());
        }
        FileContent read = contents.upTo(packed, place.readTo(), folder);
        return read.length() == place.readTo() && read.digest().equals(place.trace());
    }

    /** Whether a file holds what was read. */
    static boolean isAt(LogPart part, ReadPosition place) throws IOException {
        if (place.readTo() == 0) {
            return part.key().equals(place.key());
        }
        return part.size() >= place.size()
                && part.size() >= place.readTo()
                && FileContent.of(part, place.readTo()).digest().equals(place.trace());
    }
}
