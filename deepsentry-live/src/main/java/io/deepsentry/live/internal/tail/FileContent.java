package io.deepsentry.live.internal.tail;

import java.io.IOException;

/**
 * What a file holds, as far as it tells it from others: of a compressed one, what was compressed.
 *
 * @param length in bytes
 */
record FileContent(long length, ContentFingerprint trace) {
    /** The content of an open file up to a position. A sequential one is read. */
    static FileContent of(LogPart part, long upTo) throws IOException {
        ContentFingerprint trace = new ContentFingerprint();
        trace.take(part, upTo);
        return new FileContent(Math.min(upTo, part.size()), trace);
    }

    /** Whether both hold the same. Logs that repeat themselves agree in their beginnings, but not in their length. */
    boolean isLike(FileContent other) {
        return length == other.length && trace.digest().equals(other.trace.digest());
    }
}
