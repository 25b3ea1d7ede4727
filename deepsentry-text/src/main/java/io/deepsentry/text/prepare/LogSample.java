package io.deepsentry.text.prepare;

import com.google.common.hash.Hashing;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What training needs of a log, in a size that does not grow with it: whole sessions, as many as fit, each as likely to
 * be among them as any other. Lines can be added on many machines and the parts merged in any order, with the same
 * result to the bit. The lines of a session need not come to one machine, nor in their order.
 *
 * <pre>{@code
 * LogSample sample = LogSample.of(reading, Redaction.SECRETS, LogSample.DEFAULT_SIZE);
 * events.forEach(sample::add);
 * sample.merge(LogSample.fromBytes(bytesOfAnotherPart));
 * sample.write(Path.of("app.sample"));
 * }</pre>
 *
 * <p>{@link Prepare} takes the file as an input. Sessions are ranked by the hash of their keys, and the first ones stay
 * (bottom-k sampling, Cohen and Kaplan, 2007): one that is among the first of the whole log is among the first of each
 * part, from its first line on. A line without a key is ranked by itself. Everything is kept as long as it fits; such a
 * sample is the log.
 *
 * <p>Secrets are redacted before anything is kept. For one thread at a time.
 */
public final class LogSample {
    /** Characters of text, about half a million lines: a training of minutes, from a file of a few megabytes. */
    public static final long DEFAULT_SIZE = 64L << 20;
    /** The largest size. */
    public static final long LARGEST_SIZE = 1L << 30;

    /** What a line takes beside its text. */
    private static final int LINE_SIZE = 32;
    /** No place that a line can be read back from: the bytes at which lines begin are not kept. */
    static final long NO_OFFSET = Long.MAX_VALUE;

    private final Reading reading;
    private final Redaction redaction;
    private long size;
    /** By the unsigned hashes of their keys. */
    private final TreeMap<Long, Ranked> kept = new TreeMap<>(Long::compareUnsigned);
    /** The least hash that did not fit; none from it on is kept. */
    private @Nullable Long limit;

    private long keptSize;
    private long lines;
    private long linesWithoutKey;
    /** Sources and levels are few, and come with each line. */
    private final Map<String, String> names = new HashMap<>();

    /**
     * How a log is read. Parts that were read differently cannot be merged.
     *
     * @param format a preset or a layout
     * @param timeFormat how times are written, or null for what the format usually has
     * @param customParser the class that reads it in place of a format, or null
     * @param zone the zone of times that do not name theirs
     * @param onMalformed what happens to lines that do not fit
     * @param sessionKey what makes sessions, as {@link io.deepsentry.parse.SessionKey} says
     */
    public record Reading(
            String format,
            @Nullable String timeFormat,
            @Nullable String customParser,
            ZoneId zone,
            OnMalformed onMalformed,
            String sessionKey) {}

    /**
     * A line of a session.
     *
     * @param event without keys
     * @param place of the session's key among those of the line
     */
    record Line(LogEvent event, int place) {
        /** As the log has them, if it is in the order of its times. Equal lines of several sessions stand together. */
        static final Comparator<Line> ORDER = Comparator.comparing((Line line) -> time(line.event))
                .thenComparing(line -> line.event.origin().file())
                .thenComparingLong(line -> line.event.origin().lineNumber())
                .thenComparing(line -> line.event.message())
                .thenComparing(line -> line.event.fields().toString())
                .thenComparing(line -> line.event.level() + "\n" + line.event.component() + "\n" + line.event.thread()
                        + "\n" + line.event.label())
                .thenComparingInt(Line::place);

        private static Instant time(LogEvent event) {
            Instant time = event.time();
            return time == null ? Instant.MIN : time;
        }

        long size() {
            long size = LINE_SIZE + (long) event.message().length() + length(event.thread());
            for (Map.Entry<String, String> field : event.fields().entrySet()) {
                size += field.getKey().length() + field.getValue().length();
            }
            return size + length(event.level()) + length(event.component());
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }

    /** Lines of one hash. */
    static final class Ranked {
        /** Null for a line without a key. */
        final @Nullable String key;

