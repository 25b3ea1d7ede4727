package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.bytes.Compression;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log was rotated into: those beside it that have its name with a number or a date after it or before its ending ({@code app.log.1},
 * {@code app-20260102.log}), compressed or not.
 */
public final class RotatedFiles {
    private static final System.Logger LOG = System.getLogger(RotatedFiles.class.getName());
    private static final int MOST_LOOKS = 20;
    private static final int ATTEMPTS = 5;
    private static final Pattern RUN = Pattern.compile("[-._][0-9][-._:0-9T]*");

    private RotatedFiles() {}

    /**
     * The files in which reading goes on, in order; the last one is that at the path if there is one.
     *
     * @param found whether the first of them is the one that was being read
     */
    record Rest(List<LogPart> parts, boolean found) {}

    private record Rotated(Path file, String key, long changed, boolean compressed) {}

    /**
     * What there is at one moment.
     *
     * @param rotated beside the path: plain files first, those changed last first
     * @param atPath the key of the file at the path, null if there is none
     * @param changed when that was changed; the end of time if there is none
     * @param last whether there will be no other look: what is gone by now is left out
     */
    private record Folder(List<Rotated> rotated, @Nullable String atPath, long changed, boolean last) {
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
            return rotated.stream()
                    .filter(file -> file.key().equals(part.key()))
                    .map(Rotated::changed)
                    .findFirst()
                    .orElse(null);
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

    /** Finds the file that was being read, wherever it is now, and those that came after it. */
    static Rest since(Path log, ReadPosition place) throws IOException {
        PlainPart live = PlainPart.open(log, null);
        try {
            boolean same = live != null && place.readTo() > 0 && isAt(live, place);
            if (live != null && same && live.key().equals(place.key())) {
                return new Rest(List.of(live), true);
            }
            return looking(log, place, folder -> since(folder, place, live, same));
        } catch (IOException | RuntimeException e) {
            if (live != null) {
                live.close();
            }
            throw e;
        }
    }

    /**
     * The same by what there is at one moment.
     *
     * @param same whether the file at the path holds what was read: one of another key may do so by chance, as many logs
     *     begin alike
     */
    private static Rest since(Folder folder, ReadPosition place, @Nullable PlainPart live, boolean same)
            throws IOException {
        List<LogPart> parts = new ArrayList<>();
        try {
            // Of a file of which nothing was read there is nothing to find: what came since may be it, or a copy that
            // was made of it before it was emptied.
            Rotated first = place.readTo() == 0 ? null : addFirst(folder, place, live, same, parts);
            if (first == null && live != null && same) {
                return new Rest(List.of(live), true);
            }
            long since = first == null ? place.watermark() : first.changed();
            for (Rotated later : between(folder, since, live)) {
                boolean known = later.equals(first) || (live != null && isAmong(later, List.of(live), folder));
                LogPart part = known ? null : open(later, folder);
                if (part != null) {
                    parts.add(part);
                }
            }
            boolean found = first != null
                    || (place.readTo() == 0
                            && (!parts.isEmpty() || (live != null && place.key().equals(live.key()))));
            if (live != null) {
                parts.add(live);
            }
            return new Rest(parts, found);
        } catch (IOException | RuntimeException e) {
            close(parts, live);
            throw e;
        }
    }

    private static @Nullable Rotated addFirst(
            Folder folder, ReadPosition place, @Nullable PlainPart live, boolean onlyItself, List<LogPart> parts)
            throws IOException {
        List<Rotated> candidates = folder.rotated().stream()
                .filter(file -> !isSame(file, live) && !isUnfinished(file, folder))
                .filter(file -> !onlyItself || file.key().equals(place.key()))
                .sorted(Comparator.comparing(file -> !file.key().equals(place.key())))
                .toList();
        for (Rotated candidate : candidates) {
            LogPart part = openAt(candidate, place, folder);
            if (part != null) {
                parts.add(part);
                return candidate;
            }
        }
        return null;
    }

    /** A file that holds what a log held before it was emptied in place, and maybe more than was read of it; null if there is none. */
    static @Nullable LogPart copyOf(Path log, ReadPosition place) throws IOException {
        Optional<LogPart> copy = looking(log, place, folder -> {
            for (Rotated candidate : folder.rotated()) {
                boolean later = candidate.changed() > place.watermark()
                        && !candidate.key().equals(place.key())
                        && !isUnfinished(candidate, folder);
                LogPart part = later ? openAt(candidate, place, folder) : null;
                if (part != null) {
                    return Optional.of(part);
                }
            }
            return Optional.empty();
        });
        return copy.orElse(null);
    }

    /** When the file that was read to its end was changed last, under whatever name it is now; the watermark if it is gone. */
    static long changedLast(Path log, LogPart read, ReadPosition end) throws IOException {
        return looking(log, end, folder -> {
            Long changed = folder.changed(read);
            if (changed != null) {
                return Math.max(end.watermark(), changed);
            }
            for (Rotated candidate : folder.rotated()) {
                if (candidate.compressed()
                        && candidate.changed() > end.watermark()
                        && !isUnfinished(candidate, folder)) {
                    LogPart part = openAt(candidate, end, folder);
                    if (part != null) {
                        part.close();
                        return candidate.changed();
                    }
                }
            }
            return end.watermark();
        });
    }

