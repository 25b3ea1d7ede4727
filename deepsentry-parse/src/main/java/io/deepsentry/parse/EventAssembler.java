package io.deepsentry.parse;

import io.deepsentry.parse.LogParseException.Kind;
import io.deepsentry.parse.ReadStats.MalformedLine;
import io.deepsentry.parse.internal.Continuation;
import io.deepsentry.parse.internal.StateReader;
import io.deepsentry.parse.internal.StateWriter;
import io.deepsentry.parse.internal.TerminalCodes;
import io.deepsentry.parse.internal.records.JsonRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the lines of one input into events, as they arrive.
 *
 * <p>{@link LogReader} and live reading both use it, so the same lines give the same events. With format {@code auto}
 * it holds back the first lines until there are enough of them to choose a format, or no more come. With
 * {@link OnMalformed#ATTACH} it holds back the last event, because lines may still be attached to it, unless each
 * line is an event, as with format {@code plain}.
 *
 * <pre>{@code
 * EventAssembler assembler = EventAssembler.of("app.log").format("logback").build();
 * assembler.accept(new RawLine(text, 1, 0, false), event -> System.out.println(event.message()));
 * assembler.end(event -> System.out.println(event.message()));
 * }</pre>
 *
 * <p>Used by one thread at a time. When a method throws {@link LogParseException}, every event completed before the
 * failure has been handed out.
 */
public final class EventAssembler {
    private static final System.Logger LOG = System.getLogger(EventAssembler.class.getName());
    private static final int STATE_VERSION = 2;
    /** The first version whose lines have their thread. */
    private static final int THREADS_VERSION = 2;

    private final String input;
    private final FormatChoice format;
    private final @Nullable SessionKey sessionKey;
    private final OnMalformed onMalformed;
    private final int maxLineLength;

    private final List<RawLine> undecided = new ArrayList<>();
    private @Nullable Draft draft;
    /** Whether lines of the input fitted before, so that none of these need to. */
    private final boolean fittedBefore;

    private boolean fitted;
    /** Whether an event had a time. */
    private boolean timed;

    private long linesTried;
    private @Nullable MalformedLine firstUnfit;

    private long lines;
    private long events;
    private long malformed;
    private long attached;
    private long unread;
    private long dropped;
    private long blank;
    private long cut;
    private long withoutKey;
    private final List<MalformedLine> firstMalformed = new ArrayList<>();

    /** The beginnings of lines that their wrapper cut into parts, by stream. */
    private final Map<String, Part> parts = new LinkedHashMap<>();

    private final JsonRecords json = new JsonRecords();
    private @Nullable RawLine jsonFirst;

    /** The beginning of a line. */
    record Part(RawLine first, String text, Wrapper.Inside inside) {}

    private EventAssembler(Builder settings, FormatChoice format) {
        this.input = settings.input;
        this.format = format;
        this.sessionKey = settings.sessionKey;
        this.onMalformed = settings.onMalformed;
        this.maxLineLength = settings.maxLineLength;
        this.fittedBefore = settings.fitted;
        this.fitted = settings.fitted;
    }

    /**
     * Returns a builder with the defaults.
     *
     * @param input the name of the input in origins and messages
     * @return a new builder
     */
    public static Builder of(String input) {
        return new Builder(input);
    }

    /**
     * Takes the next line and hands out the events that it completes.
     *
     * @param line the next line of the input
     * @param out takes the events, in order
     * @throws LogParseException if none of the first lines fits the format, or the line does not and
     *     {@link OnMalformed#FAIL} was set
     */
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

    /**
     * Returns whether lines were taken that are in no event handed out yet.
     *
     * @return true if {@link #release} would hand something out
     */
    public boolean holdsBack() {
        return draft != null || !undecided.isEmpty() || !parts.isEmpty() || json.length() > 0;
    }

    /**
     * Returns how many lines {@link #stats} counts that are in no event yet, as more may follow. Of a record that
     * fills several lines, those after the first count as attached at once.
     *
     * @return zero or more
     */
    public long heldLines() {
        return (long) undecided.size() + parts.size() + (draft == null ? 0 : 1);
    }

    /**
     * Returns what is held back and how lines are read. An assembler that {@link Builder#resume} makes from it gives
     * the same events for the following lines as this one, and has counted only the lines that are in no event yet.
     *
     * @return the state as text
     */
    public String state() {
        StateWriter out = new StateWriter();
        out.number(STATE_VERSION);
        format.write(out);
        out.flag(fitted);
        out.number(linesTried);
        out.number(undecided.size());
        undecided.forEach(line -> write(line, out));
        Draft open = draft;
        out.flag(open != null);
        if (open != null) {
            open.write(out);
        }
        out.number(parts.size());
        parts.forEach((stream, part) -> {
            write(part.first, out);
            out.line(part.text);
            out.time(part.inside.time());
            out.text(part.inside.name());
            out.text(stream);
        });
        RawLine first = jsonFirst;
        out.flag(json.isOpen() && first != null);
        if (json.isOpen() && first != null) {
            write(first, out);
            json.write(out);
        }
        return out.written();
    }

    private void resume(String state) {
        try {
            StateReader in = new StateReader(state);
            long version = in.number();
            if (version < 1 || version > STATE_VERSION) {
                throw new IOException("it has version " + version + ", but this program reads 1 to " + STATE_VERSION);
            }
            format.read(in);
            fitted = in.flag();
            linesTried = in.number();
            for (int left = in.count(); left > 0; left--) {
                undecided.add(readLine(in));
            }
            draft = in.flag() ? Draft.read(in, input, version) : null;
            for (int left = in.count(); left > 0; left--) {
                RawLine first = readLine(in);
                String text = in.text();
                Wrapper.Inside inside = new Wrapper.Inside(text, in.time(), in.textOrNull(), in.text(), true);
                parts.put(inside.stream(), new Part(first, text, inside));
            }
            if (in.flag()) {
                jsonFirst = readLine(in);
                json.read(in);
            }
            // Those that are in no event yet; others were counted by who wrote the state.
            lines = heldLines();
        } catch (IOException e) {
            throw LogParseException.badArgument(
                    "the saved state of reading " + input + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void write(RawLine line, StateWriter out) {
        out.line(line.text());
        out.number(line.number());
        out.number(line.offset());
        out.flag(line.cut());
    }

    private static RawLine readLine(StateReader in) throws IOException {
        return new RawLine(in.text(), in.number(), in.number(), in.flag());
    }

    /** Gives up the lines of which parts are missing, for the input after this one to complete. */
    Map<String, Part> takeParts() {
        Map<String, Part> begun = new LinkedHashMap<>(parts);
        parts.clear();
        return begun;
    }

    /** Takes over lines that the input before this one began. */
    void completeParts(Map<String, Part> begun) {
        parts.putAll(begun);
    }

    /**
     * Hands out what is held back. If no format is chosen yet, the lines so far choose it.
     *
     * @param out takes the events, in order
     */
    public void release(Consumer<? super LogEvent> out) {
        decide(out);
        List<Part> unfinished = List.copyOf(parts.values());
        parts.clear();
        for (Part part : unfinished) {
            read(part.first, part.text, part.inside, out);
        }
        if (json.length() > 0) {
            giveUpRecord(out);
        }
        complete(out);
    }

    /**
     * Hands out what is held back, at the end of the input.
     *
     * @param out takes the events, in order
     * @throws LogParseException of kind {@link Kind#BAD_FORMAT} if lines came and none of them fits the format, or
     *     more than half of them are {@link ReadStats#unread}
     */
    public void end(Consumer<? super LogEvent> out) {
        release(out);
        if (!fitted && firstUnfit != null) {
            throw badFormat(firstUnfit);
        }
        ReadStats stats = stats(0, 0);
        if (stats.isMostlyUnread() && !fittedBefore) {
            throw new LogParseException(Kind.BAD_FORMAT, stats.refusal(input, format.name()));
        }
    }

    /**
     * Returns the format in use.
     *
     * @return the format's name; {@code auto} until one is chosen
     */
    public String formatName() {
        return format.name();
    }

    /**
     * Returns a sentence that names the chosen format and the reason.
     *
     * @return the sentence; empty for a named format, and before the choice
     */
    public Optional<String> detection() {
        return format.detection();
    }

    /**
     * Returns the counts so far.
     *
     * @param bytes the bytes read
     * @param ignoredBytes those of them that belong to no line
     * @return the counts, as of now
     */
    public ReadStats stats(long bytes, long ignoredBytes) {
        // Where no line has a time, as where only some begin with a severity, each other line belongs to the one
        // before.
        boolean loose = format.detection().isPresent() && !timed;
        return new ReadStats(
                lines,
                events,
                malformed,
                attached,
                loose ? 0 : unread,
                dropped,
                blank,
                cut,
                withoutKey,
                bytes,
                ignoredBytes,
                loose ? List.of() : firstMalformed,
                format.chosen(),
                List.of());
    }

    /** Chooses the format by the lines there are, if it is not chosen. */
    void decide(Consumer<? super LogEvent> out) {
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
        String text = format.hasCodes() ? TerminalCodes.removed(line.text()) : line.text();
        if (text.isBlank()) {
            blank++;
            return;
        }
        Wrapper wrapper = format.wrapper();
        Wrapper.Inside inside = wrapper == null ? null : wrapper.unwrap(text);
        if (inside == null) {
            read(line, text, null, out);
            return;
        }
        Part begun = parts.remove(inside.stream());
        if (begun != null) {
            attached++;
            text = joined(begun.text, inside.text());
        } else {
            text = inside.text();
        }
        RawLine first = begun == null ? line : begun.first;
        if (inside.partial()) {
            parts.put(inside.stream(), new Part(first, text, inside));
            return;
        }
        read(first, TerminalCodes.removed(text), inside, out);
    }

    private String joined(String begin, String more) {
        int end = Excerpt.cutAt(more, Math.max(0, maxLineLength - begin.length()));
        if (end < more.length()) {
            cut++;
        }
        return begin + more.substring(0, end);
    }

    /** Reads a line out of its wrapper, whose time and name count where the line has none. */
    private void read(RawLine line, String text, Wrapper.@Nullable Inside inside, Consumer<? super LogEvent> out) {
        if (inside != null && text.isBlank()) {
            blank++;
            return;
        }
        if (json.length() > 0 && json.isOneObject() && format.parse(text).isPresent()) {
            // The record before it was cut off.
            giveUpRecord(out);
        }
        if (json.isOpen() || (format.hasJsonRecords() && JsonRecords.begins(text))) {
            readJson(line, text, inside, out);
            return;
        }
        linesTried++;
        Optional<ParsedLine> parsed = format.parse(text);
        if (parsed.isEmpty()) {
            unfit(line, text, inside, out);
            return;
        }
        if (firstUnfit != null && onMalformed == OnMalformed.FAIL) {
            throw malformedLine(firstUnfit);
        }
        fitted = true;
        if (parsed.get().isHeading()) {
            attached++;
            return;
        }
        begin(line, text, format.unwrapped(parsed.get(), text, inside), out);
    }

    /** Takes a line of JSON whose records do not each fill a line. */
    private void readJson(RawLine line, String text, Wrapper.@Nullable Inside inside, Consumer<? super LogEvent> out) {
        RawLine first = json.length() == 0 || jsonFirst == null ? line : jsonFirst;
        List<String> records = json.accept(text);
        for (String record : records) {
            readRecord(first, record, inside, out);
            first = line;
        }
        if (records.isEmpty()) {
            // A part of the record that it is in, or the bracket around records.
            attached++;
        }
        jsonFirst = first;
        if (json.length() > maxLineLength) {
            giveUpRecord(out);
            cut++;
        }
    }

    private void readRecord(
            RawLine first, String record, Wrapper.@Nullable Inside inside, Consumer<? super LogEvent> out) {
        linesTried++;
        Optional<ParsedLine> parsed = format.parse(record);
        if (parsed.isEmpty()) {
            unfit(first, record, inside, out);
            return;
        }
        fitted = true;
        begin(first, record, format.unwrapped(parsed.get(), record, inside), out);
    }

    /** Hands out as it is what was read of a record that does not end. */
    private void giveUpRecord(Consumer<? super LogEvent> out) {
        RawLine first = jsonFirst;
        String rest = json.clear();
        if (first != null && !rest.isBlank()) {
            attached--;
            unfit(first, rest, null, out);
        }
    }

    private void begin(RawLine line, String text, ParsedLine parsed, Consumer<? super LogEvent> out) {
        complete(out);
        timed |= parsed.time() != null;
        Draft next = new Draft(format.inOrder(parsed, text).withStatusLevel(), line, origin(line));
        collectKeys(next, text);
        draft = next;
        if (onMalformed != OnMalformed.ATTACH || format.fitsEveryLine()) {
            complete(out);
        }
    }

    private void unfit(RawLine line, String text, Wrapper.@Nullable Inside inside, Consumer<? super LogEvent> out) {
        Draft before = draft;
        if (before != null && before.takeSecondLine(text)) {
            attached++;
            collectKeys(before, text);
            return;
        }
        malformed++;
        if (firstUnfit == null) {
            firstUnfit = bad(line);
        }
        if (!fitted && linesTried >= LogReader.FIRST_LINES) {
            // Only the lines that follow say whether this is one bad line or the wrong format.
            throw badFormat(firstUnfit);
        }
        if (fitted && onMalformed == OnMalformed.FAIL) {
            complete(out);
            throw malformedLine(bad(line));
        }
        Optional<ParsedLine> cutOff = onMalformed == OnMalformed.ATTACH
                ? format.cutOff(text.substring(0, Excerpt.cutAt(text, maxLineLength)))
                : Optional.empty();
        if (onMalformed != OnMalformed.ATTACH) {
            dropped++;
            report(line);
        } else if (cutOff.isPresent()) {
            report(line);
            begin(line, text, cutOff.get(), out);
        } else if (before != null) {
            if (!before.isContinuedBy(text)) {
                unread++;
                report(line);
            }
            attach(before, text);
        } else {
            // Nothing stands before it to attach it to: an event of its own, without a time of its own. The first
            // line of an input may be a title, such as the names of columns.
            if (linesTried > 1) {
                unread++;
                report(line);
            }
            ParsedLine bare = ParsedLine.of(null, text.stripTrailing());
            begin(line, text, inside == null ? bare : bare.inside(inside), out);
        }
    }

    private MalformedLine bad(RawLine line) {
        return new MalformedLine(origin(line), Excerpt.of(line.text()));
    }

    private void report(RawLine line) {
        if (firstMalformed.size() < ReadStats.MAX_REPORTED) {
            firstMalformed.add(bad(line));
        }
    }

    private void attach(Draft to, String text) {
        attached++;
        if (!to.attach(text, maxLineLength)) {
            cut++;
        } else {
            to.endRow(text, format);
        }
        collectKeys(to, text);
    }

    private void collectKeys(Draft to, String text) {
        if (sessionKey != null) {
            to.keys = sessionKey.collect(text, to.keys);
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
        if (sessionKey != null) {
            done.keys = sessionKey.collect(done.line.fields(), input, done.keys);
            withoutKey += done.keys.isEmpty() ? 1 : 0;
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
        private static final Pattern SECOND_LINE =
                Pattern.compile("(SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): (.*)", Pattern.DOTALL);
        /** A class and a method, as in {@code shop.Cart save}. */
        private static final Pattern PLACE = Pattern.compile("[\\w.$]+( [\\w.$<>]+)?");

        /** A category and the number of an event, as in {@code Shop.Cart[14]}. */
        private static final Pattern CATEGORY = Pattern.compile("([\\w.+`]+)\\[\\d+\\]");

        private static final String INDENT = "      ";
        private static final StringBuilder NO_ROW = new StringBuilder(0);

        private ParsedLine line;
        private final RawLine first;
        private final Origin origin;
        private Collection<String> keys = List.of();
        private @Nullable StringBuilder longer;
        /** The lines of a row so far; empty if the event is no row, null if that is not known. */
        private @Nullable StringBuilder row;

        private @Nullable Continuation continuation;

        Draft(ParsedLine line, RawLine first, Origin origin) {
            this.line = line;
            this.first = first;
            this.origin = origin;
        }

        void write(StateWriter out) {
            Label label = line.label();
            out.time(line.time());
            out.line(line.message());
            out.text(line.level());
            out.text(line.component());
            out.text(line.thread());
            out.text(label == null ? null : label.name());
            out.fields(line.fields());
            EventAssembler.write(first, out);
            out.texts(keys);
            out.line(longer == null ? null : longer.toString());
            out.line(row == null ? null : row.toString());
            out.flag(continuation != null);
            if (continuation != null) {
                continuation.write(out);
            }
        }

        static Draft read(StateReader in, String input, long version) throws IOException {
            Instant time = in.time();
            String message = in.text();
            String level = in.textOrNull();
            String component = in.textOrNull();
            String thread = version < THREADS_VERSION ? null : in.textOrNull();
            String label = in.textOrNull();
            ParsedLine line = new ParsedLine(
                    time,
                    message,
                    level,
                    component,
                    thread,
                    label == null ? null : Label.valueOf(label),
                    in.namedTexts());
            RawLine first = readLine(in);
            Draft draft = new Draft(line, first, new Origin(input, first.number(), first.offset()));
            draft.keys = in.texts();
            String more = in.textOrNull();
            draft.longer = more == null ? null : new StringBuilder(more);
            String rows = in.textOrNull();
            draft.row = rows == null ? null : rows.isEmpty() ? NO_ROW : new StringBuilder(rows);
            draft.continuation = in.flag() ? Continuation.read(in) : null;
            return draft;
        }

        /**
         * Takes the second line of java.util.logging's records, {@code INFO: text}, whose first has the time and the
         * place in the program, or of .NET's console, {@code text} behind six blanks, whose first is
         * {@code info: Shop.Cart[14]}; false if this is none.
         */
        boolean takeSecondLine(String text) {
            if (longer != null) {
                return false;
            }
            if (line.level() != null) {
                Matcher category = CATEGORY.matcher(line.message());
                if (!text.startsWith(INDENT) || !category.matches()) {
                    return false;
                }
                line = line.as(text.strip(), line.level(), category.group(1));
                return true;
            }
            if (line.time() == null) {
                return false;
            }
            Matcher second = SECOND_LINE.matcher(text);
            if (!second.matches() || !PLACE.matcher(line.message()).matches()) {
                return false;
            }
            line = line.as(second.group(2), second.group(1), line.message());
            return true;
        }

        /** Whether a line without a header looks like more of this event. */
        boolean isContinuedBy(String text) {
            Continuation known = continuation;
            if (known == null) {
                known = Continuation.of(first.text(), line.message());
                continuation = known;
            }
            return known.takes(text);
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

        /** Reads a row of comma-separated values again once the lines attached to it end its quoted value. */
        void endRow(String text, FormatChoice format) {
            if (row == null) {
                row = CsvRow.isOpen(first.text()) ? new StringBuilder(first.text()) : NO_ROW;
            }
            StringBuilder whole = row;
            if (whole.isEmpty()) {
                return;
            }
            whole.append('\n').append(text);
            if (text.indexOf('"') >= 0 && !CsvRow.isOpen(whole.toString())) {
                format.parse(whole.toString())
                        .filter(again -> !again.isHeading())
                        .ifPresent(again -> {
                            line = again;
                            longer = null;
                        });
                row = NO_ROW;
            }
        }

        LogEvent event() {
            return new LogEvent(
                    line.time(),
                    longer == null ? line.message() : longer.toString(),
                    line.level(),
                    line.component(),
                    line.thread(),
                    origin,
                    List.copyOf(keys),
                    line.label(),
                    line.fields());
        }
    }

    /**
     * Collects the settings of an {@link EventAssembler}. The defaults are format {@code auto} and UTC. Not
     * thread-safe.
     */
    public static final class Builder {
        private final String input;
        private String format = LogFormat.AUTO;
        private @Nullable LogParser parser;
        private @Nullable String timeFormat;
        private ZoneId zone = ZoneOffset.UTC;
        private InstantSource clock = InstantSource.system();
        private @Nullable SessionKey sessionKey;
        private OnMalformed onMalformed = OnMalformed.ATTACH;
        private int maxLineLength = LogReader.DEFAULT_MAX_LINE_LENGTH;
        private boolean fitted;
        private @Nullable Path sample;
        private @Nullable String state;
        private @Nullable Path whole;

        private Builder(String input) {
            this.input = Objects.requireNonNull(input, "input");
        }

        /**
         * Sets the format.
         *
         * @param newFormat a preset's name, a layout, {@code regex:...} or {@code auto}, the default
         * @return this builder
         */
        public Builder format(String newFormat) {
            format = Objects.requireNonNull(newFormat, "newFormat");
            return this;
        }

        /**
         * Sets a parser to use instead of a named format.
         *
         * @param newParser the parser; null, the default, for none
         * @return this builder
         */
        public Builder parser(@Nullable LogParser newParser) {
            parser = newParser;
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
            zone = Objects.requireNonNull(newZone, "newZone");
            return this;
        }

        /**
         * Sets the clock that gives the year to times without one.
         *
         * @param newClock the system's unless set
         * @return this builder
         */
        public Builder clock(InstantSource newClock) {
            clock = Objects.requireNonNull(newClock, "newClock");
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
         * Sets the length beyond which the rest of an event with attached lines is left out.
         *
         * @param chars at least 1; {@link LogReader#DEFAULT_MAX_LINE_LENGTH} unless set
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
         * Sets whether lines of the input are known to fit. If so, it is no error when none of these lines does.
         *
         * @param newFitted false unless set
         * @return this builder
         */
        public Builder fitted(boolean newFitted) {
            fitted = newFitted;
            return this;
        }

        /**
         * Sets a file that holds all lines so far. It is read once more if the log has times of day without dates:
         * all lines together determine the days.
         *
         * @param newWhole the file; null, the default, for none
         * @return this builder
         */
        public Builder whole(@Nullable Path newWhole) {
            whole = newWhole;
            return this;
        }

        /**
         * Sets a file whose first lines choose the format under {@code auto}.
         *
         * @param newSample the file; null, the default, for none
         * @return this builder
         */
        public Builder sample(@Nullable Path newSample) {
            sample = newSample;
            return this;
        }

        /**
         * Continues from a saved state.
         *
         * @param newState what {@link EventAssembler#state} returned; null, the default, to start from the beginning
         * @return this builder
         */
        public Builder resume(@Nullable String newState) {
            state = newState;
            return this;
        }

        /**
         * Returns the assembler.
         *
         * @return a new assembler
         * @throws LogParseException if the format is unknown, the sample is not text, or the state has another version
         */
        public EventAssembler build() {
            FormatChoice choice = parser == null
                    ? new FormatChoice(format, timeFormat, zone, clock)
                    : new FormatChoice(parser, clock);
            Path all = whole;
            choice.again(all == null ? null : each -> readAgain(all, each));
            EventAssembler assembler = new EventAssembler(this, choice);
            if (state != null) {
                assembler.resume(state);
            } else if (choice.isOpen() && sample != null) {
                decide(choice, sample);
            }
            return assembler;
        }

        private void readAgain(Path file, Consumer<String> each) {
            try (Input.Opened opened = Input.of(file).open(maxLineLength)) {
                opened.readHead(Integer.MAX_VALUE);
                LineReader lines = opened.lines();
                for (String line = lines.next(); line != null; line = lines.next()) {
                    each.accept(line);
                }
            } catch (IOException | LogParseException e) {
                // The reading that counts meets the same damage and tells of it.
                LOG.log(System.Logger.Level.DEBUG, "reading " + file + " once more", e);
            }
        }

        private static void decide(FormatChoice choice, Path file) {
            try {
                List<String> lines = FormatDetector.sample(file);
                if (!lines.isEmpty()) {
                    choice.decide(lines);
                }
            } catch (LogParseException e) {
                // An empty file, or one that fails now, says nothing about its format: the lines to come will.
                if (e.kind() != Kind.EMPTY && e.kind() != Kind.UNREADABLE && e.kind() != Kind.MISSING) {
                    throw e;
                }
            }
        }
    }
}
