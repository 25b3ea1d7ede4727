package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.LogFolder.ChangedMeanwhile;
import io.deepsentry.live.internal.tail.ReadFailures.FailsBesideException;
import io.deepsentry.parse.bytes.Compression;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the folders in which the files of a log are. A folder in which nothing was made, renamed or removed since
 * the last look is not listed again. For one thread.
 */
final class LogFolders {
    private static final System.Logger LOG = System.getLogger(LogFolders.class.getName());
    private static final int MOST_LOOKS = 50;
    private static final int ATTEMPTS = 20;
    /** In a folder that may not be listed, names that end with numbers up to this one are tried. */
    private static final int MOST_NUMBERS = 20;

    /**
     * The clock by which file systems note times makes steps: what was changed in the last of them may be changed again
     * without another time.
     */
    private static final long CLOCK_STEP = TimeUnit.MILLISECONDS.toNanos(100);

    /** The same for file systems that know no fractions of a second. */
    private static final long COARSE_STEP = TimeUnit.SECONDS.toNanos(3);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Path log;
    private final ReadFailures failures;
    /** Where rotated files were found, apart from the folder of the log: what logrotate calls {@code olddir}. */
    private final Set<Path> elsewhere = new LinkedHashSet<>();

    private final Map<Path, Listing> listings = new HashMap<>();

    LogFolders(Path log, ReadFailures failures) {
        this.log = log;
        this.failures = failures;
    }

    @FunctionalInterface
    interface Work<T> {
        T on(LogFolder folder) throws IOException;
    }

    /** What was in a folder when it was listed. */
    private static final class Listing {
        private final long changed;
        /** What has the name of a file that the log is rotated into. */
        private final List<Path> ofLog = new ArrayList<>();

        private final List<Path> others = new ArrayList<>();
        private final Map<Path, RotatedFile> files = new HashMap<>();
        private boolean settled;

        Listing(long changed, boolean settled) {
            this.changed = changed;
            this.settled = settled;
        }
    }

