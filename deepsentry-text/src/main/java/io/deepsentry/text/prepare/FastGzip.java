package io.deepsentry.text.prepare;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Gzip at its fastest level: what is read once or twice is better written fast than small. */
final class FastGzip extends GZIPOutputStream {
    private static final int BUFFER = 1 << 15;

    FastGzip(OutputStream out) throws IOException {
        super(out, BUFFER);
        def.setLevel(Deflater.BEST_SPEED);
    }
}
