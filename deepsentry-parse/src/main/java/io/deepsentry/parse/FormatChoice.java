package io.deepsentry.parse;

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
        int slash = given.indexOf('/');
        this.wrapper =
                slash < 0 ? null : Wrapper.named(given.substring(0, slash)).orElse(null);
        this.name = wrapper == null ? given : given.substring(slash + 1);
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
        why = around == null
                ? detected.why()
                : "lines in '" + around.label() + "' (format '" + around.label() + "/" + name + "'), and in them "
                        + detected.why();
        parser = detected.parser();
        made = clock.instant();
        others = others(options);
    }

    private Map<String, LogParser> others(LogFormat.Options options) {
        Map<String, LogParser> more = new LinkedHashMap<>();
        if (!name.equals(Presets.JSON.label())) {
            more.put(Presets.JSON.label(), Presets.JSON.parser(options));
        }
        if (!Headers.isName(name)) {
            more.put(Presets.HEADER.label(), Presets.HEADER.parser(options));
        }
        return more;
    }

    /** What a line says; empty if it does not fit. Under {@code auto} a line may be of another format than those before. */
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
     * A line with its time in the second of two like hours, where the order of lines tells: after a change from summer time
     * an hour comes twice, and without an offset both look the same.
     */
    ParsedLine inOrder(ParsedLine line) {
        Instant time = line.time();
        if (time == null || zone instanceof ZoneOffset) {
            return line;
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
        return ordered.equals(time)
                ? line
                : new ParsedLine(ordered, line.message(), line.level(), line.component(), line.label(), line.fields());
    }

    /** Whether records may be JSON over several lines. */
    boolean hasJsonRecords() {
        return jsonRecords;
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
        made = now;
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
    }

    /** Takes over what {@link #write} wrote, as far as the same format was given. */
    void read(StateReader in) throws IOException {
        boolean same = in.text().equals(given);
        String around = in.textOrNull();
        String chosen = in.text();
        String reason = in.textOrNull();
        List<String> used = in.texts();
        Instant last = in.time();
        if (!same) {
            return;
        }
        othersUsed.addAll(used);
        lastTime = last;
        if (isOpen() && reason != null) {
            wrapper = around == null ? null : Wrapper.named(around).orElse(null);
            name = chosen;
            lookAtName();
            why = reason;
            Instant now = clock.instant();
            make(now);
            others = others(options(now));
        }
    }

    Optional<String> detection() {
        return Optional.ofNullable(why);
    }
}
