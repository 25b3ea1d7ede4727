package io.deepsentry.parse;

import io.deepsentry.parse.internal.Days;
import io.deepsentry.parse.internal.StateReader;
import io.deepsentry.parse.internal.StateWriter;
import io.deepsentry.parse.internal.TerminalCodes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The format of one input: given, or chosen once lines are there.
 *
 * <p>A time without a year or a date is understood by the moment at which it is read. Following a log may last for
 * years, so the parser is made again from hour to hour.
 */
final class FormatChoice {
    private static final Duration RENEWED_AFTER = Duration.ofHours(1);

    private final InstantSource clock;
    private final @Nullable String timeFormat;
    private final ZoneId zone;
    private final boolean custom;
    /** The format as it was given. */
    private final String given;

    private String name;
    private boolean plain;
    private boolean jsonRecords;
    private @Nullable LogParser parser;
    private @Nullable Wrapper wrapper;
    /** Under {@code auto}, what lines that do not fit the chosen format are tried with, by name. */
    private Map<String, LogParser> others = Map.of();

    private final Set<String> othersUsed = new LinkedHashSet<>();
    /** When the parser was made; null for one that needs no renewal. */
    private @Nullable Instant made;

    private @Nullable String why;
    /** The time of the line before, where a zone with summer time makes it needed. */
    private @Nullable Instant lastTime;

    /** Reads all lines of the input once more; null if that cannot be done, or is not to be done again. */
    private @Nullable Consumer<Consumer<String>> again;
    /** The days of times of day; null if lines have dates, or nothing tells the days. */
    private @Nullable Days days;

    /** A parser of the user's own. */
    FormatChoice(LogParser parser, InstantSource clock) {
        this.clock = clock;
        this.name = parser.getClass().getName();
        this.parser = parser;
        this.timeFormat = null;
        this.zone = LogFormat.Options.DEFAULTS.zone();
        this.custom = true;
        this.given = name;
    }

    /** A preset, a layout or a regular expression by name, or {@code auto}. */
    FormatChoice(String format, @Nullable String timeFormat, ZoneId zone, InstantSource clock) {
        this.clock = clock;
        this.timeFormat = timeFormat;
        this.zone = zone;
        this.custom = false;
        this.given = format.strip();
        this.wrapper = LogFormat.wrapper(given).orElse(null);
        this.name = wrapper == null ? given : given.substring(given.indexOf('/') + 1);
        lookAtName();
        if (!name.equalsIgnoreCase(LogFormat.AUTO)) {
            make(clock.instant());
        }
    }

    /** Keeps what each line asks of the name. */
    private void lookAtName() {
        plain = name.equals(Presets.PLAIN.label());
        jsonRecords = name.equals(Presets.JSON.label()) || MembersParser.isOwn(name);
    }

    /** Sets what reads all lines of the input once more. */
    void again(@Nullable Consumer<Consumer<String>> newAgain) {
        again = newAgain;
    }

    /** Whether the format is still to be chosen. */
    boolean isOpen() {
        return parser == null;
    }

    /** Chooses by lines, of which there is at least one. */
    void decide(List<String> lines) {
        LogFormat.Options options = options(clock.instant());
        List<String> inside = lines.stream().map(TerminalCodes::removed).toList();
        if (wrapper == null) {
            wrapper = Wrapper.around(inside).orElse(null);
        }
        Wrapper around = wrapper;
        if (around != null) {
            inside = inside.stream()
                    .map(line -> {
                        Wrapper.Inside one = around.unwrap(line);
                        return one == null ? line : TerminalCodes.removed(one.text());
                    })
                    .filter(line -> !line.isBlank())
                    .toList();
        }
        FormatDetector.Detected detected = FormatDetector.detectLines(inside, options);
        name = detected.name();
        lookAtName();
        why = around == null ? detected.why() : why(around, detected);
        parser = detected.parser();
        made = ColumnsParser.isName(name) ? null : clock.instant();
        others = others(options);
    }

