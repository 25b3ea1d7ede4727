package io.deepsentry.live;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

/** Gives some bytes at a time: one, a part of a line, or many lines. */
final class Chunks extends FilterInputStream {
    private final Random random;

    Chunks(InputStream in, Random random) {
        super(in);
        this.random = random;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int most = random.nextInt(50) == 0 ? 1 : 1 + random.nextInt(1 << (4 + random.nextInt(13)));
        return super.read(target, from, Math.min(length, most));
    }
}
