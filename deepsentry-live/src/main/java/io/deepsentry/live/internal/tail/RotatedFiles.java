package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.bytes.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log was rotated into: those beside it that have its name with a number or a date after it or before its ending ({@code app.log.1},
 * {@code app-20260102.log}), compressed or not.
 */
public final class RotatedFiles {
    private static final System.Logger LOG = System.getLogger(RotatedFiles.class.getName());
    private static final int MOST_LOOKS = 20;
    private static final int ATTEMPTS = 5;
    private static final int COMPARED = 1 << 16;
    private static final Pattern RUN = Pattern.compile("[-._][0-9][-._:0-9T]*");
    /** In a folder that may not be listed, names that end with numbers up to this one are tried. */
    private static final int MOST_NUMBERS = 20;
    /** Folders below that of the log in which rotated files are looked for. */
    private static final int MOST_FOLDERS = 200;

    private final Path log;
    private final ReadFailures failures;
    /** Where rotated files were found, apart from the folder of the log: what logrotate calls {@code olddir}. */
    private final Set<Path> elsewhere = new LinkedHashSet<>();

    RotatedFiles(Path log, ReadFailures failures) {
        this.log = log;
        this.failures = failures;
    }

    /**
     * The files in which reading goes on, in order; the last one is that at the path if there is one.
     *
     * @param found whether the first of them is the one that was being read
     */
    record Rest(List<LogPart> parts, boolean found) {}

    /**
     * The same by what was seen in one look.
     *
     * @param certain whether the first one has left the path: one that is still there may be another one that begins alike
     */
    private record Found(Rest rest, boolean certain) {}

    private record Rotated(Path file, String key, long changed, boolean compressed) {}

    /**
     * What there is at one moment.
     *
     * @param rotated beside the path: plain files first, those changed last first
     * @param atPath the key of the file at the path, null if there is none
     * @param changed when that was changed; the end of time if there is none
     * @param last whether there will be no other look: what is gone by now is left out
     * @param times when each of those beside the path was changed, by its key
     */
    private record Folder(
            List<Rotated> rotated, @Nullable String atPath, long changed, boolean last, Map<String, Long> times) {
        static Folder of(Collection<Rotated> files, @Nullable String atPath, long changed, boolean last) {
            List<Rotated> sorted = new ArrayList<>(files);
            sorted.sort(Comparator.comparing(Rotated::compressed)
                    .thenComparing(Comparator.comparingLong(Rotated::changed).reversed()));
            Map<String, Long> times = new HashMap<>();
            sorted.forEach(file -> times.put(file.key(), file.changed()));
            return new Folder(sorted, atPath, changed, last, times);
        }

        /** Whether nothing was renamed, compressed, made or removed between this look and another; what is written meanwhile does not count. */
        boolean isLike(Folder other) {
            return Objects.equals(atPath, other.atPath) && names().equals(other.names());
        }

        private Set<String> names() {
            return rotated.stream()
                    .map(file -> file.file() + " " + file.key() + (file.compressed() ? " " + file.changed() : ""))
                    .collect(Collectors.toSet());
        }

        /** When a part was changed last, wherever it is now; null if it is nowhere. */
        @Nullable
        Long changed(LogPart part) {
            if (part.key().equals(atPath)) {
                return changed;
            }
            return times.get(part.key());
        }
    }

    /** What was there a moment ago is there no more. */
    private static final class ChangedMeanwhile extends IOException {
        private static final long serialVersionUID = 1;