    /** Names both formats; where the text inside has none, the wrapper is the format. */
    private String why(Wrapper around, FormatDetector.Detected inside) {
        String both = "format '" + around.label() + "/" + name + "': lines of " + around.source();
        return plain ? both + ", whose text is the message" : both + ", and in them " + inside.why();
    }

    private Map<String, LogParser> others(LogFormat.Options options) {
        if (ColumnsParser.isName(name)) {
            return Map.of();
        }
        Map<String, LogParser> more = new LinkedHashMap<>();
        if (!name.equals(Presets.JSON.label())) {
            more.put(Presets.JSON.label(), Presets.JSON.parser(options));
        }
        if (!name.equals(Presets.LOGFMT.label())) {
            more.put(Presets.LOGFMT.label(), Presets.LOGFMT.parser(options));
        }
        if (!Headers.isName(name)) {
            more.put(Presets.HEADER.label(), Presets.HEADER.parser(options));
        }
        return more;
    }

    /**
     * What a line says; empty if it does not fit. Under {@code auto} a line may be of another format than those before.
     */
    Optional<ParsedLine> parse(String line) {
        LogParser chosen = parser();
        if (others.isEmpty()) {
            return chosen.parse(line);
        }
        boolean first = !plain;
        Optional<ParsedLine> parsed = first ? chosen.parse(line) : Optional.empty();
        if (parsed.isPresent()) {
            return parsed;
        }
        for (Map.Entry<String, LogParser> other : others.entrySet()) {
            Optional<ParsedLine> read = other.getValue().parse(line);
            if (read.isPresent()) {
                othersUsed.add(other.getKey());
                return read;
            }
        }
        return first ? Optional.empty() : chosen.parse(line);
    }

    /**
     * A line with its time in the second of two like hours, where the order of lines tells: after a change from summer
     * time an hour comes twice, and without an offset both look the same.
     */
    ParsedLine inOrder(ParsedLine line, String text) {
        Instant read = line.time();
        if (read == null) {
            return line;
        }
        Instant time = onItsDay(read, text);
        if (zone instanceof ZoneOffset) {
            return time.equals(read) ? line : line.at(time);
        }
        Instant before = lastTime;
        Instant ordered = time;
        if (before != null && time.isBefore(before)) {
            ZoneOffsetTransition change = zone.getRules().nextTransition(time);
            boolean repeated = change != null
                    && change.isOverlap()
                    && Duration.between(time, change.getInstant())
                                    .compareTo(change.getDuration().negated())
                            <= 0;
            if (repeated) {
                Instant later = time.minus(change.getDuration());
                ordered = later.isBefore(before) ? time : later;
            }
        }
        lastTime = ordered;
        return ordered.equals(read) ? line : line.at(ordered);
    }

    /** A time of day on its day, where the log can be read once more to count them. */
    private Instant onItsDay(Instant time, String text) {
        Consumer<Consumer<String>> all = again;
        if (all != null) {
            again = null;
            boolean dated = wrapper != null && wrapper != Wrapper.COMPOSE;
            if (!dated && parser() instanceof HeaderParser header && header.isUndated(text)) {
                Days counted = new Days(zone);
                all.accept(line -> countDay(counted, header, TerminalCodes.removed(line)));
                days = counted;
            }
        }
        boolean undated = days != null && parser() instanceof HeaderParser header && header.isUndated(text);
        return undated && days != null ? days.place(time) : time;
    }

    private void countDay(Days counted, HeaderParser header, String line) {
        Wrapper.Inside inside = wrapper == null ? null : wrapper.unwrap(line);
        String text = inside == null ? line : TerminalCodes.removed(inside.text());
        header.parse(text)
                .map(ParsedLine::time)
                .filter(time -> header.isUndated(text))
                .ifPresent(counted::count);
    }

    /**
     * A line out of its wrapper, whose time and name count where the line has none; a time of day is less than its
     * time.
     */
    ParsedLine unwrapped(ParsedLine parsed, String text, Wrapper.@Nullable Inside inside) {
        if (inside == null) {
            return parsed;
        }
        boolean undated = inside.time() != null && parser() instanceof HeaderParser header && header.isUndated(text);
        return (undated ? parsed.at(null) : parsed).inside(inside);
    }

