package io.deepsentry.parse.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The text of a line's bytes, the same for a file read at once and for a log that is followed. Pure functions.
 *
 * <p>NULs around a line are left out, and a run of {@value #HOLE} or more inside one ends a line: it is the hole that a
 * crash or the truncation of a file under its writer leaves. A line whose bytes beyond ASCII are letters of Latin-1 is
 * read as such; other broken UTF-8 becomes U+FFFD.
 */
public final class LineText {
    private static final int HOLE = 8;
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOWEST_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

    private static final long NEWLINES = '\n' * LOWEST_BITS;

    private LineText() {}

    /** Returns where the next newline is, or {@code end} if there is none, eight bytes at a time. */
    public static int newline(byte[] bytes, int from, int end) {
        int i = from;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, i) ^ NEWLINES;
            // The highest bit of the first byte that is 0, whatever it sets in those after.
            long zero = (eight - LOWEST_BITS) & ~eight & HIGHEST_BITS;
            if (zero != 0) {
                return i + Long.numberOfTrailingZeros(zero) / Byte.SIZE;
            }
        }
        while (i < end && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    /** Returns where the text begins: after NULs. */
    public static int begin(byte[] bytes, int from, int to) {
        int begin = from;
        while (begin < to && bytes[begin] == 0) {
            begin++;
        }
        return begin;
    }

    /** Returns where the text ends: before carriage returns and NULs. */
    public static int end(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && (bytes[end - 1] == '\r' || bytes[end - 1] == 0)) {
            end--;
        }
        return end;
    }

    /** Returns the first place after enough NULs for a hole, or -1 if there is no hole. */
    public static int afterHole(byte[] bytes, int from, int end) {
        int nulls = 0;
        for (int i = from; i < end; i++) {
            nulls = bytes[i] == 0 ? nulls + 1 : 0;
            if (nulls == HOLE) {
                return i + 1;
            }
        }
        return -1;
    }

    /** Returns where the text before a hole ends, see {@link #afterHole}. */
    public static int beforeHole(byte[] bytes, int from, int afterHole) {
        return end(bytes, from, afterHole - HOLE);
    }

    /** Returns how many NULs there are. */
    public static int nulls(byte[] bytes, int from, int to) {
        int nulls = 0;
        for (int i = from; i < to; i++) {
            nulls += bytes[i] == 0 ? 1 : 0;
        }
        return nulls;
    }

    /** Decodes bytes, without byte order marks at their start. */
    public static String decode(byte[] bytes, int first, int end) {
        int from = first;
        while (isByteOrderMark(bytes, from, end)) {
            from += 3;
        }
        return new String(
                bytes,
                from,
                end - from,
                isLatin1(bytes, from, end) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** Returns whether all bytes are characters of ASCII other than NUL, eight bytes at a time. */
    public static boolean isAscii(byte[] bytes, int from, int end) {
        int i = from;
        for (; i + Long.BYTES <= end; i += Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, i);
            // Subtracting one sets the highest bit of a byte that is 0.
            if (((eight | (eight - LOWEST_BITS)) & HIGHEST_BITS) != 0) {
                return false;
            }
        }
        while (i < end && bytes[i] > 0) {
            i++;
        }
        return i == end;
    }

    /** Returns whether a byte order mark begins there. */
    public static boolean isByteOrderMark(byte[] bytes, int from, int end) {
        return end - from >= 3
                && bytes[from] == (byte) 0xEF
                && bytes[from + 1] == (byte) 0xBB
                && bytes[from + 2] == (byte) 0xBF;
    }

    /**
     * Returns whether a line is in the 8-bit encoding of Western Europe: each byte beyond ASCII is one of its letters
     * beside another letter, which no whole character of UTF-8 is.
     */
    private static boolean isLatin1(byte[] bytes, int from, int end) {
        boolean found = false;
        for (int i = from; i < end; i++) {
            if (bytes[i] < 0) {
                int next = i + 1 < end ? bytes[i + 1] & 0xFF : ' ';
                boolean letter = (bytes[i] & 0xFF) >= 0xC0 && (next < 0x80 || next >= 0xC0);
                boolean beside = (i + 1 < end && isLetter(bytes[i + 1])) || (i > from && isLetter(bytes[i - 1]));
                if (!letter || !beside || (i + 1 == end && !found)) {
                    return false;
                }
                found = true;
            }
        }
        return found;
    }

    private static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b & 0xFF) >= 0xC0;
    }
}
