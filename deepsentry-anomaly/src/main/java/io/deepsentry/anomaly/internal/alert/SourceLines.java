package io.deepsentry.anomaly.internal.alert;

import io.deepsentry.parse.bytes.Compression;
import io.deepsentry.parse.bytes.Decompressed;
import io.deepsentry.parse.bytes.Utf16;
import io.deepsentry.parse.internal.LineText;
import io.deepsentry.parse.redact.Redaction;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads lines back from the logs they came from, by the bytes at which they begin, in any compression and encoding that
 * logs are read in. A line that cannot be read back, because the log is gone, was standard input or is another one now,
 * is left out: an explanation then shows less, but does not fail.
 */
public final class SourceLines {
    /** The longest line that is given, in characters; of a longer one the beginning. */
    public static final int LONGEST = 500;

    private static final int MAX_BYTES = 4 * LONGEST;
    private static final int BUFFER = 1 << 16;
    /** A byte order mark, which is no part of the first line. */
    private static final int MARK_BYTES = 3;

    private SourceLines() {}

    /**
     * Where a line begins.
     *
     * @param file the input as it was named
     * @param offset the byte, in the uncompressed input as UTF-8
     */
    public record Place(String file, long offset) {}

    /**
     * The lines that can be read back, each file in one go.
     *
     * @param redaction what is done to lines before they are shortened
     */
    public static Map<Place, String> read(Collection<Place> places, Redaction redaction) {
        Map<String, TreeSet<Long>> wanted = new TreeMap<>();
        for (Place place : places) {
            wanted.computeIfAbsent(place.file(), unused -> new TreeSet<>()).add(place.offset());
        }
        Map<Place, String> lines = new HashMap<>();
        wanted.forEach((file, offsets) -> readFile(file, new ArrayList<>(offsets), lines, true));
        lines.replaceAll((place, line) -> shortened(redaction.apply(line)));
        return lines;
    }

    /**
     * The lines that can be read back from files that are neither compressed nor UTF-16, at the cost of one access
     * each.
     */
    public static Map<Place, String> readPlain(Collection<Place> places) {
        Map<String, List<Long>> wanted = new TreeMap<>();
        for (Place place : places) {
            wanted.computeIfAbsent(place.file(), unused -> new ArrayList<>()).add(place.offset());
        }
        Map<Place, String> lines = new HashMap<>();
        wanted.forEach((file, offsets) -> readFile(file, offsets, lines, false));
        lines.replaceAll((place, line) -> shortened(line));
        return lines;
    }

    private static void readFile(String name, List<Long> offsets, Map<Place, String> lines, boolean othersToo) {
        try {
            Path file = Path.of(name);
            // Reading from a pipe or a terminal would take what belongs to somebody else, or wait for ever.
            if (!Files.isRegularFile(file)) {
                return;
            }
            if (isPlain(file)) {
                readPlain(name, file, offsets, lines);
                return;
            }
            if (!othersToo) {
                return;
            }
            try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
                    InputStream in = new BufferedInputStream(Utf16.decoded(Decompressed.open(raw)), BUFFER)) {
                Cursor cursor = new Cursor(in, 0);
                for (long offset : offsets) {
                    cursor.take(name, offset, lines);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            System.getLogger(SourceLines.class.getName())
                    .log(System.Logger.Level.DEBUG, "lines of {0} cannot be read back: {1}", name, e.getMessage());
        }
    }

    /** Whether the bytes of a file are those of its lines: it is neither compressed nor UTF-16. */
    private static boolean isPlain(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file)) {
            byte[] head = raw.readNBytes(Utf16.HEAD);
            return Compression.of(head, head.length).isEmpty() && Utf16.charset(head, head.length) == null;
        }
    }

    private static void readPlain(String name, Path file, List<Long> offsets, Map<Place, String> lines)
            throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            for (long offset : offsets) {
                long from = Math.max(0, offset - 1);
                if (from < channel.size()) {
                    channel.position(from);
                    new Cursor(new BufferedInputStream(Channels.newInputStream(channel), MAX_BYTES), from)
                            .take(name, offset, lines);
                }
            }
        }
    }

    /** A place in a file that only goes forward. */
    private static final class Cursor {
        private final InputStream in;
        private long at;
        private int before = '\n';

        Cursor(InputStream in, long at) {
            this.in = in;
            this.at = at;
        }

        void take(String name, long offset, Map<Place, String> lines) throws IOException {
            while (at < offset - 1) {
                long skipped = in.skip(offset - 1 - at);
                if (skipped <= 0) {
                    int one = in.read();
                    if (one < 0) {
                        return;
                    }
                    skipped = 1;
                }
                at += skipped;
            }
            while (at < offset) {
                before = in.read();
                at++;
            }
            if (before != '\n' && offset != 0 && offset != MARK_BYTES) {
                return;
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int next = in.read();
            while (next >= 0) {
                at++;
                before = next;
                if (next == '\n' || line.size() >= MAX_BYTES) {
                    break;
                }
                line.write(next);
                next = in.read();
            }
            if (line.size() > 0) {
                byte[] bytes = line.toByteArray();
                int from = LineText.begin(bytes, 0, bytes.length);
                int to = LineText.end(bytes, from, bytes.length);
                lines.put(new Place(name, offset), LineText.decode(bytes, from, to));
            }
        }
    }

    /** A long line by its beginning. */
    private static String shortened(String line) {
        if (line.length() <= LONGEST) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return line.substring(0, end) + "...";
    }
}
