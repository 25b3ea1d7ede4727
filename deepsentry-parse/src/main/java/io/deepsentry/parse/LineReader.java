package io.deepsentry.parse;

import io.deepsentry.parse.internal.LineText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines at {@code \n}, in constant memory, and knows the byte each begins at.
 * {@link LineText} makes their texts; what follows a hole of NULs is a line of its own under the same number.
 */
final class LineReader {
    static final int BUFFER = 1 << 16;

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
    /** NULs at the beginning of the line that were not spilled. */
    private int leftOut;
    /** What follows a hole in the line last read; null if nothing does. */
    private byte @Nullable [] rest;

    private long restOffset;
    private long nullBytes;

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
        leftOut = 0;
        cut = false;
        while (true) {
            int end = limit;
            byte[] bytes = buffer;
            int i = LineText.newline(bytes, position, end);
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
        int from = spilled == 0 ? LineText.begin(buffer, first, to) : first;
        leftOut += from - first;
        nullBytes += from - first;
        long wanted = Math.min((long) spilled + (to - from), maxBytes());
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

    /** UTF-8 spends at most three bytes on a char, so more bytes than that cannot be needed. */
    private long maxBytes() {
        return 3L * maxChars + 3;
    }

    private String decode(byte[] bytes, int first, int last) {
        int from = LineText.begin(bytes, first, last);
        nullBytes += from - first;
        // What is beyond the limit has no say, whether it lies in the buffer or not.
        int to = (int) Math.min(last, from + maxBytes());
        int end = LineText.end(bytes, from, to);
        nullBytes += LineText.nulls(bytes, end, to);
        boolean ascii = LineText.isAscii(bytes, from, end);
        int afterHole = ascii ? -1 : LineText.afterHole(bytes, from, end);
        if (afterHole >= 0) {
            rest = Arrays.copyOfRange(bytes, afterHole, end);
            restOffset = lineOffset + leftOut + (afterHole - first);
            int beforeHole = LineText.beforeHole(bytes, from, afterHole);
            nullBytes += LineText.nulls(bytes, beforeHole, afterHole);
            end = beforeHole;
        }
        leftOut = 0;
        String line = ascii
                ? new String(bytes, from, end - from, StandardCharsets.ISO_8859_1)
                : LineText.decode(bytes, from, end);
        if (line.length() > maxChars) {
            cut = true;
            return line.substring(0, Excerpt.cutAt(line, maxChars));
        }
        return line;
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

    /** NULs left out of the lines so far. */
    long nullBytes() {
        return nullBytes;
    }

    /** How many bytes of the stream were consumed. */
    long offset() {
        return bufferOffset + position;
    }
}
