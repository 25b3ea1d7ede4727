package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.LinePosition;
import io.deepsentry.parse.RawLine;
import io.deepsentry.parse.bytes.Utf16;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file's bytes, which come in pieces cut anywhere. The beginning of the file tells UTF-16, as
 * {@link Utf16} does for one that is read at once, and decoded; everything else goes to the {@link LineSplitter} as it
 * is. For one thread.
 */
final class DecodedLines {
    private final LineSplitter splitter;
    /** The beginning of a file as long as it does not tell its encoding; null afterwards. */
    private byte @Nullable [] head = new byte[0];

    /** UTF-16, or null for what needs no decoding. */
    private @Nullable Charset charset;

    /** Bytes of UTF-16 that do not make a character yet. */
    private byte[] half = new byte[0];
    /** How many bytes of the file were taken, the head included. */
    private long taken;
    /** The byte of the file at which the unfinished line begins. */
    private long lineOffset;

    DecodedLines(int maxChars) {
        splitter = new LineSplitter(maxChars);
    }

    /** Begins a file at a line. What was held back is forgotten. */
    void start(LinePosition at) {
        charset = at.encoding().isEmpty() ? null : Charset.forName(at.encoding());
        head = at.offset() == 0 ? new byte[0] : null;
        half = new byte[0];
        taken = at.offset();
        lineOffset = at.offset();
        splitter.start(at.textOffset(), at.line(), at.released());
    }

    /** The first line that was not handed out whole. */
    LinePosition position() {
        return new LinePosition(
                charset == null ? splitter.offset() : lineOffset,
                splitter.offset(),
                splitter.number(),
                splitter.insideReleased(),
                charset == null ? "" : charset.name());
    }

    /** Takes the next bytes of the file. */
    void feed(byte[] bytes, int length, Consumer<RawLine> lines) {
        taken += length;
        byte[] begun = head;
        if (begun == null) {
            decode(bytes, length, lines);
            return;
        }
        byte[] longer = Arrays.copyOf(begun, begun.length + length);
        System.arraycopy(bytes, 0, longer, begun.length, length);
        head = longer;
        if (tells(longer)) {
            decideEncoding(lines);
        }
    }

    /** Whether the beginning of a file tells its encoding. One that holds no line yet is not in a hurry. */
    private static boolean tells(byte[] head) {
        boolean line = false;
        boolean nul = false;
        for (int i = 0; i < Math.min(head.length, Utf16.HEAD); i++) {
            line |= head[i] == '\n';
            nul |= head[i] == 0;
        }
        return head.length >= Utf16.HEAD || (line && !nul);
    }

    private void decideEncoding(Consumer<RawLine> lines) {
        byte[] begun = head;
        if (begun != null) {
            head = null;
            charset = Utf16.charset(begun, Math.min(begun.length, Utf16.HEAD));
            decode(begun, begun.length, lines);
        }
    }

    private void decode(byte[] bytes, int length, Consumer<RawLine> lines) {
        Charset utf16 = charset;
        if (utf16 == null) {
            splitter.feed(bytes, length, lines);
            return;
        }
        byte[] units = Arrays.copyOf(half, half.length + length);
        System.arraycopy(bytes, 0, units, half.length, length);
        long begin = taken - units.length;
        int high = utf16.equals(StandardCharsets.UTF_16LE) ? 1 : 0;
        int from = 0;
        int whole = units.length - units.length % 2;
        for (int i = 0; i < whole; i += 2) {
            if (units[i + high] == 0 && units[i + 1 - high] == '\n') {
                decodeUpTo(units, from, i + 2, begin, utf16, lines);
                from = i + 2;
            }
        }
        if (whole > from && (units[whole - 2 + high] & 0xFC) == 0xD8) {
            whole -= 2;
        }
        decodeUpTo(units, from, whole, begin, utf16, lines);
        half = Arrays.copyOfRange(units, whole, units.length);
    }

    private void decodeUpTo(byte[] units, int from, int to, long begin, Charset utf16, Consumer<RawLine> lines) {
        byte[] text = new String(units, from, to - from, utf16).getBytes(StandardCharsets.UTF_8);
        splitter.feed(text, text.length, lines);
        if (text.length > 0 && text[text.length - 1] == '\n') {
            lineOffset = begin + to;
        }
    }

    /** NULs left out of the lines so far. */
    long nullBytes() {
        return splitter.nullBytes();
    }

    boolean holdsPartialLine() {
        return splitter.holdsPartialLine() || (head != null && head.length > 0);
    }

    /** Hands out the beginning of a line that is held back; what follows it up to its end will be a line of its own. */
    void releasePartialLine(Consumer<RawLine> lines) {
        decideEncoding(lines);
        if (splitter.holdsText()) {
            splitter.releasePartialLine(lines);
            lineOffset = taken - half.length;
        }
    }

    /** Hands out what is held back: nothing more comes. */
    void end(Consumer<RawLine> lines) {
        decideEncoding(lines);
        Charset utf16 = charset;
        if (utf16 != null && half.length > 0) {
            decodeUpTo(half, 0, half.length, taken - half.length, utf16, lines);
            half = new byte[0];
        }
        splitter.releasePartialLine(lines);
        lineOffset = taken;
    }
}
