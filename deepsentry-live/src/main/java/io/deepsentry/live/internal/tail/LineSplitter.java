package io.deepsentry.live.internal.tail;

import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.internal.LineText;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Takes pieces of a byte stream, cut anywhere, and hands out its lines as the batch reader of the parse module does: a
 * line ends with {@code \n}, {@link LineText} makes its text, and of a line beyond the limit only the beginning is
 * kept, in memory too.
 */
public final class LineSplitter {
    private static final int SMALL = 256;
    private static final int LARGE = 1 << 16;

    private final int maxChars;
    private final int maxBytes;
    private byte[] held = new byte[SMALL];
    private int heldLength;
    /** NULs at the beginning of the unfinished line, which are not held. */
    private long leftOut;
    /** Bytes of the unfinished line, those left out included. */
    private long lineBytes;
    /** Where the unfinished line, or what follows its released beginning, begins. */
    private long lineOffset;

    private long lineNumber = 1;
    private long nullBytes;
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

    /** Hands out the lines of a text that is there as a whole; the last one needs no terminator. */
    public static void lines(byte[] text, int maxChars, Consumer<RawLine> lines) {
        LineSplitter splitter = new LineSplitter(maxChars);
        splitter.feed(text, text.length, lines);
        splitter.releasePartialLine(lines);
    }

    /** The number of the line it belongs to. */
    long number() {
        return lineNumber;
    }

    /** Whether the beginning of that line was handed out. */
    boolean insideReleased() {
        return released;
    }

    /** NULs left out of the lines so far. */
    long nullBytes() {
        return nullBytes;
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

    /** Whether the unfinished line holds more than NULs, which may be a hole before its text. */
    boolean holdsText() {
        return heldLength > 0;
    }

    void releasePartialLine(Consumer<RawLine> lines) {
        if (lineBytes > 0) {
            emit(lines);
            released = true;
        }
    }

    private void hold(byte[] bytes, int first, int to) {
        int from = heldLength == 0 ? LineText.begin(bytes, first, to) : first;
        leftOut += from - first;
        nullBytes += from - first;
        int kept = Math.min(to - from, maxBytes - heldLength);
        if (kept > 0) {
            if (heldLength + kept > held.length) {
                long wanted = Math.max(2L * held.length, heldLength + kept);
                held = Arrays.copyOf(held, (int) Math.min(maxBytes, wanted));
            }
            System.arraycopy(bytes, from, held, heldLength, kept);
            heldLength += kept;
        }
        lineBytes += to - first;
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
        return LineText.end(held, 0, heldLength) == 0;
    }

    private void emit(Consumer<RawLine> lines) {
        boolean cut = leftOut + heldLength < lineBytes;
        long offset = lineOffset;
        int first = 0;
        while (first >= 0) {
            int from = LineText.begin(held, first, heldLength);
            int end = LineText.end(held, from, heldLength);
            int afterHole = LineText.afterHole(held, from, end);
            int textEnd = afterHole < 0 ? end : LineText.beforeHole(held, from, afterHole);
            nullBytes += from - first + LineText.nulls(held, textEnd, afterHole < 0 ? heldLength : afterHole);
            // Of a file, the mark at its very beginning is no part of the first line.
            int mark = offset == 0 && LineText.isByteOrderMark(held, from, textEnd) ? 3 : 0;
            String text = LineText.decode(held, from, textEnd);
            String kept = cut(text, maxChars);
            cut |= kept.length() < text.length();
            lines.accept(new RawLine(kept, lineNumber, offset + mark, cut));
            offset = lineOffset + leftOut + afterHole;
            first = afterHole;
        }
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

    private void clear() {
        heldLength = 0;
        leftOut = 0;
        lineBytes = 0;
        if (held.length > LARGE) {
            held = new byte[SMALL];
        }
    }
}
