package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.bytes.Decompressed.DamagedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that was compressed after it was rotated away, in any way that {@link Decompressed} reads. */
final class CompressedPart implements LogPart {
    private static final System.Logger LOG = System.getLogger(CompressedPart.class.getName());
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final String key;
    private final long changed;
    private final InputStream in;
    private long position;
    /** What reading failed with: after it the rest cannot be read from here, only from another opening. */
    private @Nullable IOException failure;

    private CompressedPart(Path file, String key, long changed, InputStream in) {
        this.file = file;
        this.key = key;
        this.changed = changed;
        this.in = in;
    }

    /** Opens the file with a key; null if another one is at the path by now, or none. */
    static @Nullable CompressedPart open(Path file, String key, long changed) throws IOException {
        if (!key.equals(PlainPart.keyAt(file))) {
            return null;
        }
        InputStream raw = Files.newInputStream(file);
        try {
            if (!key.equals(PlainPart.keyAt(file))) {
                raw.close();
                return null;
            }
            return new CompressedPart(file, key, changed, Decompressed.open(new BufferedInputStream(raw, BUFFER)));
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
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        int n;
        try {
            n = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
        } catch (DamagedException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} cannot be read after {1} bytes of text: {2}",
                    file,
                    Long.toString(position),
                    IoErrors.describe(e));
            return -1;
        } catch (IOException e) {
            failure = e;
            throw e;
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
