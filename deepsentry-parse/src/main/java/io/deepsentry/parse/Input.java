package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** One thing to read lines from: a file, standard input, or a stream the caller has. */
final class Input {
    private static final String STDIN = "stdin";
    private static final byte[] BZIP2 = {'B', 'Z', 'h'};
    private static final byte[] XZ = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
    private static final byte[] ZSTD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};
    private static final byte[] ZIP = {'P', 'K', 3, 4};

    private final String name;
    private final @Nullable Path path;
    private final @Nullable Supplier<InputStream> stream;

    private Input(String name, @Nullable Path path, @Nullable Supplier<InputStream> stream) {
        this.name = name;
        this.path = path;
        this.stream = stream;
    }

    /** A file, or standard input if it is named {@code -} or {@code /dev/stdin}. */
    static Input of(Path path) {
        String text = path.toString();
        if (text.equals("-") || text.equals("/dev/stdin")) {
            return new Input(STDIN, null, () -> System.in);
        }
        return new Input(text, path, null);
    }

    static Input of(String name, InputStream stream) {
        return new Input(name, null, () -> stream);
    }

    String name() {
        return name;
    }

    /** Whether it can be opened again from its start. */
    boolean isFile() {
        return path != null && Files.isRegularFile(path);
    }

    boolean isStdin() {
        return path == null && name.equals(STDIN);
    }

    /** What is wrong with it, as far as can be told without reading it. */
    Optional<LogParseException> problem() {
        if (path == null) {
            return Optional.empty();
        }
        if (!Files.exists(path)) {
            Path absolute = path.toAbsolutePath().normalize();
            String where = absolute.toString().equals(name) ? "" : " (looked for " + absolute + ")";
            return Optional.of(new LogParseException(Kind.MISSING, "input " + name + " does not exist" + where));
        }
        if (Files.isDirectory(path)) {
            return Optional.of(new LogParseException(
                    Kind.UNREADABLE,
                    "input " + name + " is a directory; name the files in it, as in " + name + "/*.log"));
        }
        if (!Files.isReadable(path)) {
            return Optional.of(new LogParseException(
                    Kind.UNREADABLE, "input " + name + " may not be read by this user (permission denied)"));
        }
        if (size().orElse(1) == 0) {
            return Optional.of(new LogParseException(Kind.EMPTY, "input " + name + " is empty (0 bytes)"));
        }
        return Optional.empty();
    }

    /** The size of a regular file in bytes. */
    OptionalLong size() {
        try {
            return path != null && Files.isRegularFile(path) ? OptionalLong.of(Files.size(path)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** When a regular file was last written. */
    Optional<Instant> lastModified() {
        try {
            return isFile() && path != null
                    ? Optional.of(Files.getLastModifiedTime(path)).map(FileTime::toInstant)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Opens it, decompressed if its content says gzip. */
    Opened open(int maxLineLength) {
        InputStream raw;
        try {
            if (stream != null) {
                raw = stream.get();
            } else if (path != null) {
                raw = Files.newInputStream(path);
            } else {
                throw new IllegalStateException("an input is a path or a stream");
            }
        } catch (NoSuchFileException e) {
            throw new LogParseException(Kind.MISSING, "input " + name + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new LogParseException(
                    Kind.UNREADABLE, "input " + name + " may not be read by this user (permission denied)", e);
        } catch (IOException e) {
            throw new LogParseException(Kind.UNREADABLE, "input " + name + " cannot be opened: " + e.getMessage(), e);
        }
        CountingStream counted = new CountingStream(raw);
        try {
            PushbackInputStream start = new PushbackInputStream(counted, 2);
            int first = start.read();
            int second = first < 0 ? -1 : start.read();
            if (second >= 0) {
                start.unread(second);
            }
            if (first >= 0) {
                start.unread(first);
            }
            boolean gzip = first == 0x1F && second == 0x8B;
            InputStream content = gzip ? new GZIPInputStream(new NeverDry(start), LineReader.BUFFER) : start;
            return new Opened(this, counted, new LineReader(content, maxLineLength), gzip);
        } catch (IOException e) {
            closeQuietly(counted);
            throw unreadable(e, "");
        }
    }

    LogParseException unreadable(IOException e, String read) {
        boolean gzip = e instanceof ZipException || e instanceof EOFException;
        String problem = !gzip
                ? "cannot be read: " + e.getMessage()
                : e instanceof EOFException
                        ? "is a truncated gzip file: it breaks off"
                        : "is a damaged gzip file (" + e.getMessage() + ")";
        String remedy = gzip ? ". Copy it again, or save what is there with 'zcat FILE > part.log'" : "";
        return new LogParseException(Kind.UNREADABLE, "input " + name + " " + problem + read + remedy, e);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Nothing was written, so nothing is lost; the first failure is the one to tell.
            System.getLogger(Input.class.getName()).log(System.Logger.Level.DEBUG, "closing an input failed", e);
        }
    }

    /** An input being read. */
    static final class Opened implements AutoCloseable {
        private final Input input;
        private final CountingStream raw;
        private final LineReader lines;
        private final boolean gzip;

        Opened(Input input, CountingStream raw, LineReader lines, boolean gzip) {
            this.input = input;
            this.raw = raw;
            this.lines = lines;
            this.gzip = gzip;
        }

        Input input() {
            return input;
        }

        LineReader lines() {
            return lines;
        }

        /** Bytes taken from the file or stream so far, compressed if it is. */
        long rawBytes() {
            return raw.count;
        }

        /** Reads the beginning and refuses what is no text. */
        void readHead(int lineCount) {
            try {
                lines.fillHead(lineCount);
            } catch (IOException e) {
                throw input.unreadable(e, " before its first line");
            }
            byte[] head = lines.head();
            if (head.length == 0) {
                throw new LogParseException(
                        Kind.EMPTY,
                        "input " + input.name() + " is empty (" + (gzip ? "no content in the gzip file)" : "0 bytes)"));
            }
            refuseBinary(head);
        }

        /** The lines of the beginning, the last one left out if it may go on. */
        List<String> headLines() {
            byte[] head = lines.head();
            String text = new String(head, StandardCharsets.UTF_8);
            if (text.startsWith("\uFEFF")) {
                text = text.substring(1);
            }
            int end = lines.headIsAll() ? text.length() : Math.max(text.lastIndexOf('\n'), 0);
            return text.substring(0, end == 0 ? text.length() : end).lines().toList();
        }

        private void refuseBinary(byte[] head) {
            String kind = compression(head);
            if (kind != null) {
                throw new LogParseException(
                        Kind.BAD_FORMAT,
                        "input " + input.name() + " is a " + kind
                                + " file, not text; unpack it first (gzip is read as it is)");
            }
            if (head.length >= 2
                    && ((head[0] == (byte) 0xFF && head[1] == (byte) 0xFE)
                            || (head[0] == (byte) 0xFE && head[1] == (byte) 0xFF))) {
                throw new LogParseException(
                        Kind.BAD_FORMAT,
                        "input " + input.name() + " is UTF-16 text, but must be UTF-8; convert it, as with"
                                + " 'iconv -f UTF-16 -t UTF-8'");
            }
            if (looksBinary(head)) {
                throw new LogParseException(
                        Kind.BAD_FORMAT,
                        "input " + input.name() + " is a binary file, not a text log; it begins \""
                                + Excerpt.of(new String(head, 0, Math.min(head.length, 40), StandardCharsets.UTF_8))
                                + "\"");
            }
        }

        private static @Nullable String compression(byte[] head) {
            if (starts(head, BZIP2) && head.length > 3 && head[3] >= '1' && head[3] <= '9') {
                return "bzip2";
            }
            return starts(head, XZ) ? "xz" : starts(head, ZSTD) ? "zstd" : starts(head, ZIP) ? "zip" : null;
        }

        private static boolean starts(byte[] head, byte[] magic) {
            return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
        }

        /**
         * Control characters are what tells: text in a foreign 8-bit encoding has invalid UTF-8 but none of them, a log
         * with a few NUL or escape sequences has some but is valid.
         */
        private static boolean looksBinary(byte[] head) {
            int n = Math.min(head.length, 8192);
            int control = 0;
            for (int i = 0; i < n; i++) {
                int b = head[i] & 0xFF;
                if (b < 9 || (b > 13 && b < 27) || (b > 27 && b < 32) || b == 127) {
                    control++;
                }
            }
            if (control * 10 > n * 3) {
                return true;
            }
            if (control * 50 <= n) {
                return false;
            }
            String text = new String(head, 0, n, StandardCharsets.UTF_8);
            long broken = text.chars().filter(c -> c == 0xFFFD).count();
            return broken * 10 > n;
        }

        @Override
        public void close() {
            if (!input.isStdin()) {
                closeQuietly(raw);
            }
        }
    }

    /** Counts what is read, for progress. */
    private static final class CountingStream extends FilterInputStream {
        private long count;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0) {
                count++;
            }
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n > 0) {
                count += n;
            }
            return n;
        }
    }

    /**
     * Says that there is more to read until there is not. {@code GZIPInputStream} takes "nothing available right now" for
     * the end of a file of several members, which would lose the rest of a slow pipe.
     */
    private static final class NeverDry extends PushbackInputStream {
        NeverDry(InputStream in) {
            super(in, 1);
        }

        @Override
        public int available() throws IOException {
            int b = read();
            if (b < 0) {
                return 0;
            }
            unread(b);
            return Math.max(1, super.available());
        }
    }
}
