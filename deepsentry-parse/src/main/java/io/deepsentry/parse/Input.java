package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.bytes.Archive;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.bytes.Decompressed.DamagedException;
import io.deepsentry.parse.bytes.Utf16;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One thing to read lines from: a file, standard input, or a stream the caller has. */
final class Input {
    private static final System.Logger LOG = System.getLogger(Input.class.getName());
    private static final String STDIN = "stdin";
    /** What the system says of a descriptor that is closed, or not open for reading. */
    private static final String BAD_DESCRIPTOR = "Bad file descriptor";

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

    /** The files of a folder; anything else is itself. */
    List<Input> files() {
        if (path == null || !Files.isDirectory(path)) {
            return List.of(this);
        }
        InputFiles files = InputFiles.of(List.of(path));
        files.note().ifPresent(note -> LOG.log(System.Logger.Level.WARNING, "{0}: {1}", path, note));
        return files.files().stream().map(Input::of).toList();
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

    /** The file that it is, if it can be opened again from its start. */
    Optional<Path> file() {
        return isFile() ? Optional.ofNullable(path) : Optional.empty();
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

    /** Opens it, decompressed if its content says so, and as UTF-8. */
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
            Decompressed content = Decompressed.open(counted);
            return new Opened(this, counted, content, new LineReader(Utf16.decoded(content), maxLineLength));
        } catch (IOException e) {
            closeQuietly(counted);
            throw unreadable(e, "");
        }
    }

    LogParseException unreadable(IOException e, String read) {
        String problem = "cannot be read: " + e.getMessage();
        String remedy = "";
        if (name.equals(STDIN) && BAD_DESCRIPTOR.equals(e.getMessage())) {
            problem = "is closed";
        } else if (e instanceof DamagedException damaged) {
            String kind = damaged.compression().label();
            problem = damaged.truncated()
                    ? "is a truncated " + kind + " file: it breaks off"
                    : "is a damaged " + kind + " file (" + damaged.getMessage() + ")";
            remedy = ". Copy it again, or save what is there with '"
                    + damaged.compression().command() + " FILE > part.log'";
        }
        return new LogParseException(Kind.UNREADABLE, "input " + name + " " + problem + read + remedy, e);
    }

    /**
     * Control characters are what tells: text in a foreign 8-bit encoding has invalid UTF-8 but none of them, a log
     * with a few NUL or escape sequences has some but is valid.
     */
    private static boolean looksBinary(byte[] head) {
        int seen = Math.min(head.length, 8192);
        int n = 0;
        int control = 0;
        for (int i = 0; i < seen; i++) {
            int b = head[i] & 0xFF;
            // A hole of NULs is what a crash or a truncated copy leaves in a text.
            if (b == 0 && ((i > 0 && head[i - 1] == 0) || (i + 1 < seen && head[i + 1] == 0))) {
                continue;
            }
            n++;
            if (b < 9 || (b > 13 && b < 27) || (b > 27 && b < 32) || b == 127) {
                control++;
            }
        }
        if (n == 0) {
            return seen == head.length;
        }
        if (control * 10 > n * 3) {
            return true;
        }
        if (control * 50 <= n) {
            return false;
        }
        String text = new String(head, 0, seen, StandardCharsets.UTF_8);
        long broken = text.chars().filter(c -> c == 0xFFFD).count();
        return broken * 10 > n;
    }

    /** Whether the beginning of a file, decompressed, is that of no text. */
    static boolean isBinary(byte[] head) {
        return isArchive(head) || looksBinary(head);
    }

    /** Whether the beginning of a file, decompressed, is that of an archive of files. */
    static boolean isArchive(byte[] head) {
        return Archive.of(head, head.length).isPresent();
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Nothing was written, so nothing is lost; the first failure is the one to tell.
            LOG.log(System.Logger.Level.DEBUG, "closing an input failed", e);
        }
    }

    /** An input being read. */
    static final class Opened implements AutoCloseable {
        private final Input input;
        private final CountingStream raw;
        private final LineReader lines;
        private final Decompressed content;

        Opened(Input input, CountingStream raw, Decompressed content, LineReader lines) {
            this.input = input;
            this.raw = raw;
            this.lines = lines;
            this.content = content;
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

        /** NULs that were left out, and bytes after the end of the compressed content. */
        long ignoredBytes() {
            return lines.nullBytes() + content.ignoredBytes();
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
                        "input " + input.name() + " is empty ("
                                + content.compressions().stream()
                                        .findFirst()
                                        .map(kind -> "no content in the " + kind.label() + " file)")
                                        .orElse("0 bytes)"));
            }
            refuseBinary(head);
        }

        /** The lines of the beginning, the last one left out if it may go on. */
        List<String> headLines() {
            byte[] head = lines.head();
            String text = new String(head, StandardCharsets.UTF_8);
            int end = lines.headIsAll() ? text.length() : Math.max(text.lastIndexOf('\n'), 0);
            return text.substring(0, end == 0 ? text.length() : end)
                    .replace("\uFEFF", "")
                    .replaceAll("\u0000+", "\n")
                    .lines()
                    .toList();
        }

        private void refuseBinary(byte[] head) {
            Archive archive = Archive.of(head, head.length).orElse(null);
            if (archive != null) {
                throw new LogParseException(Kind.BAD_FORMAT, "input " + input.name() + " " + archive.problem());
            }
            if (looksBinary(head)) {
                throw new LogParseException(
                        Kind.BAD_FORMAT,
                        "input " + input.name() + " is a binary file, not a text log; it begins \""
                                + Excerpt.of(new String(head, 0, Math.min(head.length, 40), StandardCharsets.UTF_8))
                                + "\"");
            }
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
}