        final List<Line> lines = new ArrayList<>();

        private long size;

        Ranked(@Nullable String key) {
            this.key = key;
        }

        List<Line> inOrder() {
            lines.sort(Line.ORDER);
            return lines;
        }
    }

    LogSample(Reading reading, Redaction redaction, long size) {
        if (size < 1 || size > LARGEST_SIZE) {
            throw new IllegalArgumentException("size must be from 1 to " + LARGEST_SIZE + ", but was " + size);
        }
        this.reading = reading;
        this.redaction = redaction;
        this.size = size;
    }

    /**
     * Returns a sample of nothing yet.
     *
     * @param reading how the lines are read
     * @param redaction what is taken out of them first
     * @param size the characters that are kept, from 1 to {@link #LARGEST_SIZE}; memory holds two to three times as
     *     many bytes
     */
    public static LogSample of(Reading reading, Redaction redaction, long size) {
        return new LogSample(reading, redaction, size);
    }

    /**
     * Adds a line with each of its sessions, which are its keys.
     *
     * @param event the line
     */
    public void add(LogEvent event) {
        lines++;
        List<String> keys = event.sessionKeys();
        linesWithoutKey += keys.isEmpty() ? 1 : 0;
        LogEvent bare = null;
        for (int place = 0; place < Math.max(1, keys.size()); place++) {
            String key = keys.isEmpty() ? null : keys.get(place);
            long hash = key == null ? ofLine(event) : hash("k" + key);
            if (fits(hash)) {
                bare = bare == null ? bare(event) : bare;
                add(hash, key, new Line(bare, place));
            }
        }
    }

    private static long ofLine(LogEvent event) {
        return hash("l" + event.origin() + " " + event.time());
    }

    private static long hash(String text) {
        return Hashing.murmur3_128().hashString(text, StandardCharsets.UTF_8).asLong();
    }

    private LogEvent bare(LogEvent event) {
        LogEvent safe = event.redacted(redaction);
        return new LogEvent(
                safe.time(),
                safe.message(),
                safe.level() == null ? null : name(safe.level()),
                safe.component(),
                safe.thread(),
                new Origin(name(safe.origin().file()), safe.origin().lineNumber(), NO_OFFSET),
                List.of(),
                safe.label(),
                safe.fields());
    }

    private String name(String text) {
        return names.computeIfAbsent(text, same -> same);
    }

    private boolean fits(long hash) {
        return limit == null || Long.compareUnsigned(hash, limit) < 0;
    }

    /** Adds a line whose hash fits. */
    private void add(long hash, @Nullable String key, Line line) {
        Ranked ranked = kept.computeIfAbsent(hash, unused -> new Ranked(key));
        long added = line.size();
        ranked.lines.add(line);
        ranked.size += added;
        keptSize += added;
        trim();
    }

    /** Adds a line that {@link SampleFile} has read. */
    void add(@Nullable String key, Line line) {
        long hash = key == null ? ofLine(line.event) : hash("k" + key);
        if (fits(hash)) {
            add(hash, key, line);
        }
    }

    private void trim() {
        while (keptSize > size) {
            Map.Entry<Long, Ranked> last = kept.pollLastEntry();
            keptSize -= last.getValue().size;
            limit = last.getKey();
        }
    }

    /**
     * Adds what another part holds. The smaller of both sizes applies.
     *
     * @param other the other part, which stays as it is
     * @throws DataException if it was read differently
     */
    public void merge(LogSample other) {
        if (!other.reading.equals(reading)) {
            throw new DataException("samples must be of logs that were read alike to be merged, but one has " + reading
                    + ", the other " + other.reading);
        }
        size = Math.min(size, other.size);
        lines += other.lines;
        linesWithoutKey += other.linesWithoutKey;
        if (other.limit != null && fits(other.limit)) {
            lower(other.limit);
        }
        trim();
        other.kept.forEach((hash, ranked) -> {
            for (Line line : ranked.lines) {
                if (fits(hash)) {
                    add(hash, ranked.key, line);
                }
            }
        });
    }