        ChangedMeanwhile(Path file) {
            super(file + " has been renamed, compressed or removed");
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Folder folder) throws IOException;
    }

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
    private static String uncompressed(String name) {
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

    private static String nameOf(Path file) {
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
        PlainPart live = held != null && held.key().equals(PlainPart.keyAt(log)) ? held : PlainPart.open(log, null);
        try {
            boolean same = live != null && place.readTo() > 0 && isAt(live, place);
            Found found = looking(place, folder -> since(folder, place, live, same, patient));
            if (!found.certain() && place.readTo() > 0 && isFoundElsewhere(place.key(), place)) {
                close(found.rest().parts(), live);
                found = looking(place, folder -> since(folder, place, live, same, patient));
            }
            return held == null || held.equals(live) ? found.rest() : with(held, found.rest(), place);
        } catch (IOException | RuntimeException e) {
            if (live != null && !live.equals(held)) {
                live.close();
            }
            throw e;
        }
    }

    /** Puts a file in its place that has left the path since the program came up, unless it is there under another name. */
    private Rest with(PlainPart held, Rest rest, ReadPosition place) throws IOException {
        boolean known = rest.parts().stream().anyMatch(part -> part.key().equals(held.key()))
                || looking(place, folder -> isCompressed(held, folder));
        if (known) {
            held.close();
            return rest;
        }
        List<LogPart> parts = new ArrayList<>(rest.parts());
        boolean wasRead = !rest.found() && isAt(held, place);
        parts.add(wasRead || parts.isEmpty() ? 0 : parts.size() - 1, held);
        return new Rest(parts, rest.found() || wasRead);
    }

    private boolean isCompressed(PlainPart held, Folder folder) throws IOException {
        for (Rotated file : folder.rotated()) {
            if (file.compressed() && isCompressionOf(file, held, folder)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same by what there is at one moment.
     *
     * @param same whether the file at the path holds what was read: another one may do so by chance, as many logs begin alike
     */
    private Found since(Folder folder, ReadPosition place, @Nullable PlainPart live, boolean same, boolean patient)
            throws IOException {
        List<LogPart> parts = new ArrayList<>();
        try {
            // Of a file of which nothing was read there is nothing to find: what came since may be it, or a copy that
            // was made of it before it was emptied.
            Rotated first = place.readTo() == 0 ? null : addFirst(folder, place, live, same, patient, parts);
            if (first == null && live != null && same) {
                return new Found(new Rest(List.of(live), true), false);
            }
            long since = first == null ? place.watermark() : first.changed();
            for (Rotated later : between(folder, since, live)) {
                boolean known = later.equals(first) || (live != null && isAmong(later, List.of(live), folder));
                LogPart part = known ? null : openOrLose(later, folder);
                if (part != null) {
                    parts.add(part);
                }
            }
            boolean itself = live != null && live.key().equals(place.key());
            boolean found = first != null || (place.readTo() == 0 && (!parts.isEmpty() || itself));
            if (live != null) {
                parts.add(live);
            }
            return new Found(new Rest(parts, found), first != null);
        } catch (IOException | RuntimeException e) {
            close(parts, live);
            throw e;
        }
    }

    /**
     * Adds the file that was being read, if it is beside the path by now. It is known by its key and by its content. What was compressed or copied has another key, and logs without
     * times may agree in what is compared: the oldest of those that were not read to their end is meant then. All that were have been changed no later than the watermark.
     */
    private @Nullable Rotated addFirst(
            Folder folder,
            ReadPosition place,
            @Nullable PlainPart live,
            boolean same,
            boolean patient,
            List<LogPart> parts)
            throws IOException {
        List<Rotated> candidates = folder.rotated().stream()
                .filter(file -> !isSame(file, live) && !isUnfinished(file, folder))
                .filter(file -> !same || file.key().equals(place.key()) || file.changed() > place.watermark())
                .sorted(Comparator.comparing((Rotated file) -> !file.key().equals(place.key()))
                        .thenComparing(file -> file.changed() <= place.watermark())
                        .thenComparingLong(file ->
                                file.changed() > place.watermark() ? file.changed() : Long.MAX_VALUE - file.changed()))
                .toList();
        boolean inPlace = live != null && same && live.key().equals(place.key());
        for (Rotated candidate : candidates) {
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
            parts.add(part);
            return candidate;
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
        for (Rotated file : scan(new ReadPosition(log.toString(), "", 0, "", LinePosition.START, 0, 0, ""), true)
                .rotated()) {
            newest = Math.max(newest, file.changed());
        }
        return Math.min(newest, now);
    }

    /** Looks for the file that was being read in the folders below that of the log, and remembers the one that has it. */
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
                if (!another && !elsewhere.contains(folder) && holdsPlace(folder, key, place)) {
                    elsewhere.add(folder);
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
        Map<String, Rotated> files = new HashMap<>();
        list(inside, entry -> isOfLog(entry, place), files, null);
        Folder folder = Folder.of(files.values(), null, Long.MAX_VALUE, true);
        for (Rotated file : folder.rotated()) {
            if (file.key().equals(key)) {
                return true;
            }
            if (file.changed() > place.watermark() && !isUnfinished(file, folder)) {
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

    /** A file that holds what a log held before it was emptied in place, and maybe more than was read of it; null if there is none. */
    @Nullable
    LogPart copyOf(ReadPosition place) throws IOException {
        Optional<LogPart> copy = looking(place, folder -> {
            for (Rotated candidate : folder.rotated()) {
                boolean later = candidate.changed() > place.watermark()
                        && !candidate.key().equals(place.key())
                        && !isUnfinished(candidate, folder);
                LogPart part = later ? openAt(candidate, place, folder, false) : null;
                if (part != null) {
                    return Optional.of(part);
                }
            }
            return Optional.empty();
        });
        return copy.orElse(null);
    }

    /** When the file that was read to its end was changed last, under whatever name it is now; the watermark if it is gone. */
    long changedLast(LogPart read, ReadPosition end) throws IOException {
        OptionalLong changed = looking(end, folder -> changedLast(folder, read, end));
        if (changed.isEmpty() && isFoundElsewhere(read.key(), end)) {
            changed = looking(end, folder -> changedLast(folder, read, end));
        }
        return changed.orElse(end.watermark());
    }

    private OptionalLong changedLast(Folder folder, LogPart read, ReadPosition end) throws IOException {
        Long changed = folder.changed(read);
        if (changed != null) {
            return OptionalLong.of(Math.max(end.watermark(), changed));
        }
        for (Rotated candidate : folder.rotated()) {
            if (candidate.compressed() && candidate.changed() > end.watermark() && !isUnfinished(candidate, folder)) {
                LogPart part = openAt(candidate, end, folder, false);
                if (part != null) {
                    part.close();
                    return OptionalLong.of(candidate.changed());
                }
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
    void addMissed(ReadPosition read, List<LogPart> next) throws IOException {
        if (next.isEmpty()) {
            return;
        }
        List<LogPart> all = looking(read, folder -> {
            List<LogPart> parts = new ArrayList<>(next);
            try {
                for (Rotated missed : between(folder, read.watermark(), next.get(next.size() - 1))) {
                    boolean known = missed.key().equals(read.key()) || isAmong(missed, next, folder);
                    LogPart part = known ? null : openOrLose(missed, folder);
                    if (part != null) {
                        parts.add(placeOf(missed, parts, folder), part);
                    }
                }
                return parts;
            } catch (IOException | RuntimeException e) {
                parts.removeAll(next);
                close(parts, null);
                throw e;
            }
        });
        next.clear();
        next.addAll(all);
    }

    /** Before the first that was changed later. */
    private static int placeOf(Rotated missed, List<LogPart> parts, Folder folder) {
        int at = 0;
        while (at < parts.size() - 1 && changed(parts.get(at), folder) <= missed.changed()) {
            at++;
        }
        return at;
    }

    /** When a part was changed last; of one that is gone, when it had been when it was opened, which was after all that came before it. */
    private static long changed(LogPart part, Folder folder) {
        return Objects.requireNonNullElse(folder.changed(part), part.changed());
    }

    /** Those changed after a time, in that order, and not after the part that is to be read after them; what came later than that is found when it has been read. */
    private static List<Rotated> between(Folder folder, long after, @Nullable LogPart last) {
        long end = last == null ? Long.MAX_VALUE : changed(last, folder);
        return folder.rotated().stream()
                .filter(file -> file.changed() > after && file.changed() <= end && !isSame(file, last))
                .filter(file -> !isUnfinished(file, folder))
                .sorted(Comparator.comparingLong(Rotated::changed))
                .toList();
    }

    /** Whether a file is open already, or is what one that is open has been compressed into since. */
    private boolean isAmong(Rotated file, List<? extends LogPart> parts, Folder folder) throws IOException {
        for (LogPart part : parts) {
            if (isSame(file, part)) {
                return true;
            }
            if (file.compressed() && folder.changed(part) == null && isCompressionOf(file, part, folder)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a compressed file is what an open one that is gone from its place was compressed into. */
    private boolean isCompressionOf(Rotated file, LogPart part, Folder folder) throws IOException {
        if (part.sequential() || part.size() == 0) {
            return false;
        }
        ContentFingerprint whole = new ContentFingerprint();
        whole.take(part, part.size());
        try (LogPart packed = open(file, folder)) {
            if (packed == null) {
                return false;
            }
            ContentFingerprint trace = new ContentFingerprint();
            trace.take(packed, part.size());
            // Logs that repeat themselves agree in their beginnings, but not in their length.
            return packed.size() == part.size()
                    && trace.digest().equals(whole.digest())
                    && packed.read(ByteBuffer.allocate(1), packed.size()) <= 0;
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            failures.note(file.file(), e, "looking on");
            return false;
        }
    }

    private static boolean isSame(Rotated file, @Nullable LogPart part) {
        return part != null && file.key().equals(part.key());
    }

    private static void close(List<LogPart> parts, @Nullable LogPart but) throws IOException {
        for (LogPart part : parts) {
            if (!part.equals(but)) {
                part.close();
            }
        }
    }

    /** When what is at a path was changed; the end of time if nothing is. */
    private static long changed(Path log) {
        try {
            return Files.getLastModifiedTime(log).to(TimeUnit.NANOSECONDS);
        } catch (IOException e) {
            // Gone, or not to be looked at: it cannot be read now, so nothing comes after it.
            return Long.MAX_VALUE;
        }
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

    /** While a file is compressed it is there under both names, and the time of the compressed one is not that of its content. */
    private static boolean isUnfinished(Rotated file, Folder folder) {
        String plain = uncompressed(file.file().toString());
        return file.compressed()
                && folder.rotated().stream()
                        .anyMatch(other -> other.file().toString().equals(plain));
    }

    /**
     * Does what needs to know the files. Others rename, compress and remove them meanwhile: two looks must agree, or an entry may be missing under its old name and under its
     * new one; and when a file is gone by the time it is opened, all is done again.
     */
    private <T> T looking(ReadPosition place, Work<T> work) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.on(look(place, attempt == ATTEMPTS));
            } catch (ChangedMeanwhile e) {
                LOG.log(System.Logger.Level.DEBUG, "attempt " + attempt, e);
            }
        }
    }

    private Folder look(ReadPosition place, boolean last) {
        Folder before = scan(place, last);
        for (int look = 1; look < MOST_LOOKS; look++) {
            Folder now = scan(place, last);
            if (now.isLike(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    private Folder scan(ReadPosition place, boolean last) {
        String atPath;
        try {
            atPath = PlainPart.keyAt(log);
        } catch (IOException e) {
            atPath = null;
        }
        long changed = changed(log);
        Set<Path> folders = new LinkedHashSet<>();
        for (Path file : List.of(log.toAbsolutePath(), Path.of(place.file()))) {
            Path folder = file.getParent();
            if (folder != null && Files.isDirectory(folder)) {
                try {
                    folders.add(folder.toRealPath());
                } catch (IOException e) {
                    folders.add(folder);
                }
            }
        }
        folders.addAll(elsewhere);
        Map<String, Rotated> files = new HashMap<>();
        for (Path folder : folders) {
            list(folder, entry -> isOfLog(entry, place), files, atPath);
        }
        return Folder.of(files.values(), atPath, changed, last);
    }

    /** Whether a file has the name of what was being read, or of what the log is rotated into. */
    private boolean isOfLog(Path entry, ReadPosition place) {
        Path known = Path.of(place.file());
        return entry.equals(known)
                || (isCompressed(entry) && uncompressed(nameOf(entry)).equals(nameOf(known)))
                || isRotated(entry, log)
                || isRotated(entry, known);
    }

    /** Takes the files of a folder; where it may not be listed, those that have the usual names. */
    private void list(Path folder, Predicate<Path> wanted, Map<String, Rotated> files, @Nullable String atPath) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(entry -> {
                if (wanted.test(entry)) {
                    entries.add(entry);
                }
            });
            failures.over(folder);
        } catch (IOException | DirectoryIteratorException e) {
            IOException cause = e instanceof IOException failure
                    ? failure
                    : Objects.requireNonNull(((DirectoryIteratorException) e).getCause());
            failures.note(folder, cause, "rotated files in it are looked for by their usual names alone");
            usualNames(folder).filter(wanted).forEach(entries::add);
        }
        for (Path entry : entries) {
            Rotated file = rotated(entry);
            if (file != null && !file.key().equals(atPath)) {
                files.putIfAbsent(file.key(), file);
            }
        }
    }

    private Stream<Path> usualNames(Path folder) {
        String name = nameOf(log);
        List<String> suffixes = new ArrayList<>(List.of(""));
        for (Compression compression : Compression.values()) {
            suffixes.add(compression.suffix());
        }
        return IntStream.rangeClosed(0, MOST_NUMBERS)
                .boxed()
                .flatMap(number -> suffixes.stream().map(suffix -> folder.resolve(name + "." + number + suffix)))
                .filter(Files::exists);
    }

    private @Nullable Rotated rotated(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new Rotated(
                            file,
                            PlainPart.key(attributes),
                            attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                            isCompressed(file))
                    : null;
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "gone meanwhile: " + file, e);
            return null;
        } catch (IOException e) {
            failures.note(file, e, "looking on");
            return null;
        }
    }

    /**
     * Opens a file.
     *
     * @return null if it cannot be read
     * @throws ChangedMeanwhile if another one is there now, or none
     */
    private @Nullable LogPart open(Rotated rotated, Folder folder) throws ChangedMeanwhile {
        try {
            return openNow(rotated, folder);
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            failures.note(rotated.file(), e, "looking on");
            return null;
        }
    }

    /** The same for a file whose lines are lost if it cannot be read. */
    private @Nullable LogPart openOrLose(Rotated rotated, Folder folder) throws ChangedMeanwhile {
        try {
            return openNow(rotated, folder);
        } catch (ChangedMeanwhile e) {
            throw e;
        } catch (IOException e) {
            failures.lost(rotated.file(), sizeOf(rotated), e);
            return null;
        }
    }

    private static long sizeOf(Rotated rotated) {
        try {
            return rotated.compressed() ? 0 : Files.size(rotated.file());
        } catch (IOException e) {
            return 0;
        }
    }

    private static LogPart openNow(Rotated rotated, Folder folder) throws IOException {
        try {
            LogPart part = rotated.compressed()
                    ? CompressedPart.open(rotated.file(), rotated.key(), rotated.changed())
                    : PlainPart.open(rotated.file(), null);
            if (part != null && part.key().equals(rotated.key())) {
                return part;
            }
            if (part != null) {
                part.close();
            }
            throw new NoSuchFileException(rotated.file().toString());
        } catch (IOException e) {
            if (e instanceof NoSuchFileException && !folder.last()) {
                throw new ChangedMeanwhile(rotated.file());
            }
            throw e;
        }
    }

    /**
     * The file at its beginning, if it holds what was read.
     *
     * @param patient whether a failure to read it is thrown; otherwise it is noted and the file passed over
     */
    private @Nullable LogPart openAt(Rotated rotated, ReadPosition place, Folder folder, boolean patient)
            throws IOException {
        LogPart part = null;
        try {
            part = openNow(rotated, folder);
            boolean same = isAt(part, place);
            if (same && !part.sequential()) {
                return part;
            }
            part.close();
            return same ? openNow(rotated, folder) : null;
        } catch (IOException e) {
            if (part != null) {
                part.close();
            }
            if (patient || e instanceof ChangedMeanwhile) {
                throw e;
            }
            failures.note(rotated.file(), e, "looking on");
            return null;
        }
    }

    private static boolean isAt(LogPart part, ReadPosition place) throws IOException {
        if (place.readTo() == 0) {
            return part.key().equals(place.key());
        }
        if (!part.sequential() && part.size() < place.size()) {
            return false;
        }
        ContentFingerprint trace = new ContentFingerprint();
        trace.take(part, place.readTo());
        return part.size() >= place.readTo() && trace.digest().equals(place.trace());
    }
}
