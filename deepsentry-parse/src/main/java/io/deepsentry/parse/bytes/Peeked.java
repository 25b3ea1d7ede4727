package io.deepsentry.parse.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/** A stream whose first bytes were looked at. In contrast to its parent it gives them without waiting for more. */
final class Peeked extends PushbackInputStream {
    Peeked(InputStream in, int most) {
        super(in, most);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int given = buf.length - pos;
        return super.read(bytes, offset, given > 0 ? Math.min(length, given) : length);
    }
}
