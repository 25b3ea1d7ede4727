package io.deepsentry.parse.bytes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * One member of a gzip file (RFC 1952). In contrast to {@link java.util.zip.GZIPInputStream} it leaves what follows the
 * member in the stream, so that it can be told.
 */
final class GzipMember extends InputStream {
    private static final int HAS_HEADER_CHECKSUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;

    private final PushbackInputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] input = new byte[Decompressed.PUSHBACK];
    private int given;
    private boolean ended;

    GzipMember(InputStream in) throws IOException {
        // What the inflater did not use is given back, so the stream has room for it.
        this.in = in instanceof PushbackInputStream pushback
                ? pushback
                : new PushbackInputStream(in, Decompressed.PUSHBACK);
        readHeader();
    }

    private void readHeader() throws IOException {
        if (byteOrEnd() != 0x1F || byteOrEnd() != 0x8B) {
            throw new ZipException("no gzip header");
        }
        int method = byteOrEnd();
        if (method != 8) {
            throw new ZipException("unknown compression method " + method);
        }
        int flags = byteOrEnd();
        skip(6);
        if ((flags & HAS_EXTRA) != 0) {
            skip(byteOrEnd() | (byteOrEnd() << 8));
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_HEADER_CHECKSUM) != 0) {
            skip(2);
        }
    }

    private int byteOrEnd() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("gzip ends too early");
        }
        return b;
    }

    private void skip(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            byteOrEnd();
        }
    }

    private void skipText() throws IOException {
        while (byteOrEnd() != 0) {
            // Up to the NUL that ends it.
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        try {
            while (true) {
                int n = inflater.inflate(bytes, offset, length);
                if (n > 0) {
                    checksum.update(bytes, offset, n);
                    return n;
                }
                if (inflater.finished()) {
                    finish();
                    return -1;
                }
                if (inflater.needsDictionary()) {
                    throw new ZipException("needs a dictionary");
                }
                given = in.read(input);
                if (given < 0) {
                    throw new EOFException("gzip ends too early");
                }
                inflater.setInput(input, 0, given);
            }
        } catch (DataFormatException e) {
            throw (IOException) new ZipException(e.getMessage() == null ? "broken data" : e.getMessage()).initCause(e);
        }
    }

    private void finish() throws IOException {
        int unused = inflater.getRemaining();
        if (unused > 0) {
            in.unread(input, given - unused, unused);
        }
        long size = inflater.getBytesWritten() & 0xFFFFFFFFL;
        inflater.end();
        ended = true;
        if (number() != checksum.getValue() || number() != size) {
            throw new ZipException("wrong checksum");
        }
    }

    private long number() throws IOException {
        long value = 0;
        for (int i = 0; i < 4; i++) {
            value |= (long) byteOrEnd() << (8 * i);
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        inflater.end();
        in.close();
    }
}
