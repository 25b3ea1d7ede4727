package io.deepsentry.live.internal.state;

/**
 * Where reading of a log goes on: in which of its files, and at which byte. The file is known by its key and, as keys are given away again, by what was read of it.
 *
 * @param file where it was, links followed
 * @param key what the file system tells it from others by; empty if there was no file
 * @param readTo how many of its bytes were read
 * @param trace what was read at its beginning and just before {@code readTo}, see {@link io.deepsentry.live.internal.tail.ContentFingerprint#digest}
 * @param offset the first byte of which nothing became an event yet, at most {@code readTo}
 * @param line the number of the line there
 * @param released whether the beginning of that line became an event already
 * @param size how long the file was
 * @param watermark when the last of the files that were rotated away and have been read to their end was changed, in nanoseconds; what is newer is unread
 */
public record ReadPosition(
        String file,
        String key,
        long readTo,
        String trace,
        long offset,
        long line,
        boolean released,
        long size,
        long watermark) {}
