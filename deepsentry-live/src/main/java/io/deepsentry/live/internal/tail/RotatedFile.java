package io.deepsentry.live.internal.tail;

import java.nio.file.Path;

/**
 * A file that a log was rotated into, as it was at one look.
 *
 * @param key what the file system tells it from others by
 * @param changed when it was changed last, in nanoseconds
 * @param size its length on the disk
 */
record RotatedFile(Path file, String key, long changed, long size, boolean compressed) {
    /**
     * The same wherever it is. Keys are given away again, so a file is known by when it was changed and by its size as
     * well.
     */
    RotatedFile version() {
        return new RotatedFile(Path.of(""), key, changed, size, compressed);
    }

    /** Whether another one is this file, unchanged. */
    boolean isVersionOf(RotatedFile other) {
        return version().equals(other.version());
    }
}
