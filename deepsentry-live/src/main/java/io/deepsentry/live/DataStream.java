package io.deepsentry.live;

import com.google.common.base.Throwables;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.live.internal.identify.PreparedEvents;
import io.deepsentry.live.internal.identify.PreparedEvents.Preparation;
import io.deepsentry.live.internal.record.RecordEvents;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.EventSource;
import io.deepsentry.live.internal.tail.HeldFiles;
import io.deepsentry.live.internal.tail.LineRules;
import io.deepsentry.live.internal.tail.LogInputs;
import io.deepsentry.live.internal.tail.PollResult;
import io.deepsentry.live.record.RecordSource;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.tail.Overload;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.LogParser;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.OnMalformed;
import io.deepsentry.parse.SessionKey;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a log as it is written: a file that grows, is rotated, truncated or does not exist yet,
 * standard input, or any input stream.
 *
 * <pre>{@code
 * try (DataStream stream = DataStream.builder()
 *         .logFile(Path.of("/var/log/app.log"))
 *         .tailMode(TailMode.FROM_START)
 *         .open()) {
 *     for (LogEvent event : stream) {
 *         System.out.println(event.message());
 *     }
 * }
 * }</pre>
 *
 * <p>Iterating waits for the next event and ends when the input does, when the stream is closed or cancelled, or when
 * the thread is interrupted (whose interrupt stays set). {@link #nextBatch} returns the events of one interval at a
 * time. Lines that do not fit are counted as {@link LogReader} counts them. An input whose first lines do not fit its
 * format at all ends with a {@link LogParseException}; one that cannot be read any more with a
 * {@link io.deepsentry.core.DataException}.
 *
 * <p>One thread reads; {@link #close} may be called by any.
 */
public final class DataStream implements Iterable<LogEvent>, AutoCloseable {
    /** The time over which events are collected, unless set otherwise. */
    public static final Duration DEFAULT_BATCH_INTERVAL = Duration.ofSeconds(1);
    /**
     * The time for which the unfinished last line, or an event to which lines may be attached, is held back, unless
     * set otherwise.
     */
    public static final Duration DEFAULT_HOLD_TIMEOUT = Duration.ofSeconds(5);
    /**
     * How many events are collected before a batch is handed out early; one may be larger by what one reading brings.
     */
    static final int BATCH_SIZE = 4096;

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(2);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);
    /** Where nothing comes, the caller is given an empty batch as often as this, to look after its own affairs. */
    private static final Duration IDLE_BATCH = Duration.ofSeconds(1);

    /** The batch interval while somebody waits for what was given to be judged. */
    private static final Duration AWAITED = Duration.ofMillis(5);

    private final EventSource source;
    private final LiveClock pace;
    private final Cancellation cancellation;
    private final long batchNanos;
    private final boolean resumable;
    private final boolean readsAhead;

    private final Deque<LogEvent> iterated = new ArrayDeque<>();
    private List<LogEvent> ready = new ArrayList<>();
    private boolean caughtUp;
    /** Whether there is more than what was given last. */
    private boolean backlog;

    /** How often the source was looked at before reading had begun. */
    private int looks;

    private boolean begun;

    private boolean iterating;
    private boolean ended;
    /** Whether the thread was interrupted, which the next call says. */
    private boolean interrupted;

    private @Nullable LogParseException failure;
    private volatile boolean closed;

    private volatile @Nullable ExecutorService reader;
    /** The reading of events that come after those given; null where nothing is read ahead. */
    private @Nullable Future<Ahead> reading;
    /**
     * What there is to say of the events given, while others are being read; null where that is what the source says.
     */
    private @Nullable Given given;

    private @Nullable PreparedEvents prepared;

    /** What was met at the last look ahead, and what was found out of the events. */
    private record Ahead(PollResult state, PreparedEvents prepared) {}

    private record Given(StreamStats stats, Map<String, ReadPosition> places, long keptLines) {}

    private DataStream(Builder settings, EventSource source) {
        this.source = source;
        this.pace = settings.pace;
        this.cancellation = settings.cancellation;
        this.batchNanos = settings.batchInterval.toNanos();
        this.resumable = settings.resumable;
        this.readsAhead = settings.feed == null && settings.eventFeed == null && settings.records == null;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder; set exactly one input before you call {@link Builder#open}
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the events of the next interval, in order. Waits until the batch interval has passed or enough has been
     * collected; a backlog is returned without waiting.
     *
     * @return the events; empty if nothing came for about a second, and at the end
     * @throws InterruptedException if the thread is interrupted while waiting and nothing was collected; what was
     *     collected is returned first, and the next call throws
     * @throws LogParseException if the log cannot be read any further or does not fit its format; the events before
     *     it are returned first
     */
    public List<LogEvent> nextBatch() throws InterruptedException {
        long began = pace.nanoTime();
        long wait = SHORTEST_WAIT.toNanos();
        Ahead ahead = takeAhead();
        prepared = ahead == null ? null : ahead.prepared();
        PollResult lookedAhead = ahead == null ? null : ahead.state();
        while (!ended) {
            interrupted |= Thread.interrupted();
            if (interrupted) {
                // What was collected is given first: places() counts it as given.
                if (ready.isEmpty()) {
                    interrupted = false;
                    throw new InterruptedException("interrupted while waiting for log lines");
                }
                break;
            }
            PollResult state = lookedAhead == null ? look() : lookedAhead;
            lookedAhead = null;
            if (failure != null) {
                if (ready.isEmpty()) {
                    throw failure;
                }
                break;
            }
            long now = pace.nanoTime();
            long passed = now - began;
            caughtUp = state == PollResult.IDLE;
            if (state == PollResult.ENDED) {
                ended = true;
                begun |= isPlaced();
                break;
            }
            if (resumable && !begun && beginsNow()) {
                // Whoever keeps places gets those at which reading begins at once.
                break;
            }
            if (!caughtUp) {
                wait = SHORTEST_WAIT.toNanos();
                if (ready.size() >= BATCH_SIZE || passed >= (ready.isEmpty() ? idleNanos() : batchNanos)) {
                    break;
                }
                continue;
            }
            long due = source.isAwaited()
                    ? Math.min(batchNanos, AWAITED.toNanos())
                    : ready.isEmpty() ? idleNanos() : batchNanos;
            if (passed >= due) {
                break;
            }
            try {
                pace.pause(Duration.ofNanos(Math.min(wait, due - passed)));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            wait = Math.min(2 * wait, LONGEST_WAIT.toNanos());
        }
        List<LogEvent> batch = ready;
        ready = new ArrayList<>();
        backlog = !ended && !interrupted && failure == null && !caughtUp && batch.size() >= BATCH_SIZE;
        return batch;
    }

    /** Waits for what is being read ahead. If it is interrupted meanwhile, that comes with the next call. */
    private @Nullable Ahead takeAhead() throws InterruptedException {
        Future<Ahead> future = reading;
        if (future == null) {
            return null;
        }
        try {
            Ahead ahead = future.get();
            forgetAhead();
            return ahead;
        } catch (ExecutionException e) {
            forgetAhead();
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        }
    }

    private void forgetAhead() {
        reading = null;
        given = null;
    }

    /**
     * Begins to read the next events on a thread of its own, if more are there than were given, until
     * {@link #nextBatch} is called. Until then the stream speaks of the events given. Only for sources that need not
     * know what was judged.
     */
    void readAhead(Preparation preparation) {
        if (!readsAhead || !backlog || closed || reading != null) {
            return;
        }
        given = new Given(stats(), places(), keptLines());
        ExecutorService thread = reader;
        if (thread == null) {
            thread = Executors.newSingleThreadExecutor(work -> {
                Thread made = new Thread(work, "deepsentry-reader");
                made.setDaemon(true);
                return made;
            });
            reader = thread;
        }
        reading = thread.submit(() -> lookAhead(preparation));
    }

    private Ahead lookAhead(Preparation preparation) {
        PollResult state = PollResult.READ;
        while (state == PollResult.READ && ready.size() < BATCH_SIZE) {
            state = look();
        }
        return new Ahead(state, preparation.prepare(ready));
    }

    /** Whether events after those given are being read. */
    boolean readsAhead() {
        return reading != null;
    }

    /** What is known of the events given, as far as they were read ahead; null where none was. */
    @Nullable
    PreparedEvents prepared() {
        return prepared;
    }

    /** Whether the last look was the one after which each log has been opened, if it can be. */
    private boolean beginsNow() {
        looks++;
        synchronized (source) {
            // A look may leave out those that come after a long log; each next one begins with them.
            begun = source.isPlaced() && looks >= source.stats().files();
        }
        return begun;
    }

    private boolean isPlaced() {
        synchronized (source) {
            return source.isPlaced();
        }
    }

    private long idleNanos() {
        return Math.max(batchNanos, IDLE_BATCH.toNanos());
    }

    private PollResult look() {
        synchronized (source) {
            if (closed || failure != null) {
                return PollResult.ENDED;
            }
            if (cancellation.isCancelled()) {
                if (!resumable) {
                    // Nobody will read what continues it.
                    source.release(ready::add);
                }
                return PollResult.ENDED;
            }
            try {
                return source.poll(ready::add);
            } catch (LogParseException e) {
                failure = e;
                return PollResult.ENDED;
            }
        }
    }

    /**
     * Returns whether the stream has ended: {@link #nextBatch} has returned everything there will ever be.
     *
     * @return true once no further event can come
     */
    public boolean ended() {
        return ended;
    }

    /**
     * Whether reading has begun: what is to be passed over in a log has been. Of a stream that can be resumed, every
     * log was opened as well, as far as it can be, and {@link #places} says which it was.
     */
    boolean begun() {
        return resumable ? begun : isPlaced();
    }

    /**
     * Returns whether everything available had been read at the last look.
     *
     * @return true if nothing waited to be read
     */
    public boolean caughtUp() {
        return caughtUp;
    }

    /**
     * Returns the events one by one. Can be called once.
     *
     * @return an iterator that waits for the next event
     * @throws IllegalStateException if it was called before
     */
    @Override
    public Iterator<LogEvent> iterator() {
        if (iterating) {
            throw new IllegalStateException("a DataStream can be read once; open another to read it again");
        }
        iterating = true;
        return new Events();
    }

    /**
     * Returns a sentence that names the detected format and the reason. If inputs differ, it does so for each format
     * detected so far.
     *
     * @return the sentence; empty if the format was given, or too few lines have been read to detect one
     */
    public Optional<String> detection() {
        Map<String, String> formats = stats().read().formats();
        return formats.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", formats.values()));
    }

    /**
     * Returns the counts so far.
     *
     * @return lines, events and bytes, and what was wrong with them
     */
    public StreamStats stats() {
        if (given != null) {
            return given.stats();
        }
        synchronized (source) {
            return source.stats();
        }
    }

    /**
     * Where reading resumes after a restart, for what was given so far, by the names of the files; empty if that was
     * not asked for.
     */
    Map<String, ReadPosition> places() {
        if (!resumable) {
            return Map.of();
        }
        if (given != null) {
            return given.places();
        }
        synchronized (source) {
            return source.places();
        }
    }

    /** Lines that were read and are in no event yet, but in {@link #places}. */
    long keptLines() {
        if (!resumable) {
            return 0;
        }
        if (given != null) {
            return given.keptLines();
        }
        synchronized (source) {
            return source.keptLines();
        }
    }

    /** Everything given so far is judged, and kept if anything is kept. */
    void settled() {
        synchronized (source) {
            source.settled();
        }
    }

    /** What was seen of records, where they are what is read. */
    RecordStats records() {
        synchronized (source) {
            return source.records();
        }
    }

    /** Ends the stream. A thread that waits in it returns soon. */
    @Override
    public void close() {
        closed = true;
        ExecutorService thread = reader;
        if (thread != null) {
            thread.shutdown();
        }
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
                if (interrupted) {
                    Thread.currentThread().interrupt();
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

    /**
     * Collects the settings of a {@link DataStream}. Set exactly one input: log files, an input stream, a feed or a
     * source of records. Not thread-safe.
     */
    public static final class Builder {
        private List<Path> logFiles = List.of();
        private @Nullable LogFeed feed;
        private @Nullable EventFeed eventFeed;
        private @Nullable RecordSource records;
        private Overload overload = Overload.WAIT;
        private @Nullable Map<String, ReadPosition> places;
        private boolean resumable;
        private @Nullable InputStream input;
        private String inputName = "stdin";
        private TailMode tailMode = TailMode.FROM_END;
        private Duration batchInterval = DEFAULT_BATCH_INTERVAL;
        private Duration holdTimeout = DEFAULT_HOLD_TIMEOUT;
        private String format = LogFormat.AUTO;
        private @Nullable LogParser parser;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.ATTACH;
        private int maxLineLength = LogReader.DEFAULT_MAX_LINE_LENGTH;
        private Cancellation cancellation = Cancellation.none();
        private LiveClock pace = LiveClock.ofSystem();
        private HeldFiles held = HeldFiles.none();

        private Builder() {}

        /**
         * Sets the log to read. A file that is followed need not exist yet.
         *
         * @param newLogFile the file; {@code /dev/stdin} and {@code -} are standard input
         * @return this builder
         */
        public Builder logFile(Path newLogFile) {
            logFiles = List.of(newLogFile);
            return this;
        }

        /**
         * Sets several logs, read at the same time. A name with {@code *}, {@code ?} or {@code [...]} in it stands
         * for all files that match, including later ones, which are read from their beginning. Compressed files and
         * files that another one was rotated into are left out.
         *
         * @param newLogFiles the files or globs
         * @return this builder
         */
        public Builder logFiles(List<Path> newLogFiles) {
            logFiles = List.copyOf(newLogFiles);
            return this;
        }

        /**
         * Reads lines that the program hands over itself, instead of a file.
         *
         * @param newFeed the feed to read
         * @return this builder
         */
        public Builder feed(LogFeed newFeed) {
            feed = Objects.requireNonNull(newFeed, "newFeed");
            return this;
        }

        /**
         * Reads events that the program hands over itself, instead of a file. Settings for the format of lines do not
         * apply to them.
         *
         * @param newFeed the feed to read
         * @return this builder
         */
        public Builder feed(EventFeed newFeed) {
            eventFeed = Objects.requireNonNull(newFeed, "newFeed");
            return this;
        }

        /**
         * Reads records of a broker or another server, instead of a file.
         *
         * @param newRecords the source; the stream closes it
         * @return this builder
         */
        public Builder records(RecordSource newRecords) {
            records = Objects.requireNonNull(newRecords, "newRecords");
            return this;
        }

        /**
         * Sets what happens when standard input, a pipe or the input stream is written faster than it is read.
         *
         * @param newOverload {@link Overload#WAIT}, the default, makes the writer wait
         * @return this builder
         */
        public Builder overload(Overload newOverload) {
            overload = Objects.requireNonNull(newOverload, "newOverload");
            return this;
        }

        /**
         * Where an earlier run was in each file; files that are not in it are read from their beginning. Null, the
         * default, if there was none.
         */
        Builder resume(@Nullable Map<String, ReadPosition> newPlaces) {
            places = newPlaces == null ? null : Map.copyOf(newPlaces);
            return this;
        }

        /** Sets whether positions in files are recorded, so that a later run can continue from them. */
        Builder resumable(boolean newResumable) {
            resumable = newResumable;
            return this;
        }

        /**
         * Reads a stream instead of a file. It is closed at its end.
         *
         * @param name the name in origins and messages
         * @param stream the bytes of the log, in UTF-8 or UTF-16
         * @return this builder
         */
        public Builder input(String name, InputStream stream) {
            inputName = Objects.requireNonNull(name, "name");
            input = Objects.requireNonNull(stream, "stream");
            return this;
        }

        /**
         * Sets where reading of files begins, and whether it ends.
         *
         * @param newTailMode {@link TailMode#FROM_END} unless set
         * @return this builder
         */
        public Builder tailMode(TailMode newTailMode) {
            tailMode = Objects.requireNonNull(newTailMode, "newTailMode");
            return this;
        }

        /**
         * Sets the time over which events are collected.
         *
         * @param newBatchInterval at least zero; zero returns events as soon as they are read;
         *     {@link #DEFAULT_BATCH_INTERVAL} unless set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder batchInterval(Duration newBatchInterval) {
            if (newBatchInterval.isNegative()) {
                throw new IllegalArgumentException("batchInterval must not be negative, but was " + newBatchInterval);
            }
            batchInterval = newBatchInterval;
            return this;
        }

        /**
         * Sets how long to hold back the unfinished last line, or an event to which lines may be attached.
         *
         * @param newHoldTimeout at least zero; {@link #DEFAULT_HOLD_TIMEOUT} unless set
         * @return this builder
         * @throws IllegalArgumentException if it is negative
         */
        public Builder holdTimeout(Duration newHoldTimeout) {
            if (newHoldTimeout.isNegative()) {
                throw new IllegalArgumentException("holdTimeout must not be negative, but was " + newHoldTimeout);
            }
            holdTimeout = newHoldTimeout;
            return this;
        }

        /**
         * Sets the format of lines.
         *
         * @param newFormat a preset's name, a layout, {@code regex:...} or {@code auto}, the default; see
         *     {@link LogFormat}
         * @return this builder
         */
        public Builder format(String newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /**
         * Sets a parser to use instead of a named format.
         *
         * @param newParser reads each line
         * @return this builder
         */
        public Builder parser(LogParser newParser) {
            parser = Objects.requireNonNull(newParser, "newParser");
            return this;
        }

        /**
         * Sets how times are written.
         *
         * @param newTimeFormat the pattern of {@link LogFormat.Options#timeFormat}, or null, the default, for what
         *     the format usually has
         * @return this builder
         */
        public Builder timeFormat(@Nullable String newTimeFormat) {
            timeFormat = newTimeFormat;
            return this;
        }

        /**
         * Sets the zone of times that do not name theirs.
         *
         * @param newZone UTC unless set
         * @return this builder
         */
        public Builder zone(ZoneId newZone) {
            zone = Objects.requireNonNull(newZone, "newZone");
            return this;
        }

        /**
         * Sets the rule that finds the sessions of an event.
         *
         * @param newSessionKey the rule; null, the default, for no sessions
         * @return this builder
         */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /**
         * Sets what happens to lines that do not fit the format.
         *
         * @param newOnMalformed {@link OnMalformed#ATTACH} unless set
         * @return this builder
         */
        public Builder onMalformed(OnMalformed newOnMalformed) {
            onMalformed = Objects.requireNonNull(newOnMalformed, "newOnMalformed");
            return this;
        }

        /**
         * Sets the length beyond which the rest of a line is left out.
         *
         * @param chars at least 1; {@link LogReader#DEFAULT_MAX_LINE_LENGTH} unless set
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxLineLength(int chars) {
            if (chars < 1) {
                throw new IllegalArgumentException("maxLineLength must be at least 1, but was " + chars);
            }
            maxLineLength = chars;
            return this;
        }

        /**
         * Sets a switch that ends the stream.
         *
         * @param newCancellation cancel it from any thread
         * @return this builder
         */
        public Builder cancellation(Cancellation newCancellation) {
            cancellation = Objects.requireNonNull(newCancellation, "newCancellation");
            return this;
        }

        /** Files that were opened before; the stream takes them over. */
        Builder held(HeldFiles newHeld) {
            held = newHeld;
            return this;
        }

        Builder pace(LiveClock newPace) {
            pace = newPace;
            return this;
        }

        /**
         * Opens the stream.
         *
         * @return the open stream; close it
         * @throws IllegalArgumentException if not exactly one input was set, or both a format and a parser were
         * @throws LogParseException if the format is unknown, or a file that is not followed is missing, empty or not
         *     text
         * @throws MissingDataException if the log may not be read
         */
        public DataStream open() {
            int given = (logFiles.isEmpty() ? 0 : 1)
                    + (input == null ? 0 : 1)
                    + (feed == null ? 0 : 1)
                    + (eventFeed == null ? 0 : 1)
                    + (records == null ? 0 : 1);
            if (given != 1) {
                throw new IllegalArgumentException("one of logFile, input, feed and records must be set, but "
                        + (given == 0 ? "none was" : "several were"));
            }
            if (parser != null && !format.strip().equalsIgnoreCase(LogFormat.AUTO)) {
                throw new IllegalArgumentException(
                        "format '" + format + "' and a parser were both given; leave one out");
            }
            if (eventFeed != null) {
                return new DataStream(this, LogInputs.feed(eventFeed.events()));
            }
            LineRules rules = new LineRules(format, parser, timeFormat, zone, sessionKey, onMalformed, maxLineLength);
            if (records != null) {
                return new DataStream(this, new RecordEvents(records, rules, holdTimeout, pace, places));
            }
            LogInputs inputs = new LogInputs(rules, holdTimeout, overload, pace, held);
            if (feed != null) {
                return new DataStream(this, inputs.feed(feed.lines()));
            }
            if (input != null) {
                return new DataStream(this, inputs.stream(inputName, input));
            }
            return new DataStream(this, inputs.files(logFiles, tailMode, resumable, places, BATCH_SIZE));
        }
    }
}
