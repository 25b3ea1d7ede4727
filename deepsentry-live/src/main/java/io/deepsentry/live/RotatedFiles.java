package io.deepsentry.live;

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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log was rotated into: those beside it that have its name with a number or a date after it or before its ending ({@code app.log.1},
 * {@code app-20260102.log}), compressed by gzip or not.
 */
final class RotatedFiles {
    private static final System.Logger LOG = System.getLogger(RotatedFiles.class.getName());
    private static final String GZIP = ".gz";
    private static final int ATTEMPTS = 3;
    private static final Pattern RUN = Pattern.compile("[-._][0-9][-._:0-9T]*");

    private RotatedFiles() {}

    /**
     * The files in which reading goes on, in order; the last one is that at the path if there is one.
     *
     * @param found whether the first of them is the one that was being read
     */
    record Rest(List<LogPart> parts, boolean found) {}

    private record Rotated(Path file, String key, long changed, boolean compressed) {}

    /** Whether a file is what a log of that name was rotated into. */
    static boolean isRotated(Path file, Path log) {
        String name = nameOf(file);
        String base = nameOf(log);
        boolean compressed = name.endsWith(GZIP);
        String plain = compressed ? name.substring(0, name.length() - GZIP.length()) : name;
        if (plain.equals(base)) {
            return compressed;
        }
        int dot = base.lastIndexOf('.');
        return isRun(plain, base, "") || (dot > 0 && isRun(plain, base.substring(0, dot), base.substring(dot)));
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
    static Rest since(Path log, Place place) throws IOException {
        List<LogPart> parts = new ArrayList<>();
        PlainPart live = PlainPart.open(log, null);
        try {
            if (live != null && place.readTo() > 0 && isAt(live, place)) {
                parts.add(live);
                return new Rest(parts, true);
            }
            // Of a file of which nothing was read there is nothing to find: what came since may be it, or a copy that
            // was made of it before it was emptied.
            String liveKey = live == null ? null : live.key();
            List<Rotated> rotated = beside(log, place, liveKey);
            Rotated first = null;
            for (int attempt = 1; place.readTo() > 0 && first == null && attempt <= ATTEMPTS; attempt++) {
                // What is renamed or compressed while the folder is looked through may be missed.
                rotated = attempt == 1 ? rotated : beside(log, place, liveKey);
                for (Rotated candidate : rotated) {
                    LogPart part = first == null ? openAt(candidate, place) : null;
                    if (part != null) {
                        first = candidate;
                        parts.add(part);
                    }
                }
            }
            long since = first == null ? place.watermark() : changedNow(first);
            for (Rotated later : between(rotated, since, changed(log))) {
                LogPart part = later.equals(first) ? null : open(later);
                if (part != null) {
                    parts.add(part);
                }
            }
            boolean found = first != null
                    || (place.readTo() == 0 && (!parts.isEmpty() || place.key().equals(liveKey)));
            if (live != null) {
                parts.add(live);
            }
            return new Rest(parts, found);
        } catch (IOException | RuntimeException e) {
            for (LogPart part : parts) {
                part.close();
            }
            if (live != null) {
                live.close();
            }
            throw e;
        }
    }

    /** A file that holds what a log held before it was emptied in place, and maybe more than was read of it; null if there is none. */
    static @Nullable LogPart copyOf(Path log, Place place) throws IOException {
        for (Rotated candidate : beside(log, place, place.key())) {
            LogPart part = candidate.changed() > place.watermark() ? openAt(candidate, place) : null;
            if (part != null) {
                return part;
            }
        }
        return null;
    }

    /** When the file that was read to its end was changed last, under whatever name it is now; the watermark if it is gone. */
    static long changedLast(Path log, Place end) throws IOException {
        List<Rotated> rotated = beside(log, end, null);
        for (Rotated candidate : rotated) {
            if (candidate.key().equals(end.key())) {
                return Math.max(end.watermark(), candidate.changed());
            }
        }
        for (Rotated candidate : rotated) {
            if (candidate.compressed() && candidate.changed() > end.watermark()) {
                LogPart part = openAt(candidate, end);
                if (part != null) {
                    part.close();
                    return changedNow(candidate);
                }
            }
        }
        return end.watermark();
    }

    /**
     * Adds to the parts that are to be read next those that came and went unnoticed.
     *
     * @param read the place in the part that was read to its end
     * @param next the parts to be read next, in order; the last one is that at the path
     */
    static void addMissed(Path log, Place read, List<LogPart> next) throws IOException {
        if (next.isEmpty()) {
            return;
        }
        LogPart live = next.get(next.size() - 1);
        List<Rotated> rotated = beside(log, read, live.key());
        Map<String, Long> changes = new HashMap<>();
        rotated.forEach(file -> changes.put(file.key(), file.changed()));
        for (Rotated missed : between(rotated, read.watermark(), changed(log))) {
            boolean known = missed.key().equals(read.key())
                    || next.stream().anyMatch(part -> part.key().equals(missed.key()));
            LogPart part = known ? null : open(missed);
            if (part != null) {
                int at = 0;
                while (at < next.size() - 1 && changes.getOrDefault(next.get(at).key(), 0L) <= missed.changed()) {
                    at++;
                }
                next.add(at, part);
            }
        }
    }

    /** Those changed after the one time and not after the other, in that order. */
    private static List<Rotated> between(List<Rotated> rotated, long after, long until) throws IOException {
        List<Rotated> between = new ArrayList<>();
        for (Rotated file : rotated) {
            if (file.changed() > after
                    && file.changed() <= until
                    && (!file.compressed() || isWhole(file, rotated, after))) {
                between.add(file);
            }
        }
        between.sort(Comparator.comparingLong(Rotated::changed));
        return between;
    }

    /**
     * Whether a compressed file stands for itself. While it is made, the plain file is there too, and its time is that of the compression; only at the end is it given that of the
     * plain file, which may have been read long ago. Both may happen while the folder is looked through, so it is asked once more.
     */
    private static boolean isWhole(Rotated compressed, List<Rotated> all, long after) throws IOException {
        return plainOf(compressed, all) == null
                && !Files.exists(plainName(compressed))
                && changedNow(compressed) > after;
    }

    /** When a file was changed, asked once more; what was seen before if it is gone. */
    private static long changedNow(Rotated file) throws IOException {
        long now = changed(file.file());
        return now == Long.MAX_VALUE ? file.changed() : now;
    }

    private static Path plainName(Rotated compressed) {
        String name = compressed.file().toString();
        return Path.of(name.substring(0, name.length() - GZIP.length()));
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
    static List<Path> beside(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        List<Path> rotated = new ArrayList<>();
        if (folder != null) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (isRotated(entry, file) && !nameOf(entry).endsWith(GZIP) && Files.isRegularFile(entry)) {
                        rotated.add(entry);
                    }
                }
            }
        }
        return rotated;
    }

    /** A file that is there both compressed and not yet removed is one. */
    private static @Nullable Rotated plainOf(Rotated compressed, List<Rotated> all) {
        Path plain = plainName(compressed);
        return all.stream()
                .filter(other -> other.file().equals(plain))
                .findFirst()
                .orElse(null);
    }

    /** Plain files first, those changed last first. */
    private static List<Rotated> beside(Path log, Place place, @Nullable String without) throws IOException {
        Set<Path> folders = new HashSet<>();
        Path absolute = log.toAbsolutePath();
        Path known = Path.of(place.file());
        for (Path file : List.of(absolute, known)) {
            Path folder = file.getParent();
            if (folder != null && Files.isDirectory(folder)) {
                folders.add(folder.toRealPath());
            }
        }
        List<Rotated> files = new ArrayList<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    boolean itself = entry.equals(known) || nameOf(entry).equals(nameOf(known) + GZIP);
                    if (itself || isRotated(entry, absolute) || isRotated(entry, known)) {
                        add(entry, without, files);
                    }
                }
            }
        }
        files.sort(Comparator.comparing(Rotated::compressed)
                .thenComparing(Comparator.comparingLong(Rotated::changed).reversed()));
        return files;
    }

    private static void add(Path file, @Nullable String without, List<Rotated> files) throws IOException {
        String key;
        try {
            key = PlainPart.keyAt(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking at " + file, e);
            return;
        }
        if (key == null
                || key.equals(without)
                || files.stream().anyMatch(other -> other.key().equals(key))) {
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                files.add(new Rotated(
                        file,
                        key,
                        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                        nameOf(file).endsWith(GZIP)));
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "gone meanwhile: " + file, e);
        }
    }

    private static @Nullable LogPart open(Rotated rotated) {
        try {
            return rotated.compressed()
                    ? GzippedPart.open(rotated.file(), rotated.key())
                    : PlainPart.open(rotated.file(), null);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a rotated file is left out, as it cannot be read: {0}: {1}",
                    rotated.file(),
                    Failure.describe(e));
            return null;
        }
    }

    /** The file at its beginning, if it holds what was read. */
    private static @Nullable LogPart openAt(Rotated rotated, Place place) throws IOException {
        LogPart part = open(rotated);
        if (part == null) {
            return null;
        }
        boolean same = isAt(part, place);
        if (same && !part.sequential()) {
            return part;
        }
        part.close();
        return same ? open(rotated) : null;
    }

    private static boolean isAt(LogPart part, Place place) throws IOException {
        if (place.readTo() == 0) {
            return part.key().equals(place.key());
        }
        if (!part.sequential() && part.size() < place.readTo()) {
            return false;
        }
        Trace trace = new Trace();
        trace.take(part, place.readTo());
        return part.size() >= place.readTo() && trace.digest().equals(place.trace());
    }
}
