package io.deepsentry.live.internal.tail;

import java.nio.file.Path;

/**
 * A file that a log was rotated into, as it was at one look.
 *
 * @param key what the file system tells it from others by
 * @param changed when it was changed last, in nanoseconds
 * @param size its length on the disk
 */
record RotatedFile(Path file, String key, long changed, long size, boolean compressed) {}
