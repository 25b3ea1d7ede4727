package io.deepsentry.live.internal.tail;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What was read at the beginning of a file and just before the position: tells whether the file still is what it was.
 * For one thread.
 */
final class ContentFingerprint {
    /** How many bytes at either end of what was read are compared. */
    static final int LENGTH = 256;

    private static final int BUFFER = 1 << 16;

    private final byte[] head = new byte[LENGTH];
    private int headLength;
    private final byte[] tail = new byte[LENGTH];
    private int tailLength;
    private final ByteBuffer compared = ByteBuffer.allocate(LENGTH);

    /** Nothing was read yet. */
    void clear() {
        headLength = 0;
        tailLength = 0;
    }

    /** The next bytes that were read. */
    void remember(byte[] read, int n) {
        int more = Math.min(n, LENGTH - headLength);
        if (more > 0) {
            System.arraycopy(read, 0, head, headLength, more);
            headLength += more;
        }
        if (n >= LENGTH) {
            System.arraycopy(read, n - LENGTH, tail, 0, LENGTH);
            tailLength = LENGTH;
        } else {
            int kept = Math.min(tailLength, LENGTH - n);
            System.arraycopy(tail, tailLength - kept, tail, 0, kept);
            System.arraycopy(read, 0, tail, kept, n);
            tailLength = kept + n;
        }
    }

    /** Takes over a file's content before a position, as if it had been read. */
    void take(LogPart part, long position) throws IOException {
        clear();
        if (part.sequential()) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            for (long at = 0; at < position; ) {
                buffer.clear().limit((int) Math.min(BUFFER, position - at));
                int n = part.read(buffer, at);
                if (n <= 0) {
                    break;
                }
                remember(buffer.array(), n);
                at += n;
            }
            return;
        }
        headLength = fill(part, 0, (int) Math.min(LENGTH, position), head);
        int length = (int) Math.min(LENGTH, position);
        tailLength = fill(part, position - length, length, tail);
    }

    private static int fill(LogPart part, long at, int length, byte[] into) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(into, 0, length);
        while (target.hasRemaining() && part.read(target, at + target.position()) > 0) {}
        return target.position();
    }

    /** Whether everything read so far is still there, as far as its length, its beginning and its end tell. */
    boolean isIn(LogPart part, long position) throws IOException {
        return part.sequential()
                || (part.size() >= position
                        && holds(part, 0, head, headLength)
                        && holds(part, position - tailLength, tail, tailLength));
    }

    private boolean holds(LogPart part, long at, byte[] expected, int length) throws IOException {
        compared.clear().limit(length);
        while (compared.hasRemaining() && part.read(compared, at + compared.position()) > 0) {}
        return compared.position() == length && Arrays.equals(compared.array(), 0, length, expected, 0, length);
    }

    /** Whether what was read here and there begins alike, as far as both have it. */
    boolean beginsLike(ContentFingerprint other) {
        int length = Math.min(headLength, other.headLength);
        return Arrays.equals(head, 0, length, other.head, 0, length);
    }

    /** A text that is the same for the same bytes read; the empty text for none. */
    String digest() {
        if (headLength == 0) {
            return "";
        }
        Hasher hasher = Hashing.murmur3_128().newHasher();
        hasher.putInt(headLength).putBytes(head, 0, headLength).putBytes(tail, 0, tailLength);
        return hasher.hash().toString();
    }
}
