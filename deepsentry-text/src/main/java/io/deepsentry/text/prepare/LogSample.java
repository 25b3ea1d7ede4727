package io.deepsentry.text.prepare;

import com.google.common.hash.Hashing;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import io.deepsentry.text.identity.MessageIdentity;
import io.deepsentry.text.token.NormalizerSettings;
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
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What training needs of a log, in a size that does not grow with it: whole sessions, as many as fit, each as likely to
 * be among them as any other; or, of a log without sessions, whole stretches of so many lines of a source. Lines can be
 * added on many machines and the parts merged in any order, with the same result to the bit. The lines of a session or
 * a stretch need not come to one machine, nor in their order.
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
 * part, from its first line on. A line without a key is ranked by itself. A stretch is ranked by its source and its
 * number in it. Everything is kept as long as it fits; such a sample is the log.
 *
 * <p>Beside its stretches, a sample of a log without sessions has of the whole log how many lines of each message came
 * in each hour, and the first line of each message: of hours and messages likewise those of the least hashes. Lines
 * that are labelled as anomalies are not counted.
 *
 * <p>Secrets are redacted before anything is kept. For one thread at a time.
 */
public final class LogSample {
    /** Characters of text, about half a million lines: a training of minutes, from a file of a few megabytes. */
    public static final long DEFAULT_SIZE = 64L << 20;
    /** The largest size. */
    public static final long LARGEST_SIZE = 1L << 30;
    /** The lines of a stretch unless told otherwise: twice what the kinds of evidence look at in one piece. */
    public static final int DEFAULT_STRETCH = 1000;
    /** The most lines of a stretch. */
    public static final int LONGEST_STRETCH = 1_000_000;

    /** What a line takes beside its text. */
    private static final int LINE_SIZE = 32;
    /** The offset of the lines of a sample: the bytes at which they begin in their log are not kept. */
    public static final long NO_OFFSET = Long.MAX_VALUE;

    /** Of so many characters there may be one message whose first line is kept beside the stretches. */
    private static final int SIZE_OF_FIRST = 1024;
    /** A longer line is no first line. */
    private static final int LONGEST_FIRST = 4096;
    /** Of so many characters there may be one message of an hour whose lines are counted. */
    private static final int SIZE_OF_SUM = 64;

    private static final int LEAST_SUMS = 8192;

    private final Reading reading;
    private final Redaction redaction;
    private long size;
    /** Sessions by the hashes of their keys, or stretches. */
    private final LeastHashes<Ranked> kept;
    /** The first lines of messages, by the hash of the masked message; empty where there are sessions. */
    private final LeastHashes<First> firsts;
    /** What came in which hour; empty where there are sessions. */
    private final LeastHashes<HourSum> hours;

    private final MessageIdentity masking = MessageIdentity.of(NormalizerSettings.DEFAULTS);
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
     * @param sessionKey what makes sessions, as {@link io.deepsentry.parse.SessionKey} says; null: each source is one
     *     stream
     * @param stretch how many lines of a stream are kept, or left out, together; 0 where there are sessions
     */
    public record Reading(
            String format,
            @Nullable String timeFormat,
            @Nullable String customParser,
            ZoneId zone,
            OnMalformed onMalformed,
            @Nullable String sessionKey,
            int stretch) {
        public Reading {
            if (sessionKey == null ? stretch < 1 || stretch > LONGEST_STRETCH : stretch != 0) {
                throw new IllegalArgumentException("stretch must be from 1 to " + LONGEST_STRETCH
                        + " lines, or 0 where there are sessions, but was " + stretch);
            }
        }

        /**
         * As {@link #Reading(String, String, String, ZoneId, OnMalformed, String, int)}, with stretches of {@link
         * #DEFAULT_STRETCH} lines where there are no sessions.
         *
         * @param format a preset or a layout
         * @param timeFormat how times are written, or null
         * @param customParser the class that reads it in place of a format, or null
         * @param zone the zone of times that do not name theirs
         * @param onMalformed what happens to lines that do not fit
         * @param sessionKey what makes sessions, or null
         */
        public Reading(
                String format,
                @Nullable String timeFormat,
                @Nullable String customParser,
                ZoneId zone,
                OnMalformed onMalformed,
                @Nullable String sessionKey) {
            this(
                    format,
                    timeFormat,
                    customParser,
                    zone,
                    onMalformed,
                    sessionKey,
                    sessionKey == null ? DEFAULT_STRETCH : 0);
        }
    }

    /**
     * A line of a session or a stretch.
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

        /** As a source has them. Several lines of one record have one number. */
        static final Comparator<Line> IN_SOURCE = Comparator.comparingLong(
                        (Line line) -> line.event.origin().lineNumber())
                .thenComparing(ORDER);

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

