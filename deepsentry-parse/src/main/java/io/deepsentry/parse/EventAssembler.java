package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.ReadStats.MalformedLine;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the lines of one input into events, as they arrive.
 *
 * <p>{@link LogReader} and live reading both stand on it, so that the same lines give the same events. With format
 * {@code auto} it holds back the first lines until there are enough of them to choose a format, or no more come. With
 * {@link OnMalformed#ATTACH} it holds back the last event, because lines may still be attached to it.
 *
 * <pre>{@code
 * EventAssembler assembler = EventAssembler.of("app.log").format("logback").build();
 * assembler.accept(new RawLine(text, 1, 0, false), event -> System.out.println(event.message()));
 * assembler.end(event -> System.out.println(event.message()));
 * }</pre>
 *
 * <p>Confined to one thread at a time. When a method throws {@link LogParseException}, every event completed before the
 * failure has been handed out.
 */
public final class EventAssembler {
    private final String input;
    private final FormatChoice format;
    private final @Nullable SessionKey sessionKey;
    private final OnMalformed onMalformed;
    private final int maxLineLength;

    private final List<RawLine> undecided = new ArrayList<>();
    private @Nullable Draft draft;
    private boolean fitted;
    private long linesTried;
    private @Nullable MalformedLine firstUnfit;

    private long lines;
    private long events;
    private long malformed;
    private long attached;
    private long blank;
    private long cut;
    private long withoutKey;
    private final List<MalformedLine> firstMalformed = new ArrayList<>();

    private EventAssembler(Builder settings, FormatChoice format) {
        this.input = settings.input;
        this.format = format;
        this.sessionKey = settings.sessionKey;
        this.onMalformed = settings.onMalformed;
        this.maxLineLength = settings.maxLineLength;
        this.fitted = settings.fitted;
    }

    /**
     * Starts the settings of an assembler.
     *
     * @param input the name of the input in origins and messages
     */
    public static Builder of(String input) {
        return new Builder(input);
    }

    /** Takes the next line and hands out the events that it completes. */
    public void accept(RawLine line, Consumer<? super LogEvent> out) {
        lines++;
        if (line.cut()) {
            cut++;
        }
        if (line.text().isBlank()) {
            blank++;
            return;
        }
        if (format.isOpen()) {
            undecided.add(line);
            if (undecided.size() >= FormatDetector.LINES) {
                decide(out);
            }
            return;
        }
        take(line, out);
    }

    /** Returns whether lines were taken that are not in an event handed out. */
    public boolean holdsBack() {
        return draft != null || !undecided.isEmpty();
    }

    /** Returns the first line that is held back, if there is one. */
    public Optional<RawLine> oldestHeld() {
        Draft held = draft;
        if (held != null) {
            return Optional.of(held.first);
        }
        return undecided.isEmpty() ? Optional.empty() : Optional.of(undecided.get(0));
    }

    /** Hands out what is held back, and chooses the format by the lines there are. */
    public void release(Consumer<? super LogEvent> out) {
        decide(out);
        complete(out);
    }

    /**
     * Hands out what is held back: nothing more will come.
     *
     * @throws LogParseException of kind {@link Kind#BAD_FORMAT} if lines came and none of them fits the format
     */
    public void end(Consumer<? super LogEvent> out) {
        release(out);
        if (!fitted && firstUnfit != null) {
            throw badFormat(firstUnfit);
        }
    }

    /** Returns the format in use; {@code auto} as long as it is not chosen. */
    public String formatName() {
        return format.name();
    }

    /** Returns a sentence that says which format was chosen and why; empty for a named format, and before the choice. */
    public Optional<String> detection() {
        return format.detection();
    }

    /** Returns what was seen so far, given the number of bytes read. */
    public ReadStats stats(long bytes) {
        return new ReadStats(lines, events, malformed, attached, blank, cut, withoutKey, bytes, firstMalformed);
    }

    private void decide(Consumer<? super LogEvent> out) {
        if (undecided.isEmpty()) {
            return;
        }
        format.decide(undecided.stream().map(RawLine::text).toList());
        List<RawLine> waiting = List.copyOf(undecided);
        undecided.clear();
        for (RawLine line : waiting) {
            take(line, out);
        }
    }

    private void take(RawLine line, Consumer<? super LogEvent> out) {
        linesTried++;
        Optional<ParsedLine> parsed = format.parser().parse(line.text());
        if (parsed.isEmpty()) {
            unfit(line, out);
            return;
        }
        if (firstUnfit != null && onMalformed == OnMalformed.FAIL) {
            throw malformedLine(firstUnfit);
        }
        fitted = true;
        complete(out);
        Draft next = new Draft(parsed.get(), line, origin(line));
        if (sessionKey != null) {
            sessionKey.collect(line.text(), next.keys);
        }
        draft = next;
        if (onMalformed != OnMalformed.ATTACH) {
            complete(out);
        }
    }

    private void unfit(RawLine line, Consumer<? super LogEvent> out) {
        malformed++;
        MalformedLine bad = new MalformedLine(origin(line), Excerpt.of(line.text()));
        if (firstMalformed.size() < ReadStats.MAX_REPORTED) {
            firstMalformed.add(bad);
        }
        if (firstUnfit == null) {
            firstUnfit = bad;
        }
        if (!fitted) {
            // Only the lines that follow say whether this is one bad line or the wrong format.
            if (linesTried >= LogReader.FIRST_LINES) {
                throw badFormat(firstUnfit);
            }
        } else if (onMalformed == OnMalformed.FAIL) {
            complete(out);
            throw malformedLine(bad);
        } else if (onMalformed == OnMalformed.ATTACH && draft != null) {
            attach(draft, line);
        }
    }

    private void attach(Draft to, RawLine line) {
        attached++;
        if (!to.attach(line.text(), maxLineLength)) {
            cut++;
        }
        if (sessionKey != null) {
            sessionKey.collect(line.text(), to.keys);
        }
    }

    private Origin origin(RawLine line) {
        return new Origin(input, line.number(), line.offset());
    }

    private void complete(Consumer<? super LogEvent> out) {
        Draft done = draft;
        if (done == null) {
            return;
        }
        draft = null;
        events++;
        if (sessionKey != null && done.keys.isEmpty()) {
            withoutKey++;
        }
        out.accept(done.event());
    }

    private LogParseException badFormat(MalformedLine first) {
        String many = linesTried == 1 ? "its one line" : "its first " + linesTried + " lines";
        return new LogParseException(
                Kind.BAD_FORMAT,
                "format '" + Excerpt.of(format.name()) + "' does not fit " + input + ": it fits none of " + many
                        + ". Line " + first.origin().lineNumber() + " is \"" + first.excerpt()
                        + "\". Try format 'auto', another preset (" + String.join(", ", LogFormat.presets())
                        + "), or a layout such as '<Date> <Time> <Level> <Component>: <Content>' with its time format");
    }

    private LogParseException malformedLine(MalformedLine bad) {
        return new LogParseException(
                Kind.MALFORMED_LINE,
                bad.origin() + ": this line does not fit format '" + Excerpt.of(format.name()) + "': \"" + bad.excerpt()
                        + "\". To read past such lines, set on_malformed to skip or attach");
    }

    /** An event to which lines may still be attached. */
    private static final class Draft {
        private final ParsedLine line;
        private final RawLine first;
        private final Origin origin;
        private final Set<String> keys = new LinkedHashSet<>(2);
        private @Nullable StringBuilder longer;

        Draft(ParsedLine line, RawLine first, Origin origin) {
            this.line = line;
            this.first = first;
            this.origin = origin;
        }

        /** Appends a line as far as the limit allows, and returns whether that was all of it. */
        boolean attach(String text, int maxLength) {
            StringBuilder message = longer == null ? new StringBuilder(line.message()) : longer;
            longer = message;
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
            return new LogEvent(
                    line.time(),
                    longer == null ? line.message() : longer.toString(),
                    line.level(),
                    line.component(),
                    origin,
                    List.copyOf(keys),
                    line.label());
        }
    }

    /** The settings of an {@link EventAssembler}; without any, format {@code auto} in UTC. */
    public static final class Builder {
        private final String input;
        private String format = LogFormat.AUTO;
        private @Nullable LogParser parser;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private InstantSource clock = InstantSource.system();
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.SKIP;
        private int maxLineLength = LogReader.DEFAULT_MAX_LINE_LENGTH;
        private boolean fitted;
        private @Nullable Path sample;

        private Builder(String input) {
            this.input = Objects.requireNonNull(input, "input");
        }

        /** Sets the format: a preset's name, a layout, {@code regex:...} or {@code auto}, the default. */
        public Builder format(String newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /** Sets a parser to use instead of a named format; null for none. */
        public Builder parser(@Nullable LogParser newParser) {
            parser = newParser;
            return this;
        }

        /** Sets how times are written; null for the way the format usually has. */
        public Builder timeFormat(@Nullable String newTimeFormat) {
            timeFormat = newTimeFormat;
            return this;
        }

        /** Sets the zone of times that name none; UTC unless set. */
        public Builder zone(ZoneId newZone) {
            zone = Objects.requireNonNull(newZone, "newZone");
            return this;
        }

        /** Sets the clock that gives times without a year theirs; the system's unless set. */
        public Builder clock(InstantSource newClock) {
            clock = Objects.requireNonNull(newClock, "newClock");
            return this;
        }

        /** Sets the session key; null, the default, for none. */
        public Builder sessionKey(@Nullable SessionKey newSessionKey) {
            sessionKey = newSessionKey;
            return this;
        }

        /** Sets what happens to lines that do not fit; {@link OnMalformed#SKIP} unless set. */
        public Builder onMalformed(OnMalformed newOnMalformed) {
            onMalformed = Objects.requireNonNull(newOnMalformed, "newOnMalformed");
            return this;
        }

        /** Sets the length in chars beyond which the rest of an event with attached lines is left out; at least 1. */
        public Builder maxLineLength(int chars) {
            if (chars < 1) {
                throw LogParseException.badArgument("maxLineLength must be at least 1, but was " + chars);
            }
            maxLineLength = chars;
            return this;
        }

        /** Sets whether lines of the input are known to fit: then no number of lines that do not is an error. */
        public Builder fitted(boolean newFitted) {
            fitted = newFitted;
            return this;
        }

        /** Sets a file whose first lines choose the format under {@code auto}; null, the default, for none. */
        public Builder sample(@Nullable Path newSample) {
            sample = newSample;
            return this;
        }

        /**
         * Makes the assembler.
         *
         * @throws LogParseException if the format is unknown, or the sample is missing, unreadable or no text
         */
        public EventAssembler build() {
            FormatChoice choice = parser == null
                    ? new FormatChoice(format, timeFormat, zone, clock)
                    : new FormatChoice(parser, clock);
            if (choice.isOpen() && sample != null) {
                decide(choice, sample);
            }
            return new EventAssembler(this, choice);
        }

        private static void decide(FormatChoice choice, Path file) {
            try {
                List<String> lines = FormatDetector.sample(file);
                if (!lines.isEmpty()) {
                    choice.decide(lines);
                }
            } catch (LogParseException e) {
                // An empty file says nothing about its format: the lines to come will.
                if (e.kind() != Kind.EMPTY) {
                    throw e;
                }
            }
        }
    }
}
