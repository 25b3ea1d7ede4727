package io.deepsentry.live.internal.state;

/**
 * Where reading of a log resumes: in which of its files, and at which byte. The file is known by its key and, as keys
 * are given away again, by what was read of it.
 *
 * @param file where it was, links followed
 * @param key what the file system tells it from others by; empty if there was no file
 * @param readTo how many of its bytes were read
 * @param trace what was read at its beginning and just before {@code readTo}, see
 *     {@link io.deepsentry.live.internal.tail.ContentFingerprint#digest}
 * @param next the first line that is to be read, at most at {@code readTo}
 * @param size how long the file was
 * @param watermark when the last of the files that were rotated away and have been read to their end was changed, in
 *     nanoseconds; what is newer is unread
 * @param held what was read before and is in no event yet, see {@link
 *     io.deepsentry.parse.EventAssembler#state}; empty where an earlier version wrote this, which had such lines read
 *     again
 */
public record ReadPosition(
        String file, String key, long readTo, String trace, LinePosition next, long size, long watermark, String held) {
    /** The same place, with what is held there. */
    public ReadPosition holding(String newHeld) {
        return new ReadPosition(file, key, readTo, trace, next, size, watermark, newHeld);
    }
}