    /** The first line of a message. */
    static final class First {
        /** What is labelled as an anomaly teaches nothing, so another line is preferred. */
        private static final Comparator<Line> ORDER = Comparator.comparing(
                        (Line line) -> line.event.label() == Label.ANOMALY)
                .thenComparing(Line.ORDER);

        private Line line;

        First(Line line) {
            this.line = line;
        }

        void add(Line other) {
            line = ORDER.compare(other, line) < 0 ? other : line;
        }

        Line line() {
            return line;
        }
    }

    LogSample(Reading reading, Redaction redaction, long size) {
        if (size < 1 || size > LARGEST_SIZE) {
            throw new IllegalArgumentException("size must be from 1 to " + LARGEST_SIZE + ", but was " + size);
        }
        this.reading = reading;
        this.redaction = redaction;
        this.size = size;
        this.kept = new LeastHashes<>(size, ranked -> ranked.size);
        this.firsts = new LeastHashes<>(mostFirsts(size), first -> 1);
        this.hours = new LeastHashes<>(mostSums(size), HourSum::size);
    }

    private static long mostFirsts(long size) {
        return Math.max(1, size / SIZE_OF_FIRST);
    }

    private static long mostSums(long size) {
        return Math.max(LEAST_SUMS, size / SIZE_OF_SUM);
    }

    /**
     * Returns a sample of nothing yet.
     *
     * @param reading how the lines are read
     * @param redaction what is taken out of them first
     * @param size the characters that are kept, from 1 to {@link #LARGEST_SIZE}; memory holds two to three times as
     *     many bytes, and for a log without sessions up to twice as many again
     */
    public static LogSample of(Reading reading, Redaction redaction, long size) {
        return new LogSample(reading, redaction, size);
    }

    /**
     * Adds a line with each of its sessions, which are its keys.
     *
     * @param event the line; in a log without sessions its origin's line number says to which stretch it belongs
     */
    public void add(LogEvent event) {
        lines++;
        if (isOfStreams()) {
            addToStream(new Line(bare(event), 0));
            return;
        }
        List<String> keys = event.sessionKeys();
        linesWithoutKey += keys.isEmpty() ? 1 : 0;
        LogEvent bare = null;
        for (int place = 0; place < Math.max(1, keys.size()); place++) {
            String key = keys.isEmpty() ? null : keys.get(place);
            long hash = key == null ? ofLine(event) : hash("k" + key);
            if (kept.fits(hash)) {
                bare = bare == null ? bare(event) : bare;
                add(hash, key, new Line(bare, place));
            }
        }
    }

    private void addToStream(Line line) {
        LogEvent event = line.event;
        linesWithoutKey++;
        add(null, line);
        long message = message(event);
        if (line.size() <= LONGEST_FIRST) {
            addFirst(message, line);
        }
        Instant time = event.time();
        if (time != null && event.label() != Label.ANOMALY) {
            long second = time.getEpochSecond();
            String source = event.origin().file();
            addHour(source, HourSum.hourOf(second), sum -> {
                sum.addLines((int) (Math.floorMod(second, (long) HourSum.SECONDS) / HourSum.MINUTES), 1);
                return sum.addMessage(message, 1);
            });
        }
    }

    /** The hash of a message without what varies in it by its form. */
    private long message(LogEvent event) {
        return hash("m" + masking.open(event).text());
    }

    /** Adds the first line of a message in some part. */
    void addFirst(long message, Line line) {
        if (firsts.fits(message)) {
            firsts.of(message, () -> new First(line)).add(line);
            firsts.trim();
        }
    }

    /** Adds lines to the sum of an hour. */
    void addHour(String source, long hour, ToLongFunction<HourSum> growth) {
        long hash = ofHour(source, hour);
        if (hours.fits(hash)) {
            hours.grew(growth.applyAsLong(hours.of(hash, () -> new HourSum(source, hour))));
        }
    }

    static long ofHour(String source, long hour) {
        return hash("h" + hour + " " + source);
    }

    /** The hash of a stretch, whose number counts from 0. */
    static long ofStretch(String source, long stretch) {
        return hash("t" + stretch + " " + source);
    }

    /** The number of the stretch of a line. */
    long stretch(LogEvent event) {
        return (event.origin().lineNumber() - 1) / reading.stretch();
    }

