package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.internal.Counted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one or several inputs, one after the other, lazily and in constant memory.
 *
 * <pre>{@code
 * try (LogReader reader = LogReader.builder().input(Path.of("app.log.gz")).format("logback").open()) {
 *     for (LogEvent event : reader) {
 *         System.out.println(event.time() + " " + event.message());
 *     }
 *     System.out.println(reader.stats().unread() + " lines fit no record");
 * }
 * }</pre>
 *
 * <p>Inputs are plain or compressed with gzip, bzip2, xz or zstd (recognised by content), in UTF-8 or UTF-16; broken
 * UTF-8 becomes U+FFFD. A reader can be read once, by one thread at a time. Reading throws {@link LogParseException}
 * for an input that fits its format in none of its first {@value #FIRST_LINES} lines, one of which more than half is
 * {@link ReadStats#unread}, one that breaks off, and a malformed line under {@link OnMalformed#FAIL}.
 */
public final class LogReader implements Iterable<LogEvent>, AutoCloseable {
    /** The number of first lines of which at least one must fit the format. */
    public static final int FIRST_LINES = 1000;
    /** The length in chars beyond which the rest of a line is left out, unless set otherwise. */
    public static final int DEFAULT_MAX_LINE_LENGTH = 1 << 20;

    private final Deque<Input> waiting;
    private final Builder settings;
    private final long totalBytes;
    /** Events that are complete and were not asked for yet. */
    private final Deque<LogEvent> ready = new ArrayDeque<>();

    private final Consumer<LogEvent> sink = ready::add;

    private final Set<String> formats = new LinkedHashSet<>();
    private final List<String> detections = new ArrayList<>();

    private Input.@Nullable Opened current;
    private @Nullable EventAssembler assembler;
    /** Whether the format of the current input is in {@link #formats}. */
    private boolean noted;
    /** The format that the current input was the first to have; null if another had it before. */
    private @Nullable String notedAs;

    /** Whether the first line of the current input has carriage returns inside. */
    private boolean hasReturns;

    /** Lines of which an input ended before their last part. */
    private Map<String, EventAssembler.Part> unfinished = Map.of();

    private @Nullable LogParseException failure;
    private boolean started;
    private boolean closed;

    private long finishedRawBytes;
    private ReadStats finished = ReadStats.NONE;

    private LogReader(Builder settings) {
        this.settings = settings;
        this.waiting = new ArrayDeque<>(settings.inputs);
        this.totalBytes = total(settings.inputs);
        boolean auto = settings.parser == null && settings.format.strip().equalsIgnoreCase(LogFormat.AUTO);
        if (!auto && settings.parser == null) {
            // Reports an unknown name or a broken layout before the first byte is read.
            new FormatChoice(settings.format, settings.timeFormat, settings.zone, InstantSource.system());
        }
        if (auto) {
            chooseFormat();
        } else {
            formats.add(settings.parser == null ? settings.format.strip() : settings.parserName());
        }
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder; add an input before you call {@link Builder#open}
     */
    public static Builder builder() {
        return new Builder();
    }

    private static long total(List<Input> inputs) {
        long sum = 0;
        for (Input input : inputs) {
            OptionalLong size = input.size();
            if (size.isEmpty()) {
                return -1;
            }
            sum += size.getAsLong();
        }
        return sum;
    }

    /** Reads as far as the format of the first input is chosen. */
    private void chooseFormat() {
        boolean chosen = false;
        try {
            while (!chosen && failure == null && (current != null || !waiting.isEmpty())) {
                step();
                chosen = !formats.isEmpty();
            }
            if (!chosen && failure != null) {
                throw failure;
            }
            chosen = true;
        } finally {
            if (!chosen) {
                close();
            }
        }
    }

    /**
     * Returns the format in use: a preset's name, a layout, {@code regex:...}, or the class of a parser.
     *
     * @return the name; for {@code auto}, that of the chosen format
     */
    public String formatName() {
        return String.join(" and ", formats);
    }

    /**
     * Returns a sentence that names the format chosen under {@code auto} and the reason.
     *
     * @return the sentence; empty if the format was given
     */
    public Optional<String> detection() {
        return detections.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", detections));
    }

    /**
     * Returns the sentences of {@link #detection()}, one for each format that was chosen so far.
     *
     * @return a copy, in the order of the inputs
     */
    public List<String> detections() {
        return List.copyOf(detections);
    }

    /**
     * Returns the size of all inputs as stored.
     *
     * @return bytes; empty if one of the inputs is not a regular file
     */
    public OptionalLong totalBytes() {
        return totalBytes < 0 ? OptionalLong.empty() : OptionalLong.of(totalBytes);
    }

    /**
     * Returns how much of {@link #totalBytes} has been read.
     *
     * @return bytes
     */
    public long bytesRead() {
        Input.Opened opened = current;
        return finishedRawBytes + (opened == null ? 0 : opened.rawBytes());
    }

    /**
     * Returns the counts so far.
     *
     * @return the counts of the events handed out, and of all lines read
     */
    public ReadStats stats() {
        Input.Opened opened = current;
        EventAssembler assembling = assembler;
        ReadStats stats = finished;
        if (opened != null && assembling != null) {
            stats = stats.plus(stats(opened, assembling));
        }
        // What is ready was not handed out yet.
        return stats.withEvents(stats.events() - ready.size());
    }

    private static ReadStats stats(Input.Opened opened, EventAssembler assembling) {
        return assembling.stats(opened.lines().offset(), opened.ignoredBytes());
    }

    /**
     * Returns the events, in order. Can be called once.
     *
     * @return a lazy iterator
     * @throws IllegalStateException if the reader is being read already
     */
    @Override
    public Iterator<LogEvent> iterator() {
        if (started) {
            throw new IllegalStateException("a LogReader can be read once; open another to read it again");
        }
        started = true;
        return new Events();
    }

    /**
     * Returns the events, in order, as a sequential stream. Can be called once.
     *
     * @return a lazy stream; closing it closes the reader
     * @throws IllegalStateException if the reader is being read already
     */
    public Stream<LogEvent> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false)
                .onClose(this::close);
    }

    /** Closes the input being read; standard input stays open. */
    @Override
    public void close() {
        closed = true;
        if (current != null) {
            current.close();
        }
    }

    private final class Events implements Iterator<LogEvent> {
        @Override
        public boolean hasNext() {
            return advance();
        }

        @Override
        public LogEvent next() {
            if (!advance()) {
                throw new NoSuchElementException("no more events");
            }
            return ready.remove();
        }
    }

    /** Reads until an event is ready, and returns whether there is one. */
    private boolean advance() {
        if (closed) {
            throw new IllegalStateException("the LogReader is closed");
        }
        while (ready.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            if (current == null && waiting.isEmpty()) {
                return false;
            }
            step();
        }
        return true;
    }

    /**
     * Takes one line, or begins or ends an input. What goes wrong is kept until the events before it were asked for.
     */
    private void step() {
        Input.Opened opened = current;
        EventAssembler assembling = assembler;
        if (opened == null || assembling == null) {
            begin(waiting.remove());
            return;
        }
        try {
            step(opened, assembling);
        } catch (LogParseException e) {
            failure = e;
        }
        if (!noted) {
            note(assembling);
        }
    }

    private void begin(Input input) {
        Input.Opened opened = input.open(settings.maxLineLength);
        current = opened;
        EventAssembler assembling = settings.assembler(input);
        assembling.completeParts(unfinished);
        unfinished = Map.of();
        assembler = assembling;
        noted = false;
        hasReturns = false;
        opened.readHead(input.isFile() ? Integer.MAX_VALUE : 1);
    }

    private void step(Input.Opened opened, EventAssembler assembling) {
        LineReader source = opened.lines();
        String text;
        try {
            text = source.next();
        } catch (IOException e) {
            assembling.release(sink);
            failure = opened.input()
                    .unreadable(
                            e,
                            " after " + Counted.of(source.lineNumber(), "whole line") + " ("
                                    + Counted.of(source.offset(), "byte") + " of text, "
                                    + Counted.of(stats().lines(), "line") + " in all inputs)");
            return;
        }
        if (text != null) {
            if (source.lineNumber() == 1) {
                hasReturns |= text.indexOf('\r') >= 0;
            }
            assembling.accept(new RawLine(text, source.lineNumber(), source.lineOffset(), source.wasCut()), sink);
            return;
        }
        try {
            assembling.decide(sink);
            if (!waiting.isEmpty()) {
                unfinished = assembling.takeParts();
            }
            assembling.end(sink);
            ReadStats stats = stats(opened, assembling);
            if (stats.lines() == stats.blank()) {
                throw new LogParseException(
                        Kind.EMPTY,
                        "input " + opened.input().name() + " has no log line, only "
                                + Counted.of(stats.blank(), "blank line"));
            }
        } finally {
            finished = finished.plus(stats(opened, assembling));
            if (hasReturns && source.lineNumber() == 1) {
                finished = finished.plus(ReadStats.ofUnbroken(opened.input().name()));
            }
            finishedRawBytes += opened.rawBytes();
            current = null;
            noteEnd(assembling);
            opened.close();
        }
    }

    /** Remembers the format that was chosen for an input, if it is known and was not before. */
    private void note(EventAssembler assembling) {
        assembling.detection().ifPresent(why -> {
            noted = true;
            notedAs = null;
            if (formats.add(assembling.formatName())) {
                notedAs = assembling.formatName();
                detections.add(why);
            }
        });
    }

    /** Remembers what else lines of an input were read as, which only its end tells. */
    private void noteEnd(EventAssembler assembling) {
        if (noted
                && assembling.detection().isPresent()
                && !assembling.formatName().equals(notedAs)) {
            if (notedAs != null) {
                formats.remove(notedAs);
            }
            formats.add(assembling.formatName());
        }
    }

    /** Collects the settings of a {@link LogReader}. At least one input is needed. Not thread-safe. */
    public static final class Builder {
        private final List<Input> inputs = new ArrayList<>();
        private String format = LogFormat.AUTO;
        private boolean formatSet;
        private @Nullable LogParser parser;
        private @Nullable String parserClass;
        private @Nullable Path parserPath;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private @Nullable Instant reference;
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.ATTACH;
        private int maxLineLength = DEFAULT_MAX_LINE_LENGTH;

        private Builder() {}

        /**
         * Adds a file, or a folder: all logs below it, as {@link InputFiles} finds them.
         *
         * @param path the file or folder; {@code -} and {@code /dev/stdin} are standard input
         * @return this builder
         */
        public Builder input(Path path) {
            inputs.add(Input.of(path));
            return this;
        }

        /**
         * Adds files or folders, to be read in this order.
         *
         * @param paths the files and folders
         * @return this builder
         */
        public Builder inputs(List<Path> paths) {
            paths.forEach(this::input);
            return this;
        }

        /**
         * Adds files or folders, to be read in this order.
         *
         * @param paths the files and folders
         * @return this builder
         */
        public Builder inputs(Path... paths) {
            return inputs(List.of(paths));
        }

        /**
         * Adds a stream, plain or compressed, that the reader closes.
         *
         * @param name the name in origins and messages
         * @param stream the bytes of the log
         * @return this builder
         */
        public Builder input(String name, InputStream stream) {
            inputs.add(Input.of(name, stream));
            return this;
        }

        /**
         * Sets the format.
         *
         * @param newFormat a preset's name, a layout, {@code regex:...} or {@code auto}, the default; see
         *     {@link LogFormat}
         * @return this builder
         */
        public Builder format(String newFormat) {
            format = newFormat;
            formatSet = true;
            return this;
        }

        /**
         * Sets a parser to use instead of a named format.
         *
         * @param newParser the parser
         * @return this builder
         */
        public Builder parser(LogParser newParser) {
            parser = newParser;
            return this;
        }

        /**
         * Sets the class of a parser to use instead of a named format.
         *
         * @param className a class that implements {@link LogParser} and has a public constructor without arguments;
         *     null, the default, for none
         * @return this builder
         */
        public Builder parserClass(@Nullable String className) {
            parserClass = className;
            return this;
        }

        /**
         * Sets where to look for the class of {@link #parserClass}, in addition to the class path.
         *
         * @param jarOrFolder a jar, or a folder of classes and jars; null, the default, for nowhere else
         * @return this builder
         */
        public Builder parserPath(@Nullable Path jarOrFolder) {
            parserPath = jarOrFolder;
            return this;
        }

        /**
         * Sets how times are written.
         *
         * @param newTimeFormat as {@link LogFormat.Options#timeFormat}; null, the default, for what the format
         *     usually has
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
            zone = newZone;
            return this;
        }

        /**
         * Sets the reference for times without a year.
         *
         * @param newReference the reference; null, the default, for when the file was last written, or for a stream
         *     the moment of reading
         * @return this builder
         */
        public Builder reference(@Nullable Instant newReference) {
            reference = newReference;
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
         * Sets the rule that finds the sessions of an event, as text.
         *
         * @param regex what {@link SessionKey#of} takes; null for no sessions
         * @return this builder
         * @throws LogParseException if it is not a session key
         */
        public Builder sessionKey(@Nullable String regex) {
            return sessionKey(regex == null ? null : SessionKey.of(regex));
        }

        /**
         * Sets what happens to lines that do not fit the format.
         *
         * @param newOnMalformed {@link OnMalformed#ATTACH} unless set
         * @return this builder
         */
        public Builder onMalformed(OnMalformed newOnMalformed) {
            onMalformed = newOnMalformed;
            return this;
        }

        /**
         * Sets the length beyond which the rest of a line, or of an event with attached lines, is left out.
         *
         * @param chars at least 1; {@link #DEFAULT_MAX_LINE_LENGTH} unless set
         * @return this builder
         * @throws LogParseException if it is less than 1
         */
        public Builder maxLineLength(int chars) {
            if (chars < 1) {
                throw LogParseException.badArgument("maxLineLength must be at least 1, but was " + chars);
            }
            maxLineLength = chars;
            return this;
        }

        /**
         * Checks the inputs and the format and opens the reader. {@code auto} looks at the first lines here.
         *
         * @return the open reader; close it
         * @throws LogParseException if an input is missing, unreadable, empty or not text, or an argument is wrong
         */
        public LogReader open() {
            Builder copy = copy();
            copy.check();
            if (parserClass != null) {
                copy.parser = CustomParser.named(parserClass, parserPath);
            }
            return new LogReader(copy);
        }

        private void check() {
            if (inputs.isEmpty()) {
                throw LogParseException.badArgument("no input was named; name a file, or - for standard input");
            }
            if (inputs.stream().filter(Input::isStdin).count() > 1) {
                throw LogParseException.badArgument("standard input was named more than once, but can be read once");
            }
            if (parser != null && parserClass != null) {
                throw LogParseException.badArgument("parser and parserClass were both given; leave one out");
            }
            boolean custom = parser != null || parserClass != null;
            if (custom && formatSet && !format.strip().equalsIgnoreCase(LogFormat.AUTO)) {
                throw LogParseException.badArgument(
                        "format '" + Excerpt.of(format) + "' and a custom parser were both given; leave one out");
            }
            if (custom && timeFormat != null) {
                throw LogParseException.badArgument("time format '" + Excerpt.of(timeFormat)
                        + "' and a custom parser were both given; a custom parser reads times itself");
            }
            List<LogParseException> problems = new ArrayList<>();
            for (Input input : inputs) {
                input.problem().ifPresent(problems::add);
            }
            if (problems.size() == 1) {
                throw problems.get(0);
            }
            if (!problems.isEmpty()) {
                throw new LogParseException(
                        problems.get(0).kind(),
                        String.join(
                                "\n",
                                problems.stream().map(Throwable::getMessage).toList()));
            }
        }

        private Builder copy() {
            Builder copy = new Builder();
            inputs.forEach(input -> copy.inputs.addAll(input.files()));
            copy.format = format;
            copy.formatSet = formatSet;
            copy.parser = parser;
            copy.parserClass = parserClass;
            copy.timeFormat = timeFormat;
            copy.zone = zone;
            copy.reference = reference;
            copy.sessionKey = sessionKey;
            copy.onMalformed = onMalformed;
            copy.maxLineLength = maxLineLength;
            return copy;
        }

        private String parserName() {
            return parser == null ? format : parser.getClass().getName();
        }

        private EventAssembler assembler(Input input) {
            Instant written = reference == null ? input.lastModified().orElse(null) : reference;
            return EventAssembler.of(input.name())
                    .format(format)
                    .parser(parser)
                    .timeFormat(timeFormat)
                    .zone(zone)
                    .clock(written == null ? InstantSource.system() : InstantSource.fixed(written))
                    .sessionKey(sessionKey)
                    .onMalformed(onMalformed)
                    .maxLineLength(maxLineLength)
                    .whole(input.file().orElse(null))
                    .build();
        }
    }
}