    private void lower(long newLimit) {
        limit = newLimit;
        NavigableMap<Long, Ranked> beyond = kept.tailMap(newLimit, true);
        beyond.values().forEach(ranked -> keptSize -= ranked.size);
        beyond.clear();
    }

    /** {@return how the log was read} */
    public Reading reading() {
        return reading;
    }

    /** {@return the characters that are kept at most} */
    public long size() {
        return size;
    }

    /** {@return how many lines were added, those that are not kept included} */
    public long lines() {
        return lines;
    }

    /** {@return how many of them have no session key} */
    public long linesWithoutKey() {
        return linesWithoutKey;
    }

    /** {@return how many lines are kept; one of several sessions counts with each} */
    public long keptLines() {
        return kept.values().stream().mapToLong(ranked -> ranked.lines.size()).sum();
    }

    /** {@return how many sessions are kept} */
    public long keptSessions() {
        return kept.values().stream().filter(ranked -> ranked.key != null).count();
    }

    /** {@return whether everything is kept} */
    public boolean isWhole() {
        return limit == null;
    }

    /** {@return the share of all sessions that is kept, above 0 and at most 1; known to about 1 / sqrt(sessions)} */
    public double share() {
        if (limit == null) {
            return 1;
        }
        return Math.max(Double.MIN_NORMAL, (limit >>> 1) / 0x1p63);
    }

    @Nullable
    Long limit() {
        return limit;
    }

    NavigableMap<Long, Ranked> kept() {
        return kept;
    }

    /** Continues with the counts of a file. */
    void resume(long allLines, long allWithoutKey, @Nullable Long fileLimit) {
        lines = allLines;
        linesWithoutKey = allWithoutKey;
        if (fileLimit != null) {
            lower(fileLimit);
        }
    }

    /**
     * Returns the events that are kept, with those of their sessions that are: by time, then by source and line.
     *
     * @return a list of its own
     * @throws MissingDataException if nothing is kept
     */
    public List<LogEvent> events() {
        record Of(Line line, @Nullable String key) {}
        List<Of> all = new ArrayList<>();
        kept.values().forEach(ranked -> ranked.lines.forEach(line -> all.add(new Of(line, ranked.key))));
        if (all.isEmpty()) {
            throw new MissingDataException(
                    lines == 0
                            ? "the sample is of a log without lines"
                            : "no session of the log fits into a sample of " + size
                                    + " characters; take a larger one, or a key of shorter sessions");
        }
        all.sort(Comparator.comparing(Of::line, Line.ORDER));
        List<LogEvent> events = new ArrayList<>(all.size());
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Line line = all.get(i).line();
            String key = all.get(i).key();
            if (key != null) {
                keys.add(key);
            }
            boolean goesOn = i + 1 < all.size()
                    && all.get(i + 1).line().place() > line.place()
                    && all.get(i + 1).line().event().equals(line.event());
            if (!goesOn) {
                events.add(line.event().withSessionKeys(keys));
                keys.clear();
            }
        }
        return events;
    }

    /** {@return the sample as bytes, which are equal where samples are} */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            SampleFile.write(this, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the sample that {@link #toBytes} has written.
     *
     * @param bytes the bytes
     * @return the sample
     * @throws DataException if they are not such bytes
     */
    public static LogSample fromBytes(byte[] bytes) {
        return SampleFile.read(new ByteArrayInputStream(bytes), "a sample of a log");
    }

    /**
     * Writes the sample to a file, at once or not at all.
     *
     * @param file the file, which is overwritten
     * @throws DataException if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, out -> SampleFile.write(this, out));
    }

    /**
     * Reads a file that {@link #write} has written.
     *
     * @param file the file
     * @return the sample
     * @throws DataException if it is not such a file
     */
    public static LogSample read(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return SampleFile.read(in, file.toString());
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e, e);
        }
    }

    /**
     * Says whether a file begins as samples do.
     *
     * @param file any path
     * @return false if it is no regular file, or cannot be read
     */
    public static boolean isSample(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return SampleFile.begins(in.readNBytes(SampleFile.MAGIC_BYTES));
        } catch (IOException e) {
            // Whoever reads it says so.
            return false;
        }
    }
}
