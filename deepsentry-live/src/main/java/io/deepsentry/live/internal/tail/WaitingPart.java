package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.live.internal.state.ReadPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file of a log that is read when those before it have been. It is open while nobody knows whether it can be found
 * again: what was seen at the path may be removed. What is beside the log is opened when its turn comes, and known by
 * its key and its content. For one thread.
 */
final class WaitingPart {
    private static final System.Logger LOG = System.getLogger(WaitingPart.class.getName());

    /** As it was seen last; what it was compressed into since, if that is known. */
    private RotatedFile seen;

    private @Nullable PlainPart held;
    /** What the open one held when it was opened, or seen to have grown, and how much that was. */
    private final ContentFingerprint begin = new ContentFingerprint();

    private long begun;
    private @Nullable FileContent content;
    /** What it was compressed into since it was seen. */
    private @Nullable RotatedFile packed;
    /** What it is, or the file that it was found beside. */
    private final Path base;

    private WaitingPart(RotatedFile seen, Path base, @Nullable PlainPart held, @Nullable FileContent content) {
        this.seen = seen;
        this.base = base;
        this.held = held;
        this.content = content;
    }

    /** One that is kept open. */
    static WaitingPart holding(PlainPart part) {
        RotatedFile seen = new RotatedFile(part.file(), part.key(), part.changed(), 0, false);
        WaitingPart waiting = new WaitingPart(seen, part.file(), part, null);
        try {
            waiting.begun = part.size();
            waiting.begin.take(part, waiting.begun);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking into " + part.file(), e);
            waiting.begun = 0;
        }
        return waiting;
    }

    /**
     * What the open one held when it was opened, if it holds that no more: it was emptied in place since.
     *
     * @param watermark as of the place of whoever reads
     * @return the place behind it, null if nothing is known to be gone
     */
    @Nullable
    ReadPosition emptiedAfter(long watermark) throws IOException {
        PlainPart part = held;
        if (part == null || begun == 0 || begin.isIn(part, begun)) {
            return null;
        }
        return new ReadPosition(
                seen.file().toString(), seen.key(), begun, begin.digest(), LinePosition.START, begun, watermark, "");
    }

    /** Whether it was found beside the log, not compressed, and never seen at the path. */
    boolean cameBeside() {
        return begin.digest().isEmpty() && held == null && !isPacked();
    }

    /**
     * One that is opened when its turn comes.
     *
     * @param base the file whose rotated files it is among
     * @param content what it holds by now; null if it is compressed, or cannot be read
     */
    static WaitingPart of(RotatedFile file, Path base, @Nullable FileContent content) {
        return new WaitingPart(file, base, null, content);
    }

    /** What it is, as it was seen last. */
    RotatedFile seen() {
        return seen;
    }

    /** The file whose rotated files it is among. */
    Path base() {
        return base;
    }

    /** The open file; null if it is to be opened when its turn comes. */
    @Nullable
    PlainPart held() {
        return held;
    }

    /** Whether its key is this one, which another file may have by now if it is not open. */
    boolean hasKey(String key) {
        return key.equals(seen.key());
    }

    /** Its key, and that of what it was compressed into. */
    List<String> keys() {
        RotatedFile into = packed;
        return into == null ? List.of(seen.key()) : List.of(seen.key(), into.key());
    }

    /** Whether a file is this one, as it was seen last, or what it was compressed into. */
    boolean is(RotatedFile file) {
        RotatedFile into = packed;
        return (held != null && hasKey(file.key()))
                || (held == null && seen.isVersionOf(file))
                || (into != null && into.isVersionOf(file));
    }

    /** Whether it is compressed, or is known to have been compressed. */
    boolean isPacked() {
        return seen.compressed() || packed != null;
    }

    /** Whether it is known to have been compressed since it was seen. */
    boolean wasPlain() {
        return packed != null;
    }

    /** How much it holds, as far as is known. */
    long size() {
        PlainPart part = held;
        if (part != null) {
            try {
                return part.size();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "measuring " + part.file(), e);
            }
        }
        return seen.compressed() ? 0 : seen.size();
    }

    /** How much is lost with it, as far as is known. */
    long lostBytes() {
        return content == null ? size() : content.length();
    }

    /** What it holds; null if that is not known. */
    @Nullable
    FileContent content() {
        PlainPart part = held;
        try {
            if (part != null && (content == null || content.length() != part.size())) {
                content = FileContent.of(part, part.size());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking into " + seen.file(), e);
        }
        return content;
    }

    /**
     * Where it is now, or what it was compressed into; null if it is nowhere. One that is not open is known by its key
     * and by what it held, as keys are given away again.
     */
    @Nullable
    RotatedFile find(LogFolder folder) throws IOException {
        RotatedFile into = packed;
        RotatedFile file = folder.find(seen.key());
        if (file != null && (is(file) || isGrown(file, folder))) {
            return file;
        }
        file = into == null ? null : folder.find(into.key());
        return file != null && is(file) ? file : null;
    }

    /** Whether a file holds what this one did, and maybe more: it was written to after it was seen. */
    private boolean isGrown(RotatedFile file, LogFolder folder) throws IOException {
        FileContent before = content;
        if (before == null || file.compressed() || seen.compressed() || file.size() < before.length()) {
            return false;
        }
        try (LogPart part = folder.open(file)) {
            boolean grown = FileContent.of(part, before.length()).isLike(before);
            if (grown) {
                seen = file;
            }
            return grown;
        }
    }

    /** It was compressed into another file. */
    void wasCompressedInto(RotatedFile file) {
        packed = file;
        if (held == null) {
            seen = file;
        }
    }

    /**
     * Closes it; it is opened again when its turn comes.
     *
     * @param file where it is now, or what it was compressed into; null if it is not found
     */
    void release(@Nullable RotatedFile file) {
        FileContent now = content();
        long size = now == null ? 0 : now.length();
        seen = file == null ? new RotatedFile(seen.file(), seen.key(), seen.changed(), size, false) : file;
        close();
        held = null;
    }

    /**
     * Notes when it was changed last and what it holds by now, if it is at a path: of one that is emptied or removed,
     * this is all that is known.
     */
    void lookAt(Path path) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            PlainPart part = held;
            if (part != null && hasKey(PlainPart.key(now))) {
                long changed = now.lastModifiedTime().to(TimeUnit.NANOSECONDS);
                seen = new RotatedFile(seen.file(), seen.key(), changed, seen.size(), false);
                long size = part.size();
                if (size > begun && begin.isIn(part, begun)) {
                    begin.take(part, size);
                    begun = size;
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking at " + path, e);
        }
    }

    /** Closes it. */
    void close() {
        PlainPart part = held;
        if (part != null) {
            try {
                part.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing " + part.file(), e);
            }
        }
    }
}