    /**
     * Adds to the parts that are to be read next those that came and went unnoticed.
     *
     * @param read the place in the part that was read to its end
     * @param next the parts to be read next, in order; the last one is or was at the path
     */
    static void addMissed(Path log, ReadPosition read, List<LogPart> next) throws IOException {
        if (next.isEmpty()) {
            return;
        }
        List<LogPart> all = looking(log, read, folder -> {
            List<LogPart> parts = new ArrayList<>(next);
            try {
                for (Rotated missed : between(folder, read.watermark(), next.get(next.size() - 1))) {
                    boolean known = missed.key().equals(read.key()) || isAmong(missed, next, folder);
                    LogPart part = known ? null : open(missed, folder);
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
    private static boolean isAmong(Rotated file, List<? extends LogPart> parts, Folder folder) throws IOException {
        for (LogPart part : parts) {
            if (isSame(file, part)) {
                return true;
            }
            if (file.compressed() && !part.sequential() && folder.changed(part) == null) {
                ContentFingerprint whole = new ContentFingerprint();
                whole.take(part, part.size());
                if (holds(file, part.size(), whole.digest(), folder)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean holds(Rotated file, long length, String digest, Folder folder) throws IOException {
        try (LogPart part = open(file, folder)) {
            if (part == null || length == 0) {
                return false;
            }
            ContentFingerprint trace = new ContentFingerprint();
            trace.take(part, length);
            return part.size() >= length && trace.digest().equals(digest);
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
    private static long changed(Path log) throws IOException {
        try {
            return Files.getLastModifiedTime(log).to(TimeUnit.NANOSECONDS);
        } catch (NoSuchFileException e) {
            return Long.MAX_VALUE;
        }
    }

    /** The plain files that a file was rotated into. */
    public static List<Path> beside(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        List<Path> rotated = new ArrayList<>();
        if (folder != null) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (isRotated(entry, file) && !isCompressed(entry) && Files.isRegularFile(entry)) {
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
    private static <T> T looking(Path log, ReadPosition place, Work<T> work) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.on(look(log, place, attempt == ATTEMPTS));
            } catch (ChangedMeanwhile e) {
                LOG.log(System.Logger.Level.DEBUG, "attempt " + attempt, e);
            }
        }
    }

    private static Folder look(Path log, ReadPosition place, boolean last) throws IOException {
        Folder before = scan(log, place, last);
        for (int look = 1; look < MOST_LOOKS; look++) {
            Folder now = scan(log, place, last);
            if (now.isLike(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    private static Folder scan(Path log, ReadPosition place, boolean last) throws IOException {
        Path absolute = log.toAbsolutePath();
        Path known = Path.of(place.file());
        String atPath = PlainPart.keyAt(log);
        long changed = changed(log);
        Set<Path> folders = new HashSet<>();
        for (Path file : List.of(absolute, known)) {
            Path folder = file.getParent();
            if (folder != null && Files.isDirectory(folder)) {
                folders.add(folder.toRealPath());
            }
        }
        Map<String, Rotated> files = new HashMap<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    boolean itself = entry.equals(known)
                            || (isCompressed(entry)
                                    && uncompressed(nameOf(entry)).equals(nameOf(known)));
                    if (itself || isRotated(entry, absolute) || isRotated(entry, known)) {
                        Rotated file = rotated(entry);
                        if (file != null && !file.key().equals(atPath)) {
                            files.putIfAbsent(file.key(), file);
                        }
                    }
                }
            }
        }
        List<Rotated> sorted = new ArrayList<>(files.values());
        sorted.sort(Comparator.comparing(Rotated::compressed)
                .thenComparing(Comparator.comparingLong(Rotated::changed).reversed()));
        return new Folder(sorted, atPath, changed, last);
    }

    private static @Nullable Rotated rotated(Path file) throws IOException {
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
        }
    }

    /**
     * Opens a file.
     *
     * @return null if it cannot be read
     * @throws ChangedMeanwhile if another one is there now, or none
     */
    private static @Nullable LogPart open(Rotated rotated, Folder folder) throws ChangedMeanwhile {
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
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a rotated file is left out, as it cannot be read: {0}: {1}",
                    rotated.file(),
                    IoErrors.describe(e));
            return null;
        }
    }

    /** The file at its beginning, if it holds what was read. */
    private static @Nullable LogPart openAt(Rotated rotated, ReadPosition place, Folder folder) throws IOException {
        LogPart part = open(rotated, folder);
        if (part == null) {
            return null;
        }
        boolean same = isAt(part, place);
        if (same && !part.sequential()) {
            return part;
        }
        part.close();
        return same ? open(rotated, folder) : null;
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