    /** Whether each line is an event, so that none continues another. */
    boolean fitsEveryLine() {
        return name.equals(Presets.PLAIN.label())
                || name.equalsIgnoreCase("<Content>")
                || name.equalsIgnoreCase("<Message>");
    }

    /** Whether records may be JSON over several lines. */
    boolean hasJsonRecords() {
        return jsonRecords;
    }

    /** A record that breaks off, where records are JSON; empty for any other line that does not fit. */
    Optional<ParsedLine> cutOff(String line) {
        return parser() instanceof MembersParser members && hasJsonRecords() ? members.cutOff(line) : Optional.empty();
    }

    /** Whether colours are taken out of lines before they are read: not for a parser of the user's own. */
    boolean hasCodes() {
        return !custom;
    }

    /** The wrapper around lines; null if there is none. */
    @Nullable
    Wrapper wrapper() {
        return wrapper;
    }

    private LogFormat.Options options(Instant reference) {
        return new LogFormat.Options(timeFormat, zone, reference);
    }

    private LogParser make(Instant now) {
        LogFormat.Options options = options(now);
        LogParser fresh = why == null ? LogFormat.of(name, options) : FormatDetector.parser(name, options);
        parser = fresh;
        // What headings said of columns is not to be forgotten.
        made = ColumnsParser.isName(name) ? null : now;
        return fresh;
    }

    private LogParser parser() {
        LogParser known = parser;
        if (known == null) {
            throw new IllegalStateException("the format is not chosen yet");
        }
        if (made == null) {
            return known;
        }
        Instant now = clock.instant();
        // The clock of a file is when it was written, and an older file may be read after this was made.
        if (Math.abs(now.getEpochSecond() - made.getEpochSecond()) <= RENEWED_AFTER.toSeconds()) {
            return known;
        }
        if (!others.isEmpty()) {
            others = others(options(now));
        }
        return make(now);
    }

    /** The name that, given as format, reads the same. */
    String name() {
        List<String> names = new ArrayList<>();
        if (!plain || othersUsed.isEmpty()) {
            names.add(name);
        }
        names.addAll(othersUsed);
        if (plain && !othersUsed.isEmpty()) {
            names.add(name);
        }
        String inside = String.join(",", names);
        return wrapper == null ? inside : wrapper.label() + "/" + inside;
    }

    /** Writes what was chosen, for {@link #read}. */
    void write(StateWriter out) {
        out.text(given);
        out.text(wrapper == null ? null : wrapper.label());
        out.text(name);
        out.text(why);
        out.texts(othersUsed);
        out.time(lastTime);
        Days counted = days;
        out.flag(counted != null);
        if (counted != null) {
            counted.write(out);
        }
        out.flag(parser instanceof ColumnsParser);
        if (parser instanceof ColumnsParser headed) {
            headed.write(out);
        }
    }

    /** Takes over what {@link #write} wrote, as far as the same format was given. */
    void read(StateReader in) throws IOException {
        boolean same = in.text().equals(given);
        String around = in.textOrNull();
        String chosen = in.text();
        String reason = in.textOrNull();
        List<String> used = in.texts();
        Instant last = in.time();
        Days counted = in.flag() ? Days.read(in, zone) : null;
        ColumnsParser headed = in.flag() ? ColumnsParser.read(in, options(clock.instant())) : null;
        again = null;
        if (!same) {
            return;
        }
        othersUsed.addAll(used);
        lastTime = last;
        days = counted;
        if (isOpen() && reason != null) {
            wrapper = around == null ? null : Wrapper.named(around).orElse(null);
            name = chosen;
            lookAtName();
            why = reason;
            Instant now = clock.instant();
            make(now);
            others = others(options(now));
        }
        if (headed != null) {
            parser = headed;
        }
    }

    Optional<String> detection() {
        return Optional.ofNullable(why);
    }

    /** The chosen format, without those that single lines have, and the reason; empty for a named format. */
    Map<String, String> chosen() {
        String reason = why;
        return reason == null ? Map.of() : Map.of(wrapper == null ? name : wrapper.label() + "/" + name, reason);
    }
}
