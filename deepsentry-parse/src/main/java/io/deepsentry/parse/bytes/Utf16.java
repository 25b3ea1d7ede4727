package io.deepsentry.parse.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads UTF-16 text, with a byte order mark or without, as the bytes of UTF-8. Used by one thread at a time. */
public final class Utf16 extends InputStream {
    /** The most first bytes of a text that are looked at. */
    public static final int HEAD = 1024;

    private static final int FEWEST_PAIRS = 4;
    private static final int CHARS = 8192;

    private final Reader reader;
    private final char[] chars = new char[CHARS];
    private byte[] bytes = new byte[0];
    private int position;
    /** The first half of a pair whose second half comes with the next characters; 0 for none. */
    private char half;

    private Utf16(InputStream in, Charset charset) {
        this.reader = new InputStreamReader(in, charset);
    }

    /**
     * Returns a stream as UTF-8 if its beginning shows that it is UTF-16, and otherwise with the same bytes.
     *
     * @param in the stream; read through the result from now on
     * @return the stream to read
     * @throws IOException if its first bytes cannot be read
     */
    public static InputStream decoded(InputStream in) throws IOException {
        Peeked start = new Peeked(in, HEAD);
        byte[] head = new byte[HEAD];
        int n = 0;
        for (int more = 0; more >= 0 && n < HEAD && !isTelling(head, n); ) {
            more = start.read(head, n, HEAD - n);
            n += Math.max(0, more);
        }
        start.unread(head, 0, n);
        Charset charset = charset(head, n);
        return charset == null ? start : new Utf16(start, charset);
    }

    /** Whether there is enough to tell: a pipe that stays at a line of text is not waited for. */
    private static boolean isTelling(byte[] head, int n) {
        boolean line = false;
        boolean nul = false;
        for (int i = 0; i < n; i++) {
            line |= head[i] == '\n';
            nul |= head[i] == 0;
        }
        return n >= 2 * FEWEST_PAIRS || (line && !nul);
    }

    /**
     * Returns the encoding that the beginning of a text shows.
     *
     * @param head the first bytes
     * @param n how many bytes of {@code head} are filled
     * @return UTF-16LE or UTF-16BE; null if the text is not UTF-16
     */
    public static @Nullable Charset charset(byte[] head, int n) {
        if (n >= 2 && (head[0] & 0xFF) == 0xFF && (head[1] & 0xFF) == 0xFE) {
            return StandardCharsets.UTF_16LE;
        }
        if (n >= 2 && (head[0] & 0xFF) == 0xFE && (head[1] & 0xFF) == 0xFF) {
            return StandardCharsets.UTF_16BE;
        }
        int pairs = n / 2;
        int first = 0;
        int second = 0;
        for (int i = 0; i + 1 < n; i += 2) {
            first += head[i] == 0 && head[i + 1] != 0 ? 1 : 0;
            second += head[i] != 0 && head[i + 1] == 0 ? 1 : 0;
        }
        // Western text has a NUL in each pair; a hole of NULs in UTF-8 has two.
        if (pairs < FEWEST_PAIRS) {
            return null;
        }
        return second * 10 >= pairs * 7
                ? StandardCharsets.UTF_16LE
                : first * 10 >= pairs * 7 ? StandardCharsets.UTF_16BE : null;
    }

    private boolean fill() throws IOException {
        int start = 0;
        if (half != 0) {
            chars[0] = half;
            half = 0;
            start = 1;
        }
        int n = reader.read(chars, start, CHARS - start);
        if (n < 0 && start == 0) {
            return false;
        }
        int end = start + Math.max(n, 0);
        if (n > 0 && Character.isHighSurrogate(chars[end - 1])) {
            half = chars[--end];
        }
        bytes = new String(chars, 0, end).getBytes(StandardCharsets.UTF_8);
        position = 0;
        return true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (position == bytes.length) {
            if (!fill()) {
                return -1;
            }
        }
        int n = Math.min(length, bytes.length - position);
        System.arraycopy(bytes, position, target, offset, n);
        position += n;
        return n;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
