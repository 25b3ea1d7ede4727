package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.ReadStats.MalformedLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one or several inputs, one after the other, lazily and in constant memory.
 *
 * <p>Inputs are plain or gzip (told by content), UTF-8; broken UTF-8 becomes U+FFFD. It can be gone through once. One
 * thread at a time. Reading throws {@link LogParseException}: an input that fits its format in none of its first
 * {@value #FIRST_LINES} lines, one that breaks off, or a malformed line under {@link OnMalformed#FAIL}.
 */
public final class LogReader implements Iterable<LogEvent>, AutoCloseable {
    /** An input of which none of so many lines fits is refused. */
    public static final int FIRST_LINES = 1000;
    /** The length, in chars, beyond which the rest of a line is left out, unless set otherwise. */
    public static final int DEFAULT_MAX_LINE_LENGTH = 1 << 20;

    private final Deque<Input> waiting;
    private final Deque<Input.Opened> openedEarly = new ArrayDeque<>();
    private final Builder settings;
    private final String formatName;
    private final @Nullable String why;
    private final long totalBytes;

    private Input.@Nullable Opened current;
    private @Nullable LogParser parser;
    private @Nullable Draft draft;
    private @Nullable LogParseException failure;
    private boolean started;
    private boolean closed;

    private long linesOfInput;
    private boolean fitted;
    private @Nullable MalformedLine firstUnfit;
    private long finishedRawBytes;
    private long finishedBytes;

    private long lines;
    private long events;
    private long malformed;
    private long attached;
    private long blank;
    private long cut;
    private long withoutKey;
    private final List<MalformedLine> firstMalformed = new ArrayList<>();

    private LogReader(Builder settings) {
        this.settings = settings;
        this.waiting = new ArrayDeque<>(settings.inputs);
        this.totalBytes = total(settings.inputs);
        if (settings.parser == null && settings.format.strip().equalsIgnoreCase(LogFormat.AUTO)) {
            FormatDetector.Detected detected = detect();
            this.formatName = detected.name();
            this.why = detected.why();
        } else {
            this.formatName = settings.parser == null ? settings.format.strip() : settings.parserName();
            this.why = null;
        }
        if (settings.parser == null) {
            // An unknown name or a broken layout is told before the first byte is read.
            parserFor(Optional.empty());
        }
    }

    /** Starts the settings of a reader. */
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

    private FormatDetector.Detected detect() {
        try {
            return detectFormat();
        } catch (LogParseException e) {
            openedEarly.forEach(Input.Opened::close);
            throw e;
        }
    }

    private FormatDetector.Detected detectFormat() {
        List<String> sample = new ArrayList<>();
        for (Input input : settings.inputs) {
            Input.Opened opened = input.open(settings.maxLineLength);
            if (input.isFile()) {
                try (opened) {
                    opened.readHead(Integer.MAX_VALUE);
                    sample.addAll(FormatDetector.sample(opened));
                }
            } else {
                openedEarly.add(opened);
                opened.readHead(FormatDetector.LINES);
                sample.addAll(FormatDetector.sample(opened));
            }
        }
        return FormatDetector.detectLines(sample, settings.options(null));
    }

    /** The format in use: a preset's name, a layout, {@code regex:...}, or the class of a parser. For {@code auto}, what was chosen. */
    public String formatName() {
        return formatName;
    }

    /** For {@code auto}, a sentence that says which format was chosen and why. */
    public Optional<String> detection() {
        return Optional.ofNullable(why);
    }

    /** The size of all inputs in bytes as stored; empty if one of them is no regular file. */
    public OptionalLong totalBytes() {
        return totalBytes < 0 ? OptionalLong.empty() : OptionalLong.of(totalBytes);
    }

    /** How many bytes of {@link #totalBytes} were taken so far. */
    public long bytesRead() {
        Input.Opened opened = current;
        return finishedRawBytes + (opened == null ? 0 : opened.rawBytes());
    }

    /** What was seen so far. */
    public ReadStats stats() {
        Input.Opened opened = current;
        long bytes = finishedBytes + (opened == null ? 0 : opened.lines().offset());
        return new ReadStats(lines, events, malformed, attached, blank, cut, withoutKey, bytes, firstMalformed);
    }

    /** The events, in order. Can be asked for once. */
    @Override
    public Iterator<LogEvent> iterator() {
        if (started) {
            throw new IllegalStateException("a LogReader can be gone through once; open another for a second time");
        }
        started = true;
        return new Events();
    }

    /** The events, in order, as a sequential stream. Can be asked for once. */
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
        openedEarly.forEach(Input.Opened::close);
    }

    private final class Events implements Iterator<LogEvent> {
        private @Nullable LogEvent ready;

        @Override
        public boolean hasNext() {
            if (ready == null) {
                ready = advance();
            }
            return ready != null;
        }

        @Override
        public LogEvent next() {
            if (!hasNext() || ready == null) {
                throw new NoSuchElementException("no more events");
            }
            LogEvent event = ready;
            ready = null;
            return event;
        }
    }

    private @Nullable LogEvent advance() {
        if (closed) {
            throw new IllegalStateException("the LogReader is closed");
        }
        while (true) {
            if (failure != null) {
                throw failure;
            }
            Input.Opened opened = current;
            if (opened == null) {
                if (waiting.isEmpty()) {
                    return null;
                }
                opened = begin(waiting.remove());
                current = opened;
            }
            LogEvent event = step(opened);
            if (event != null) {
                return event;
            }
        }
    }

    private Input.Opened begin(Input input) {
        linesOfInput = 0;
        fitted = false;
        firstUnfit = null;
        parser = settings.parser != null ? settings.parser : parserFor(input.lastModified());
        for (Input.Opened early : openedEarly) {
            if (early.input() == input) {
                openedEarly.remove(early);
                return early;
            }
        }
        Input.Opened opened = input.open(settings.maxLineLength);
        current = opened;
        opened.readHead(input.isFile() ? Integer.MAX_VALUE : 1);
        return opened;
    }

    private LogParser parserFor(Optional<Instant> lastModified) {
        LogFormat.Options options = settings.options(lastModified.orElse(null));
        if (why != null) {
            return FormatDetector.parser(formatName, options);
        }
        return LogFormat.of(formatName, options);
    }

    /** Takes one line; gives an event when one is complete. */
    private @Nullable LogEvent step(Input.Opened opened) {
        LineReader source = opened.lines();
        String line;
        try {
            line = source.next();
        } catch (IOException e) {
            failure = opened.input()
                    .unreadable(
                            e,
                            " after " + plural(source.lineNumber(), "whole line") + " ("
                                    + plural(source.offset(), "byte") + " of text, " + plural(lines, "line")
                                    + " in all inputs)");
            return complete();
        }
        if (line == null) {
            endOf(opened);
            return complete();
        }
        lines++;
        if (source.wasCut()) {
            cut++;
        }
        if (line.isBlank()) {
            blank++;
            return null;
        }
        linesOfInput++;
        Optional<ParsedLine> parsed = parserInUse().parse(line);
        if (parsed.isEmpty()) {
            unfit(opened, line);
            return null;
        }
        if (firstUnfit != null && settings.onMalformed == OnMalformed.FAIL) {
            failure = malformedLine(firstUnfit);
            return null;
        }
        fitted = true;
        Draft next =
                new Draft(parsed.get(), new Origin(opened.input().name(), source.lineNumber(), source.lineOffset()));
        if (settings.sessionKey != null) {
            settings.sessionKey.collect(line, next.keys);
        }
        if (settings.onMalformed != OnMalformed.ATTACH) {
            return event(next);
        }
        LogEvent done = complete();
        draft = next;
        return done;
    }

    private LogParser parserInUse() {
        if (parser == null) {
            throw new IllegalStateException("no input was begun");
        }
        return parser;
    }

    private void unfit(Input.Opened opened, String line) {
        malformed++;
        LineReader source = opened.lines();
        MalformedLine bad = new MalformedLine(
                new Origin(opened.input().name(), source.lineNumber(), source.lineOffset()), Excerpt.of(line));
        if (firstMalformed.size() < ReadStats.MAX_REPORTED) {
            firstMalformed.add(bad);
        }
        if (firstUnfit == null) {
            firstUnfit = bad;
        }
        if (!fitted) {
            // Whether this is one bad line or the wrong format is told by the lines that follow.
            if (linesOfInput >= FIRST_LINES) {
                failure = badFormat(opened.input(), bad);
            }
        } else if (settings.onMalformed == OnMalformed.FAIL) {
            failure = malformedLine(bad);
        } else if (settings.onMalformed == OnMalformed.ATTACH && draft != null) {
            attached++;
            boolean whole = draft.attach(line, settings.maxLineLength);
            if (settings.sessionKey != null) {
                settings.sessionKey.collect(line, draft.keys);
            }
            if (!whole) {
                cut++;
            }
        }
    }

    private void endOf(Input.Opened opened) {
        Input input = opened.input();
        if (linesOfInput == 0) {
            failure = new LogParseException(
                    Kind.EMPTY,
                    "input " + input.name() + " holds no log line, only "
                            + plural(opened.lines().lineNumber(), "blank line"));
        } else if (!fitted && firstUnfit != null) {
            failure = badFormat(input, firstUnfit);
        }
        finishedRawBytes += opened.rawBytes();
        finishedBytes += opened.lines().offset();
        current = null;
        opened.close();
    }

    private LogParseException badFormat(Input input, MalformedLine last) {
        MalformedLine first = firstUnfit == null ? last : firstUnfit;
        String many = linesOfInput == 1 ? "its one line" : "its first " + linesOfInput + " lines";
        return new LogParseException(
                Kind.BAD_FORMAT,
                "format '" + Excerpt.of(formatName) + "' does not fit " + input.name() + ": it fits none of "
                        + many + ". Line " + first.origin().lineNumber() + " is \"" + first.excerpt()
                        + "\". Try format 'auto', another preset (" + String.join(", ", LogFormat.presets())
                        + "), or a layout such as '<Date> <Time> <Level> <Component>: <Content>' with its time format");
    }

    private LogParseException malformedLine(MalformedLine bad) {
        return new LogParseException(
                Kind.MALFORMED_LINE,
                bad.origin() + ": this line does not fit format '" + Excerpt.of(formatName) + "': \"" + bad.excerpt()
                        + "\". To go on past such lines, set on_malformed to skip or attach");
    }

    private @Nullable LogEvent complete() {
        Draft done = draft;
        draft = null;
        return done == null ? null : event(done);
    }

    private LogEvent event(Draft done) {
        events++;
        if (settings.sessionKey != null && done.keys.isEmpty()) {
            withoutKey++;
        }
        return done.event();
    }

    private static String plural(long n, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", n, noun, n == 1 ? "" : "s");
    }

    /** An event to which lines may still be attached. */
    private static final class Draft {
        private final ParsedLine line;
        private final Origin origin;
        private final Set<String> keys = new LinkedHashSet<>(2);
        private @Nullable StringBuilder more;

        Draft(ParsedLine line, Origin origin) {
            this.line = line;
            this.origin = origin;
        }

        /** Appends a line as far as the limit allows; says whether all of it. */
        boolean attach(String text, int maxLength) {
            StringBuilder message = more == null ? new StringBuilder(line.message()) : more;
            more = message;
            int room = maxLength - message.length() - 1;
            if (room <= 0) {
                return false;
            }
            String trimmed = text.stripTrailing();
            int end = Excerpt.cutAt(trimmed, room);
            message.append('\n').append(trimmed, 0, end);
            return end == trimmed.length();
        }

        LogEvent event() {
            String message = more == null ? line.message() : more.toString();
            return new LogEvent(
                    line.time(), message, line.level(), line.component(), origin, List.copyOf(keys), line.label());
        }
    }

    /** The settings of a {@link LogReader}. Without any, {@link #open} refuses: at least one input is needed. */
    public static final class Builder {
        private final List<Input> inputs = new ArrayList<>();
        private String format = LogFormat.AUTO;
        private boolean formatSet;
        private @Nullable LogParser parser;
        private @Nullable String parserClass;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private @Nullable Instant reference;
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.SKIP;
        private int maxLineLength = DEFAULT_MAX_LINE_LENGTH;

        private Builder() {}

        /** Adds a file; {@code -} and {@code /dev/stdin} are standard input. */
        public Builder input(Path path) {
            inputs.add(Input.of(path));
            return this;
        }

        /** Adds files, to be read in this order. */
        public Builder inputs(List<Path> paths) {
            paths.forEach(this::input);
            return this;
        }

        /** Adds files, to be read in this order. */
        public Builder inputs(Path... paths) {
            return inputs(List.of(paths));
        }

        /** Adds a stream, plain or gzip, that the reader closes; the name stands in origins and messages. */
        public Builder input(String name, InputStream stream) {
            inputs.add(Input.of(name, stream));
            return this;
        }

        /** A preset's name, a layout, {@code regex:...} or {@code auto}, the default. */
        public Builder format(String newFormat) {
            format = newFormat;
            formatSet = true;
            return this;
        }

        /** A parser to use instead of a named format. */
        public Builder parser(LogParser newParser) {
            parser = newParser;
            return this;
        }

        /** The class of a {@link LogParser} with a public constructor without arguments, to use instead of a named format. */
        public Builder parserClass(@Nullable String className) {
            parserClass = className;
            return this;
        }

        /** How times are written; see {@link LogFormat.Options#timeFormat}. Null is what the format usually has. */
        public Builder timeFormat(@Nullable String newTimeFormat) {
            timeFormat = newTimeFormat;
            return this;
        }

        /** The zone of times that do not tell theirs; UTC unless set. */
        public Builder zone(ZoneId newZone) {
            zone = newZone;
            return this;
        }

        /** The reference for times without a year; null is when the file was last written, or for a stream the moment of reading. */
        public Builder reference(@Nullable Instant newReference) {
            reference = newReference;
            return this;
        }

        /** The sessions a line belongs to; null, the default, for none. */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /** The sessions a line belongs to, as a regular expression with one group; null for none. */
        public Builder sessionKey(@Nullable String regex) {
            return sessionKey(regex == null ? null : SessionKey.of(regex));
        }

        /** What happens to lines that do not fit; {@link OnMalformed#SKIP} unless set. */
        public Builder onMalformed(OnMalformed newOnMalformed) {
            onMalformed = newOnMalformed;
            return this;
        }

        /** The length in chars beyond which the rest of a line, or of an event with attached lines, is left out; at least 1. */
        public Builder maxLineLength(int chars) {
            if (chars < 1) {
                throw LogParseException.badArgument("maxLineLength must be at least 1, but was " + chars);
            }
            maxLineLength = chars;
            return this;
        }

        /**
         * Checks the inputs and the format and opens the reader; {@code auto} looks at the first lines here.
         *
         * @throws LogParseException if an input is missing, unreadable, empty or no text, or an argument is wrong
         */
        public LogReader open() {
            check();
            Builder copy = copy();
            if (parserClass != null) {
                copy.parser = CustomParser.named(parserClass);
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
                throw LogParseException.badArgument("parser and parserClass were both given; one of them must go");
            }
            boolean custom = parser != null || parserClass != null;
            if (custom && formatSet && !format.strip().equalsIgnoreCase(LogFormat.AUTO)) {
                throw LogParseException.badArgument(
                        "format '" + Excerpt.of(format) + "' and a custom parser were both given; one of them must go");
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
            copy.inputs.addAll(inputs);
            copy.format = format;
            copy.formatSet = formatSet;
            copy.parser = parser;
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

        private LogFormat.Options options(@Nullable Instant fallbackReference) {
            return new LogFormat.Options(timeFormat, zone, reference == null ? fallbackReference : reference);
        }
    }
}
