package io.deepsentry.live.tail;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.internal.state.IoErrors;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.EventAssembler;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of a log as it is written: a file that grows, is rotated, truncated or not yet there, standard input, or any
 * input stream.
 *
 * <p>Iterating waits for the next event and ends when the input does, when the stream is closed or cancelled, or when the
 * thread is interrupted (whose interrupt stays set). {@link #nextBatch} gives the events of one interval at a time. Wrong
 * lines are counted as {@link LogReader} counts them, and an input whose first lines do not fit its format at all ends with
 * a {@link LogParseException}; one that cannot be read any more with a {@link io.deepsentry.core.DataException}.
 *
 * <p>One thread reads; {@link #close} may be called by any.
 */
public final class DataStream implements Iterable<LogEvent>, AutoCloseable {
    /** How often events are handed out at most, unless set otherwise. */
    public static final Duration DEFAULT_BATCH_INTERVAL = Duration.ofSeconds(1);
    /** How long the unfinished last line, or an event to which lines may be attached, is held back, unless set otherwise. */
    public static final Duration DEFAULT_HOLD_TIMEOUT = Duration.ofSeconds(5);
    /** How many events are collected before a batch is handed out early; one may be larger by what one reading brings. */
    static final int BATCH_SIZE = 4096;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(2);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);
    /** Where nothing comes, the caller is given an empty batch as often as this, to look after its own affairs. */
    private static final Duration IDLE_BATCH = Duration.ofSeconds(1);

    private final EventSource source;
    private final LiveClock pace;
    private final Cancellation cancellation;
    private final long batchNanos;

    private final Deque<LogEvent> iterated = new ArrayDeque<>();
    private List<LogEvent> ready = new ArrayList<>();
    private boolean caughtUp;
    private boolean iterating;
    private boolean ended;
    private volatile boolean closed;

    private DataStream(Builder settings, EventSource source) {
        this.source = source;
        this.pace = settings.pace;
        this.cancellation = settings.cancellation;
        this.batchNanos = settings.batchInterval.toNanos();
    }

    /** Starts the settings of a stream. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The events of the next interval, in order. Waits until the batch interval has passed or enough has been collected; a
     * backlog is handed out without waiting. The list is empty where nothing came for a while, and at the end.
     *
     * @throws InterruptedException if the thread is interrupted while waiting; what was collected comes with the next call
     */
    public List<LogEvent> nextBatch() throws InterruptedException {
        long began = pace.nanoTime();
        long wait = SHORTEST_WAIT.toNanos();
        while (!ended) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for log lines");
            }
            LineSource.State state = look();
            long now = pace.nanoTime();
            long passed = now - began;
            caughtUp = state == LineSource.State.IDLE;
            if (state == LineSource.State.ENDED) {
                ended = true;
                break;
            }
            if (!caughtUp) {
                wait = SHORTEST_WAIT.toNanos();
                if (ready.size() >= BATCH_SIZE || (!ready.isEmpty() && passed >= batchNanos)) {
                    break;
                }
                continue;
            }
            long due = ready.isEmpty() ? Math.max(batchNanos, IDLE_BATCH.toNanos()) : batchNanos;
            if (passed >= due) {
                break;
            }
            pace.pause(Duration.ofNanos(Math.min(wait, due - passed)));
            wait = Math.min(2 * wait, LONGEST_WAIT.toNanos());
        }
        List<LogEvent> batch = ready;
        ready = new ArrayList<>();
        return batch;
    }

    private LineSource.State look() {
        if (cancellation.isCancelled()) {
            return LineSource.State.ENDED;
        }
        synchronized (source) {
            return closed ? LineSource.State.ENDED : source.poll(ready::add);
        }
    }

    /** Whether the stream has ended: {@link #nextBatch} has given everything there will ever be. */
    public boolean ended() {
        return ended;
    }

    /** Whether everything there was has been read at the last look. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** The events one by one. Can be asked for once. */
    @Override
    public Iterator<LogEvent> iterator() {
        if (iterating) {
            throw new IllegalStateException("a DataStream can be gone through once; open another for a second time");
        }
        iterating = true;
        return new Events();
    }

    /** For a format that was detected, a sentence that says which and why; empty as long as too few lines are there. */
    public Optional<String> detection() {
        return source.detection();
    }

    /** What was seen so far. */
    public StreamStats stats() {
        synchronized (source) {
            return source.stats();
        }
    }

    /** Where reading goes on after a restart, for what was given so far; by the names of the files. */
    public Map<String, ReadPosition> places() {
        synchronized (source) {
            return source.places();
        }
    }

    /** Ends the stream. A thread that waits in it returns soon. */
    @Override
    public void close() {
        closed = true;
        synchronized (source) {
            source.close();
        }
    }

    private final class Events implements Iterator<LogEvent> {
        @Override
        public boolean hasNext() {
            try {
                while (iterated.isEmpty() && !ended) {
                    iterated.addAll(nextBatch());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return !iterated.isEmpty();
        }

        @Override
        public LogEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no more events");
            }
            return iterated.remove();
        }
    }

    /** The settings of a {@link DataStream}. A log file or an input stream must be named. */
    public static final class Builder {
        private List<Path> logFiles = List.of();
        private @Nullable LogFeed feed;
        private Overload overload = Overload.WAIT;
        private @Nullable Map<String, ReadPosition> places;
        private boolean resumable;
        private @Nullable InputStream input;
        private String inputName = "stdin";
        private boolean tailMode = true;
        private @Nullable Boolean fromStart;
        private boolean untilEnd;
        private Duration batchInterval = DEFAULT_BATCH_INTERVAL;
        private Duration holdTimeout = DEFAULT_HOLD_TIMEOUT;
        private String format = LogFormat.AUTO;
        private @Nullable LogParser parser;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.SKIP;
        private int maxLineLength = LogReader.DEFAULT_MAX_LINE_LENGTH;
        private Cancellation cancellation = Cancellation.none();
        private LiveClock pace = LiveClock.ofSystem();

        private Builder() {}

        /** The log; {@code /dev/stdin} and {@code -} are standard input. A file that is followed need not exist yet. */
        public Builder logFile(Path newLogFile) {
            logFiles = List.of(newLogFile);
            return this;
        }

        /**
         * The logs, read at once. A name with {@code *}, {@code ?} or {@code [...]} in it stands for all files that fit, also those that come later, which are read
         * from their beginning; compressed files and those that another one was rotated into are left out.
         */
        public Builder logFiles(List<Path> newLogFiles) {
            logFiles = List.copyOf(newLogFiles);
            return this;
        }

        /** Lines that the program hands over itself, instead of a file. */
        public Builder feed(LogFeed newFeed) {
            feed = Objects.requireNonNull(newFeed, "newFeed");
            return this;
        }

        /** What becomes of what is written to standard input, a pipe or the input stream faster than it is read; whoever writes waits unless set otherwise. */
        public Builder overload(Overload newOverload) {
            overload = Objects.requireNonNull(newOverload, "newOverload");
            return this;
        }

        /** Where an earlier run was in each file; files that are not in it are read from their beginning. Null, the default, if there was none. */
        public Builder resume(@Nullable Map<String, ReadPosition> newPlaces) {
            places = newPlaces == null ? null : Map.copyOf(newPlaces);
            return this;
        }

        /** Whether places of files are asked for, so that an earlier run can be gone on with. */
        public Builder resumable(boolean newResumable) {
            resumable = newResumable;
            return this;
        }

        /** A stream to read instead of a file, closed at its end; the name stands in origins and messages. */
        public Builder input(String name, InputStream stream) {
            inputName = Objects.requireNonNull(name, "name");
            input = Objects.requireNonNull(stream, "stream");
            return this;
        }

        /** Whether the file is followed as it grows; otherwise it is read from its beginning to its end. True unless set. */
        public Builder tailMode(boolean newTailMode) {
            tailMode = newTailMode;
            return this;
        }

        /** Whether what the file holds already is read too, and not only what is added. False unless set. */
        public Builder fromStart(boolean newFromStart) {
            fromStart = newFromStart;
            return this;
        }

        /** Whether the stream ends at the end of the file instead of following it. False unless set. */
        public Builder untilEnd(boolean newUntilEnd) {
            untilEnd = newUntilEnd;
            return this;
        }

        /** The time over which events are collected; zero hands them out as soon as they are there. */
        public Builder batchInterval(Duration newBatchInterval) {
            if (newBatchInterval.isNegative()) {
                throw new IllegalArgumentException("batchInterval must not be negative, but was " + newBatchInterval);
            }
            batchInterval = newBatchInterval;
            return this;
        }

        /** How long the unfinished last line, or an event to which lines may be attached, is held back. */
        public Builder holdTimeout(Duration newHoldTimeout) {
            if (newHoldTimeout.isNegative()) {
                throw new IllegalArgumentException("holdTimeout must not be negative, but was " + newHoldTimeout);
            }
            holdTimeout = newHoldTimeout;
            return this;
        }

        /** A preset's name, a layout, {@code regex:...} or {@code auto}, the default. */
        public Builder format(String newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /** A parser to use instead of a named format. */
        public Builder parser(LogParser newParser) {
            parser = Objects.requireNonNull(newParser, "newParser");
            return this;
        }

        /** How times are written; null is what the format usually has. */
        public Builder timeFormat(@Nullable String newTimeFormat) {
            timeFormat = newTimeFormat;
            return this;
        }

        /** The zone of times that do not tell theirs; UTC unless set. */
        public Builder zone(ZoneId newZone) {
            zone = Objects.requireNonNull(newZone, "newZone");
            return this;
        }

        /** The sessions a line belongs to; null, the default, for none. */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /** What happens to lines that do not fit; {@link OnMalformed#SKIP} unless set. */
        public Builder onMalformed(OnMalformed newOnMalformed) {
            onMalformed = Objects.requireNonNull(newOnMalformed, "newOnMalformed");
            return this;
        }

        /** The length in chars beyond which the rest of a line is left out; at least 1. */
        public Builder maxLineLength(int chars) {
            if (chars < 1) {
                throw new IllegalArgumentException("maxLineLength must be at least 1, but was " + chars);
            }
            maxLineLength = chars;
            return this;
        }

        /** A switch that ends the stream. */
        public Builder cancellation(Cancellation newCancellation) {
            cancellation = Objects.requireNonNull(newCancellation, "newCancellation");
            return this;
        }

        public Builder pace(LiveClock newPace) {
            pace = newPace;
            return this;
        }

        /**
         * Opens the stream.
         *
         * @throws LogParseException if the format is unknown, or a file that is not followed is missing, empty or no text
         * @throws MissingDataException if the log is a directory or may not be read
         */
        public DataStream open() {
            int given = (logFiles.isEmpty() ? 0 : 1) + (input == null ? 0 : 1) + (feed == null ? 0 : 1);
            if (given != 1) {
                throw new IllegalArgumentException("one of logFile, input and feed must be set, but "
                        + (given == 0 ? "none was" : "several were"));
            }
            if (parser != null && !format.strip().equalsIgnoreCase(LogFormat.AUTO)) {
                throw new IllegalArgumentException(
                        "format '" + format + "' and a parser were both given; one of them must go");
            }
            if (feed != null) {
                return new DataStream(this, followed(feed.source(), null, false));
            }
            boolean toEnd = untilEnd || !tailMode;
            InputStream stream = input;
            if (stream != null) {
                return new DataStream(
                        this,
                        followed(new StreamSource(inputName, () -> stream, maxLineLength, overload), null, false));
            }
            boolean onlyStandardInput = logFiles.stream().allMatch(Builder::isStandardInput);
            if (toEnd && tailMode && !Boolean.TRUE.equals(fromStart) && !onlyStandardInput) {
                throw new IllegalArgumentException(
                        "untilEnd without fromStart reads nothing of a file: it begins at the end and stops there");
            }
            if (toEnd && Boolean.FALSE.equals(fromStart)) {
                throw new IllegalArgumentException("a file that is not followed is read from its beginning:"
                        + " fromStart(false) and tailMode(false) exclude each other");
            }
            return new DataStream(this, files(toEnd));
        }

        private EventSource files(boolean toEnd) {
            List<Glob> globs =
                    logFiles.stream().filter(Glob::isGlob).map(Glob::of).toList();
            Set<Path> named = new LinkedHashSet<>(
                    logFiles.stream().filter(file -> !Glob.isGlob(file)).toList());
            List<Path> fitting = Glob.withoutRotated(
                    globs.stream().flatMap(glob -> glob.files().stream()).toList(), named);
            Set<Path> files = new LinkedHashSet<>(named);
            files.addAll(fitting);
            if (places != null) {
                // What was followed and is away now may have been rotated meanwhile, with a rest to be read.
                places.keySet().stream()
                        .map(Path::of)
                        .filter(file -> globs.stream().anyMatch(glob -> glob.fits(file)))
                        .forEach(files::add);
            }
            boolean plain = files.stream()
                    .allMatch(file -> !isStandardInput(file) && (!Files.exists(file) || Files.isRegularFile(file)));
            files.forEach(Builder::requireReadable);
            if (toEnd && plain && !resumable) {
                if (files.isEmpty()) {
                    throw new MissingDataException("no file fits log_file " + logFiles);
                }
                return new ReadEvents(reader(List.copyOf(files)), files.size());
            }
            Map<String, EventSource> inputs = new LinkedHashMap<>();
            boolean whole = false;
            try {
                for (Path file : files) {
                    inputs.put(file.toString(), input(file, toEnd, Boolean.TRUE.equals(fromStart) || places != null));
                }
                whole = true;
            } finally {
                if (!whole) {
                    inputs.values().forEach(EventSource::close);
                }
            }
            if (globs.isEmpty() && inputs.size() == 1) {
                return inputs.values().iterator().next();
            }
            return new SeveralInputs(inputs, globs, named, file -> input(file, toEnd, true), toEnd, pace, BATCH_SIZE);
        }

        private EventSource input(Path file, boolean toEnd, boolean start) {
            if (isStandardInput(file)) {
                return followed(
                        new StreamSource("stdin", () -> new Unclosed(System.in), maxLineLength, overload), null, false);
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return followed(
                        new StreamSource(file.toString(), () -> Files.newInputStream(file), maxLineLength, overload),
                        null,
                        false);
            }
            if (toEnd && !Files.exists(file) && places == null) {
                throw new MissingDataException("log_file " + file + " does not exist");
            }
            if (toEnd && isCompressed(file)) {
                throw new ConfigException("log_file " + file
                        + " is compressed and cannot be gone on with after a restart; leave checkpoint_dir out");
            }
            ReadPosition place = places == null ? null : places.get(file.toString());
            return followed(
                    new TailedFile(file, start, toEnd, place, maxLineLength),
                    start && place == null ? null : file,
                    place != null);
        }

        private static boolean isCompressed(Path file) {
            if (!Files.exists(file)) {
                return false;
            }
            try (InputStream in = Files.newInputStream(file)) {
                return in.read() == 0x1f && in.read() == 0x8b;
            } catch (IOException e) {
                throw new MissingDataException("log_file " + file + " cannot be read: " + IoErrors.describe(e), e);
            }
        }

        private static void requireReadable(Path file) {
            if (isStandardInput(file)) {
                return;
            }
            if (Files.isDirectory(file)) {
                throw new MissingDataException("log_file " + file + " is a directory: name a file in it");
            }
            if (Files.exists(file) && !Files.isReadable(file)) {
                throw new MissingDataException(
                        "log_file " + file + " may not be read by this user (permission denied)");
            }
        }

        private LogReader reader(List<Path> files) {
            LogReader.Builder builder = LogReader.builder()
                    .inputs(files)
                    .timeFormat(timeFormat)
                    .zone(zone)
                    .sessionKey(sessionKey)
                    .onMalformed(onMalformed)
                    .maxLineLength(maxLineLength);
            return (parser == null ? builder.format(format) : builder.parser(parser)).open();
        }

        /**
         * The events of lines.
         *
         * @param sample a file whose lines tell the format, or null
         * @param fitted whether its lines are known to fit
         */
        private EventSource followed(LineSource lines, @Nullable Path sample, boolean fitted) {
            EventAssembler.Builder assembler = EventAssembler.of(lines.name())
                    .format(format)
                    .parser(parser)
                    .timeFormat(timeFormat)
                    .zone(zone)
                    .clock(pace::now)
                    .sessionKey(sessionKey)
                    .onMalformed(onMalformed)
                    .maxLineLength(maxLineLength)
                    .fitted(fitted)
                    .sample(sample != null && Files.exists(sample) ? sample : null);
            boolean made = false;
            try {
                EventSource events = new FollowedEvents(lines, assembler.build(), pace, holdTimeout.toNanos());
                made = true;
                return events;
            } finally {
                if (!made) {
                    lines.close();
                }
            }
        }

        private static boolean isStandardInput(Path path) {
            String text = path.toString();
            return text.equals("-") || text.equals("/dev/stdin");
        }
    }

    /** Standard input belongs to the whole program. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