    private long ofLine(LogEvent event) {
        return isOfStreams()
                ? ofStretch(event.origin().file(), stretch(event))
                : hash("l" + event.origin() + " " + event.time());
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

    /** Adds a line whose hash fits. */
    private void add(long hash, @Nullable String key, Line line) {
        Ranked ranked = kept.of(hash, () -> new Ranked(key));
        long added = line.size();
        ranked.lines.add(line);
        ranked.size += added;
        kept.grew(added);
    }

    /** Adds a line to its session or stretch, and to no sums. */
    void add(@Nullable String key, Line line) {
        long hash = key == null ? ofLine(line.event) : hash("k" + key);
        if (kept.fits(hash)) {
            add(hash, key, line);
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
            throw new DataException("only samples of logs that were read alike can be merged, but one has " + reading
                    + ", the other " + other.reading);
        }
        size = Math.min(size, other.size);
        lines += other.lines;
        linesWithoutKey += other.linesWithoutKey;
        kept.lower(other.kept.limit());
        kept.shrink(size);
        other.kept.kept().forEach((hash, ranked) -> {
            for (Line line : ranked.lines) {
                if (kept.fits(hash)) {
                    add(hash, ranked.key, line);
                }
            }
        });
        firsts.lower(other.firsts.limit());
        firsts.shrink(mostFirsts(size));
        other.firsts.kept().forEach((message, first) -> addFirst(message, first.line));
        hours.lower(other.hours.limit());
        hours.shrink(mostSums(size));
        other.hours.kept().values().forEach(sum -> addHour(sum.source(), sum.hour(), own -> own.add(sum)));
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
        return kept.kept().values().stream()
                .mapToLong(ranked -> ranked.lines.size())
                .sum();
    }

    /** {@return how many sessions are kept} */
    public long keptSessions() {
        return kept.kept().values().stream()
                .filter(ranked -> ranked.key != null)
                .count();
    }

    /** {@return how many stretches are kept; 0 where there are sessions} */
    public long keptStretches() {
        return isOfStreams() ? kept.kept().size() : 0;
    }

    /** {@return of how many messages the first line is kept beside the stretches; 0 where there are sessions} */
    public long keptFirstLines() {
        return firsts.kept().size();
    }

    /** {@return of how many hours of a source the lines are counted; 0 where there are sessions} */
    public long countedHours() {
        return hours.kept().size();
    }

    /** {@return whether the log has no sessions, so that stretches of its sources are kept} */
    public boolean isOfStreams() {
        return reading.sessionKey() == null;
    }

    /** {@return whether everything is kept} */
    public boolean isWhole() {
        return kept.limit() == null;
    }

    /**
     * {@return the share of all sessions that is kept, above 0 and at most 1, known to about 1 / sqrt(sessions); where
     * there are none, that of all lines}
     */
    public double share() {
        return isOfStreams() && !isWhole() ? Math.max(Double.MIN_NORMAL, keptLines() / (double) lines) : kept.share();
    }

    LeastHashes<Ranked> kept() {
        return kept;
    }

    LeastHashes<First> firsts() {
        return firsts;
    }

    LeastHashes<HourSum> hours() {
        return hours;
    }

    /** Continues with the counts of a file. */
    void resume(long allLines, long allWithoutKey) {
        lines = allLines;
        linesWithoutKey = allWithoutKey;
    }

    /**
     * Returns the events that are kept, with those of their sessions that are: by time, then by source and line. Those
     * of streams come source by source, the one that begins first in time before others, and have the order of their
     * lines.
     *
     * @return a list of its own
     * @throws MissingDataException if nothing is kept
     */
    public List<LogEvent> events() {
        if (isOfStreams()) {
            return linesOfStreams().stream()
                    .filter(line -> line.stretch() != IndexRow.ALONE)
                    .map(Stretches.Placed::event)
                    .toList();
        }
        requireAny();
        record Of(Line line, @Nullable String key) {}
        List<Of> all = new ArrayList<>();
        kept.kept().values().forEach(ranked -> ranked.lines.forEach(line -> all.add(new Of(line, ranked.key))));
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

    /** The lines of streams, with the first lines of messages that no stretch has. */
    List<Stretches.Placed> linesOfStreams() {
        requireAny();
        return Stretches.of(this);
    }

    private void requireAny() {
        if (!kept.kept().isEmpty()) {
            return;
        }
        String longer = isOfStreams()
                ? "no stretch of " + reading.stretch() + " lines of the log fits into a sample of " + size
                        + " characters; take a larger one, or shorter stretches"
                : "no session of the log fits into a sample of " + size
                        + " characters; take a larger one, or a key of shorter sessions";
        throw new MissingDataException(lines == 0 ? "the sample is of a log without lines" : longer);
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

    /** Whether a file begins as samples of sessions do. */
    static boolean isSampleOfSessions(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return SampleFile.isOfSessions(in);
        } catch (IOException e) {
            // Whoever reads it says so.
            return false;
        }
    }
}
