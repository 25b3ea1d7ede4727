package io.deepsentry.live.internal.tail;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A file that was compressed after it was rotated away. */
final class GzippedPart implements LogPart {
    private static final System.Logger LOG = System.getLogger(GzippedPart.class.getName());
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final String key;
    private final long changed;
    private final InputStream in;
    private long position;

    private GzippedPart(Path file, String key, long changed, InputStream in) {
        this.file = file;
        this.key = key;
        this.changed = changed;
        this.in = in;
    }

    static GzippedPart open(Path file, String key, long changed) throws IOException {
        InputStream raw = Files.newInputStream(file);
        try {
            return new GzippedPart(
                    file, key, changed, new GZIPInputStream(new BufferedInputStream(raw, BUFFER), BUFFER));
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        if (at != position) {
            throw new IllegalStateException("a compressed part is read in order: at " + position + ", not " + at);
        }
        int n;
        try {
            n = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
        } catch (EOFException | ZipException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} breaks off after {1} bytes", file, Long.toString(position));
            return -1;
        }
        if (n > 0) {
            target.position(target.position() + n);
            position += n;
        }
        return n;
    }

    @Override
    public long size() {
        return position;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public long changed() {
        return changed;
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
