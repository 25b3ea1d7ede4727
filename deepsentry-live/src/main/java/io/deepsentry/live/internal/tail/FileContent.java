package io.deepsentry.live.internal.tail;

import java.io.IOException;

/**
 * What a file holds, as far as it tells it from others: of a compressed one, what was compressed.
 *
 * @param length in bytes
 * @param digest the same for the same beginning and end
 * @param trace the beginning and the end
 */
record FileContent(long length, String digest, ContentFingerprint trace) {
    /** The content of an open file up to a position. A sequential one is read. */
    static FileContent of(LogPart part, long upTo) throws IOException {
        ContentFingerprint trace = new ContentFingerprint();
        trace.take(part, upTo);
        return new FileContent(Math.min(upTo, part.size()), trace.digest(), trace);
    }

    /**
     * A text that is the same for the same content. Logs that repeat themselves agree in their beginnings, but not in
     * their length.
     */
    String identity() {
        return length + " " + digest;
    }

    boolean isLike(FileContent other) {
        return length == other.length && digest.equals(other.digest);
    }
}
