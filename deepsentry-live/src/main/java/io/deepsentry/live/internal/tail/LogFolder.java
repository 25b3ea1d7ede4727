package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log consists of, as they were at one moment: the one at its path, and those that it was rotated
 * into.
 */
final class LogFolder {
    private final List<RotatedFile> rotated;
    private final Map<String, RotatedFile> byKey = new HashMap<>();
    private final Set<Path> files = new HashSet<>();
    private final @Nullable String atPath;
    private final long changed;
    private final boolean last;
    /** By key, when the files that this process has open were changed last; null until somebody asks. */
    private @Nullable Map<String, Long> open;

    /**
     * @param atPath the key of the file at the path, null if there is none
     * @param changed when that was changed; the end of time if there is none
     * @param last whether there will be no other look: what is gone by now is left out
     */
    LogFolder(Collection<RotatedFile> rotated, @Nullable String atPath, long changed, boolean last) {
        List<RotatedFile> sorted = new ArrayList<>(rotated);
        sorted.sort(Comparator.comparing(RotatedFile::compressed)
                .thenComparing(Comparator.comparingLong(RotatedFile::changed).reversed()));
        this.rotated = sorted;
        this.atPath = atPath;
        this.changed = changed;
        this.last = last;
        for (RotatedFile file : sorted) {
            byKey.put(file.key(), file);
            files.add(file.file());
        }
    }

    /** What was there a moment ago is there no more. */
    static final class ChangedMeanwhile extends IOException {
        private static final long serialVersionUID = 1;

        ChangedMeanwhile(Path file) {
            super(file + " has been renamed, compressed or removed");
        }
    }

    /** Those that the log was rotated into: plain files first, those changed last first. */
    List<RotatedFile> rotated() {
        return rotated;
    }

    /** Those of them that are compressed, finished, and changed after a time, in that order. */
    List<RotatedFile> compressedAfter(long time) {
        return inOrder(rotated.stream().filter(file -> file.compressed() && file.changed() > time));
    }

    /** Those changed after a time and no later than another one, finished, in that order. */
    List<RotatedFile> between(long after, long end) {
        return inOrder(rotated.stream().filter(file -> file.changed() > after && file.changed() <= end));
    }

    private List<RotatedFile> inOrder(Stream<RotatedFile> some) {
        return some.filter(file -> !isUnfinished(file))
                .sorted(Comparator.comparingLong(RotatedFile::changed))
                .toList();
    }

    /** The rotated file with a key; null if there is none. */
    @Nullable
    RotatedFile find(String key) {
        return byKey.get(key);
    }

    /** Whether the file at the path of the log has a key. */
    boolean isAtPath(String key) {
        return key.equals(atPath);
    }

    /** Whether a file is the one at the path of the log; of null, whether none is. */
    boolean hasAtPath(@Nullable PlainPart part) {
        return Objects.equals(atPath, part == null ? null : part.key());
    }

    /** When the file with a key was changed last, wherever it is now; null if it is nowhere. */
    @Nullable
    Long changed(String key) {
        if (isAtPath(key)) {
            return changed;
        }
        RotatedFile file = byKey.get(key);
        return file == null ? null : file.changed();
    }

    /**
     * When the open file with a key was changed last, though it may have no name any more; null where the system does
     * not tell.
     */
    @Nullable
    Long changedIfOpen(String key) {
        Long named = changed(key);
        if (named != null) {
            return named;
        }
        Map<String, Long> all = open;
        if (all == null) {
            all = OpenFiles.changed();
            open = all;
        }
        return all.get(key);
    }

    /**
     * While a file is compressed it is there under both names, and the time of the compressed one is not that of its
     * content.
     */
    boolean isUnfinished(RotatedFile file) {
        return file.compressed()
                && files.contains(Path.of(RotatedFiles.uncompressed(file.file().toString())));
    }

    /**
     * Whether nothing was renamed, compressed, made or removed between this look and another; what is written meanwhile
     * does not count.
     */
    boolean isLike(LogFolder other) {
        return Objects.equals(atPath, other.atPath) && names().equals(other.names());
    }

    private Set<RotatedFile> names() {
        Set<RotatedFile> names = new HashSet<>();
        for (RotatedFile file : rotated) {
            long time = file.compressed() ? file.changed() : 0;
            names.add(new RotatedFile(file.file(), file.key(), time, 0, file.compressed()));
        }
        return names;
    }

    /**
     * Opens a file that was there.
     *
     * @throws ChangedMeanwhile if another one is there now, or none
     */
    LogPart open(RotatedFile rotated) throws IOException {
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
        } catch (NoSuchFileException e) {
            if (!last) {
                throw new ChangedMeanwhile(rotated.file());
            }
            throw e;
        }
    }
}
