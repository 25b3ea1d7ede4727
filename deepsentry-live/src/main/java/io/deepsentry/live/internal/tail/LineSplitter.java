package io.deepsentry.live.internal.tail;

import io.deepsentry.parse.RawLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Takes pieces of a byte stream, cut anywhere, and hands out its lines as the batch reader of the parse module does: a line ends with {@code \n}, carriage
 * returns before it are left out, a byte order mark at the start too, broken UTF-8 becomes U+FFFD, and of a line beyond the limit only the beginning is kept, in
 * memory too.
 */
public final class LineSplitter {
    private static final int SMALL = 256;
    private static final int LARGE = 1 << 16;

    private final int maxChars;
    private final int maxBytes;
    private byte[] held = new byte[SMALL];
    private int heldLength;
    /** Bytes of the unfinished line, those left out included. */
    private long lineBytes;
    /** Where the unfinished line, or what follows its released beginning, begins. */
    private long lineOffset;

    private long lineNumber = 1;
    /** Whether the beginning of the unfinished line has been handed out already. */
    private boolean released;

    LineSplitter(int maxChars) {
        this.maxChars = maxChars;
        // UTF-8 spends at most three bytes on a char, so more bytes than that cannot be needed.
        this.maxBytes = (int) Math.min(Integer.MAX_VALUE - 8, 3L * maxChars + 3);
    }

    /** Begins another stream, at a byte that begins a line. What was held back is forgotten. */
    void start(long offset, long number) {
        start(offset, number, false);
    }

    /** The same at a byte inside a line whose beginning was handed out before. */
    void start(long offset, long number, boolean insideReleased) {
        clear();
        lineOffset = offset;
        lineNumber = number;
        released = insideReleased;
    }

    /** Goes on behind bytes that are not there: what was held back is lost with them. */
    void skip(long bytes, long lines) {
        start(lineOffset + lineBytes + bytes, lineNumber + lines);
    }

    /** The first byte that was not handed out yet. */
    long offset() {
        return lineOffset;
    }

    /** The number of the line it belongs to. */
    long number() {
        return lineNumber;
    }

    /** Whether the beginning of that line was handed out. */
    boolean insideReleased() {
        return released;
    }

    /** Takes the next bytes of the stream. */
    void feed(byte[] bytes, int length, Consumer<RawLine> lines) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                hold(bytes, from, i);
                finishLine(lines);
                from = i + 1;
            }
        }
        hold(bytes, from, length);
    }

    boolean holdsPartialLine() {
        return lineBytes > 0;
    }

    void releasePartialLine(Consumer<RawLine> lines) {
        if (lineBytes > 0) {
            emit(lines);
            released = true;
        }
    }

    private void hold(byte[] bytes, int from, int to) {
        int kept = Math.min(to - from, maxBytes - heldLength);
        if (kept > 0) {
            if (heldLength + kept > held.length) {
                long wanted = Math.max(2L * held.length, heldLength + kept);
                held = Arrays.copyOf(held, (int) Math.min(maxBytes, wanted));
            }
            System.arraycopy(bytes, from, held, heldLength, kept);
            heldLength += kept;
        }
        lineBytes += to - from;
    }

    private void finishLine(Consumer<RawLine> lines) {
        if (released && onlyCarriageReturns()) {
            // Everything before the terminator has been handed out already.
            lineOffset += lineBytes;
            clear();
        } else {
            emit(lines);
        }
        lineOffset += 1;
        lineNumber += 1;
        released = false;
    }

    private boolean onlyCarriageReturns() {
        for (int i = 0; i < heldLength; i++) {
            if (held[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private void emit(Consumer<RawLine> lines) {
        int from = hasByteOrderMark() ? 3 : 0;
        int to = heldLength;
        while (to > from && held[to - 1] == '\r') {
            to--;
        }
        String text = new String(held, from, to - from, StandardCharsets.UTF_8);
        String kept = cut(text, maxChars);
        boolean cut = heldLength < lineBytes || kept.length() < text.length();
        lines.accept(new RawLine(kept, lineNumber, lineOffset + from, cut));
        lineOffset += lineBytes;
        clear();
    }

    /** The beginning of a text, without half of a surrogate pair at its end. */
    public static String cut(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return text;
        }
        boolean splitsPair =
                Character.isHighSurrogate(text.charAt(maxChars - 1)) && Character.isLowSurrogate(text.charAt(maxChars));
        return text.substring(0, splitsPair ? maxChars - 1 : maxChars);
    }

    private boolean hasByteOrderMark() {
        return lineOffset == 0
                && heldLength >= 3
                && held[0] == (byte) 0xEF
                && held[1] == (byte) 0xBB
                && held[2] == (byte) 0xBF;
    }

    private void clear() {
        heldLength = 0;
        lineBytes = 0;
        if (held.length > LARGE) {
            held = new byte[SMALL];
        }
    }
}
