package io.deepsentry.parse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines at {@code \n}, in constant memory, and knows the byte each begins at. A line whose bytes
 * beyond ASCII are letters of Latin-1 is read as such; other broken UTF-8 is replaced by U+FFFD. Carriage returns before the line end are left out, byte order marks at the start of a line too.
 *
 * <p>NULs around a line are left out, and a run of {@value #HOLE} or more inside one ends a line as {@code \n} does, under
 * the same number: it is the hole that a crash or the truncation of a file under its writer leaves.
 */
final class LineReader {
    static final int BUFFER = 1 << 16;

    private static final int HOLE = 8;

    private final InputStream in;
    private final int maxChars;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private boolean ended;
    /** Why the stream gave no more while its head was read; met again when the lines before it are used up. */
    private @Nullable IOException broken;

    /** The offset of {@code buffer[0]} in the stream. */
    private long bufferOffset;

    /** What was read of a line that goes beyond the buffer. */
    private byte[] spill = new byte[0];

    private int spilled;
    private long lineOffset;
    private long lineNumber;
    private boolean cut;
    /** What follows a hole in the line last read; null if nothing does. */
    private byte @Nullable [] rest;

    private long restOffset;

    LineReader(InputStream in, int maxChars) {
        this.in = in;
        this.maxChars = maxChars;
    }

    /**
     * Fills the buffer from the start of the stream without consuming it, until it is full or the stream ends, or holds
     * that many lines.
     */
    void fillHead(int lines) throws IOException {
        try {
            while (limit < BUFFER && !ended && linesIn(limit) < lines) {
                more(limit);
            }
        } catch (IOException e) {
            if (limit == 0) {
                throw e;
            }
            broken = e;
        }
        if (limit >= 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF) {
            position = 3;
        }
    }

    private int linesIn(int end) {
        int n = 0;
        for (int i = 0; i < end; i++) {
            if (buffer[i] == '\n') {
                n++;
            }
        }
        return n;
    }

    /** A copy of what {@link #fillHead} has read, byte order mark included. */
    byte[] head() {
        return Arrays.copyOf(buffer, limit);
    }

    /** Whether {@link #fillHead} reached the end of the stream. */
    boolean headIsAll() {
        return ended;
    }

    private void more(int at) throws IOException {
        if (broken != null) {
            throw broken;
        }
        int n = in.read(buffer, at, BUFFER - at);
        if (n < 0) {
            ended = true;
        } else {
            limit = at + n;
        }
    }

    /** The next line without its terminator, or null at the end. */
    @Nullable
    String next() throws IOException {
        byte[] afterHole = rest;
        if (afterHole != null) {
            rest = null;
            lineOffset = restOffset;
            return decode(afterHole, 0, afterHole.length);
        }
        lineOffset = bufferOffset + position;
        spilled = 0;
        cut = false;
        while (true) {
            int i = position;
            int end = limit;
            byte[] bytes = buffer;
            while (i < end && bytes[i] != '\n') {
                i++;
            }
            if (i < end) {
                int start = position;
                position = i + 1;
                lineNumber++;
                if (spilled == 0) {
                    return decode(bytes, start, i);
                }
                spill(start, i);
                return decode(spill, 0, spilled);
            }
            spill(position, limit);
            bufferOffset += limit;
            position = 0;
            limit = 0;
            if (!ended) {
                more(0);
            }
            if (ended && limit == 0) {
                if (bufferOffset == lineOffset) {
                    return null;
                }
                lineNumber++;
                return decode(spill, 0, spilled);
            }
        }
    }

    private void spill(int first, int to) {
        int from = first;
        while (spilled == 0 && from < to && buffer[from] == 0) {
            from++;
        }
        // UTF-8 spends at most three bytes on a char, so more bytes than that cannot be needed.
        long wanted = Math.min((long) spilled + (to - from), 3L * maxChars + 3);
        int taken = (int) wanted - spilled;
        if (taken < to - from) {
            cut = true;
        }
        if (taken <= 0) {
            return;
        }
        if (spill.length < wanted) {
            spill = Arrays.copyOf(spill, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(wanted, 2L * spill.length)));
        }
        System.arraycopy(buffer, from, spill, spilled, taken);
        spilled += taken;
    }

    private String decode(byte[] bytes, int first, int to) {
        int from = first;
        while (from < to && bytes[from] == 0) {
            from++;
        }
        int end = to;
        while (end > from && (bytes[end - 1] == '\r' || bytes[end - 1] == 0)) {
            end--;
        }
        for (int i = from, nulls = 0; i < end; i++) {
            nulls = bytes[i] == 0 ? nulls + 1 : 0;
            if (nulls == HOLE) {
                rest = Arrays.copyOfRange(bytes, i + 1, end);
                restOffset = lineOffset + (i + 1 - first);
                return decode(bytes, from, i + 1 - HOLE);
            }
        }
        while (end - from >= 3
                && bytes[from] == (byte) 0xEF
                && bytes[from + 1] == (byte) 0xBB
                && bytes[from + 2] == (byte) 0xBF) {
            from += 3;
        }
        String line = new String(
                bytes,
                from,
                end - from,
                isLatin1(bytes, from, end) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        if (line.length() > maxChars) {
            cut = true;
            return line.substring(0, Excerpt.cutAt(line, maxChars));
        }
        return line;
    }

    /**
     * Whether a line is in the 8-bit encoding of Western Europe: each byte beyond ASCII is one of its letters beside
     * another letter, which no whole character of UTF-8 is.
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

    /** The number of the line last returned, from 1. */
    long lineNumber() {
        return lineNumber;
    }

    /** The offset of the first byte of the line last returned. */
    long lineOffset() {
        return lineOffset;
    }

    /** Whether the line last returned was longer than allowed. */
    boolean wasCut() {
        return cut;
    }

    /** How many bytes of the stream were consumed. */
    long offset() {
        return bufferOffset + position;
    }
}
