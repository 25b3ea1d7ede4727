package io.deepsentry.parse.bytes;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the content of a stream that may be compressed, several times over and in several members.
 *
 * <p>Bytes after the last member that do not begin another one are left out and counted. A failure of the compressed
 * data is a {@link DamagedException}; any other {@link IOException} comes from the underlying stream. Used by one
 * thread at a time.
 */
public final class Decompressed extends FilterInputStream {
    static final int PUSHBACK = 8192;
    /** A file packed more often than this is no log. */
    private static final int MAX_LAYERS = 4;

    private final List<Members> layers;

    private Decompressed(InputStream content, List<Members> layers) {
        super(content);
        this.layers = layers;
    }

    /**
     * Opens the content of a stream.
     *
     * @param raw the stream, compressed or plain; closed with the result
     * @return the content
     * @throws IOException if its first bytes cannot be read
     */
    public static Decompressed open(InputStream raw) throws IOException {
        Source source = new Source(raw);
        List<Members> layers = new ArrayList<>();
        Peeked content = new Peeked(source, PUSHBACK);
        for (Optional<Compression> found = peek(content);
                found.isPresent() && layers.size() < MAX_LAYERS;
                found = peek(content)) {
            Members members = new Members(content, found.get(), source);
            layers.add(members);
            content = new Peeked(members, PUSHBACK);
        }
        return new Decompressed(content, layers);
    }

    /**
     * Returns the compressions of the stream.
     *
     * @return the compressions, the outermost first; empty if it has none
     */
    public List<Compression> compressions() {
        return layers.stream().map(layer -> layer.compression).toList();
    }

    /**
     * Returns how many bytes after the last member were left out so far.
     *
     * @return zero or more
     */
    public long ignoredBytes() {
        return layers.stream().mapToLong(layer -> layer.ignored).sum();
    }

    private static Optional<Compression> peek(PushbackInputStream in) throws IOException {
        byte[] head = new byte[Compression.MAGIC_LENGTH];
        int n = in.readNBytes(head, 0, 2);
        // A pipe that stays at a few bytes of text is not waited for.
        if (n == 2 && mayBegin(head)) {
            n += in.readNBytes(head, 2, head.length - 2);
        }
        in.unread(head, 0, n);
        return Compression.of(head, n);
    }

    private static boolean mayBegin(byte[] head) {
        int first = head[0] & 0xFF;
        int second = head[1] & 0xFF;
        return (first == 'B' && second == 'Z') || (first == 0xFD && second == '7') || (first == 0x28 && second == 0xB5);
    }

    /** Thrown for data that its compression cannot read. */
    public static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final Compression compression;
        private final boolean truncated;

        DamagedException(Compression compression, Exception cause, boolean truncated) {
            super(cause.getMessage(), cause);
            this.compression = compression;
            this.truncated = truncated;
        }

        /**
         * Returns the compression that cannot read the data.
         *
         * @return the compression
         */
        public Compression compression() {
            return compression;
        }

        /**
         * Returns whether the data ends too early.
         *
         * @return true if it breaks off, false if it is damaged otherwise
         */
        public boolean truncated() {
            return truncated;
        }
    }

    /** The compressed stream itself, which remembers its own failures and its end. */
    private static final class Source extends FilterInputStream {
        private @Nullable IOException failure;
        private boolean ended;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int n = super.read(bytes, offset, length);
                ended |= n < 0;
                return n;
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    /** One layer of compression: its members one after the other. */
    private static final class Members extends InputStream {
        private final PushbackInputStream in;
        private final Compression compression;
        private final Source source;
        private @Nullable InputStream member;
        private boolean ended;
        private long ignored;

        Members(PushbackInputStream in, Compression compression, Source source) {
            this.in = in;
            this.compression = compression;
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return readMembers(bytes, offset, length);
            } catch (DamagedException e) {
                throw e;
            } catch (IOException e) {
                if (source.failure != null) {
                    throw e;
                }
                throw damaged(e);
            } catch (RuntimeException e) {
                // The libraries meet broken data with their own unchecked exceptions.
                throw damaged(e);
            }
        }

        private DamagedException damaged(Exception e) {
            boolean early = e instanceof EOFException || (source.ended && compression != Compression.GZIP);
            return new DamagedException(compression, e, early);
        }

        private int readMembers(byte[] bytes, int offset, int length) throws IOException {
            while (!ended) {
                if (member == null) {
                    member = compression.open(in);
                }
                int n = member.read(bytes, offset, length);
                if (n >= 0) {
                    return n;
                }
                member = null;
                if (peek(in).filter(next -> next == compression).isEmpty()) {
                    ignored = in.transferTo(OutputStream.nullOutputStream());
                    ended = true;
                }
            }
            return -1;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