    /**
     * Does what needs to know the files. Others rename, compress and remove them meanwhile: two looks must agree, or an
     * entry may be missing under its old name and under its new one; and when a file is gone by the time it is opened,
     * all is done again.
     *
     * @param place where reading is: its file, and what that one was rotated into, belong to the log
     */
    <T> T looking(ReadPosition place, Work<T> work) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.on(look(place, attempt == ATTEMPTS));
            } catch (ChangedMeanwhile e) {
                LOG.log(System.Logger.Level.DEBUG, "attempt " + attempt, e);
                listings.clear();
            }
        }
    }

    private LogFolder look(ReadPosition place, boolean last) throws FailsBesideException {
        LogFolder before = scan(place, last, true);
        for (int look = 1; look < MOST_LOOKS && !isSettled(); look++) {
            LogFolder now = scan(place, last, true);
            if (now.isLike(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    private boolean isSettled() {
        return listings.values().stream().allMatch(listing -> listing.settled);
    }

    /** What there is, by one look, apart from files that fail. */
    LogFolder scan(ReadPosition place) {
        try {
            return scan(place, true, false);
        } catch (FailsBesideException e) {
            throw new IllegalStateException("waiting for a file for which nobody waits", e);
        }
    }

    /**
     * What there is, by one look.
     *
     * @param patient whether files that fail are waited for
     */
    private LogFolder scan(ReadPosition place, boolean last, boolean patient) throws FailsBesideException {
        String atPath = null;
        try {
            atPath = PlainPart.keyAt(log);
        } catch (IOException e) {
            if (patient) {
                failures.passOver(log, e);
            }
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
        listings.keySet().retainAll(folders);
        Map<String, RotatedFile> files = new HashMap<>();
        for (Path folder : folders) {
            list(folder, place, files, atPath, patient);
        }
        return new LogFolder(files.values(), atPath, changed, last);
    }

    /** What there is in a folder that may be one of the log; there will be no other look. */
    LogFolder only(Path folder, ReadPosition place) {
        Map<String, RotatedFile> files = new HashMap<>();
        try {
            list(folder, place, files, null, false);
        } catch (FailsBesideException e) {
            throw new IllegalStateException("waiting for a file for which nobody waits", e);
        }
        listings.remove(folder);
        return new LogFolder(files.values(), null, Long.MAX_VALUE, true);
    }

    /** Whether files of the log are looked for in a folder that is not its own. */
    boolean includes(Path folder) {
        return elsewhere.contains(folder);
    }

    /** Looks in another folder too from now on. */
    void include(Path folder) {
        elsewhere.add(folder);
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

    /** Whether a file has the name of what was being read, or of what that is rotated into. */
    private static boolean isOf(Path entry, Path known) {
        return entry.equals(known)
                || (RotatedFiles.isCompressed(entry)
                        && RotatedFiles.uncompressed(RotatedFiles.nameOf(entry)).equals(RotatedFiles.nameOf(known)))
                || RotatedFiles.isRotated(entry, known);
    }

    /** Takes the files of a folder; where it may not be listed, those that have the usual names. */
    private void list(
            Path folder, ReadPosition place, Map<String, RotatedFile> files, @Nullable String atPath, boolean patient)
            throws FailsBesideException {
        Listing listing = listing(folder);
        Path known = Path.of(place.file());
        List<Path> entries = new ArrayList<>(listing.ofLog);
        listing.others.stream().filter(entry -> isOf(entry, known)).forEach(entries::add);
        for (Path entry : entries) {
            RotatedFile file = listing.files.get(entry);
            if (file == null) {
                try {
                    file = rotated(entry);
                } catch (IOException e) {
                    listing.settled = false;
                    if (patient) {
                        failures.passOver(entry, e);
                    } else {
                        failures.note(entry, e, "it is skipped");
                    }
                }
            }
            if (file == null) {
                // Gone, or no file: what is there next time is not known.
                listing.settled = false;
                continue;
            }
            listing.files.put(entry, file);
            if (!isPast(file.changed())) {
                listing.settled = false;
            }
            if (!file.key().equals(atPath)) {
                files.putIfAbsent(file.key(), file);
            }
        }
    }

    private Listing listing(Path folder) {
        long changed = changed(folder);
        Listing known = listings.get(folder);
        if (known != null && known.settled && known.changed == changed) {
            return known;
        }
        boolean settled = isPast(changed);
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(entries::add);
            failures.over(folder);
        } catch (IOException | DirectoryIteratorException e) {
            IOException cause = e instanceof IOException failure
                    ? failure
                    : Objects.requireNonNull(((DirectoryIteratorException) e).getCause());
            failures.note(folder, cause, "only the usual names of rotated files are tried in it");
            entries.clear();
            usualNames(folder).forEach(entries::add);
            settled = false;
        }
        Listing listing = new Listing(changed, settled);
        for (Path entry : entries) {
            (RotatedFiles.isRotated(entry, log) ? listing.ofLog : listing.others).add(entry);
        }
        listings.put(folder, listing);
        return listing;
    }

    /** Whether a time is so long ago that what is changed now gets another one. */
    private static boolean isPast(long time) {
        long step = time % SECOND == 0 ? COARSE_STEP : CLOCK_STEP;
        return time < TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli()) - step;
    }

    private Stream<Path> usualNames(Path folder) {
        String name = RotatedFiles.nameOf(log);
        List<String> suffixes = new ArrayList<>(List.of(""));
        for (Compression compression : Compression.values()) {
            suffixes.add(compression.suffix());
        }
        return IntStream.rangeClosed(0, MOST_NUMBERS)
                .boxed()
                .flatMap(number -> suffixes.stream().map(suffix -> folder.resolve(name + "." + number + suffix)))
                .filter(Files::exists);
    }

    /** The file at a path, if it has a key; otherwise null. */
    @Nullable
    RotatedFile at(Path path, String key) throws IOException {
        RotatedFile file = rotated(path);
        return file != null && file.key().equals(key) ? file : null;
    }

    private static @Nullable RotatedFile rotated(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new RotatedFile(
                            file,
                            PlainPart.key(attributes),
                            attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                            attributes.size(),
                            RotatedFiles.isCompressed(file))
                    : null;
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "gone meanwhile: " + file, e);
            return null;
        }
    }
}
