package io.deepsentry.parse;

import io.deepsentry.parse.internal.Spelling;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a {@link LogParser} of what a user writes: the name of a preset, a header layout, or a regular expression. */
public final class LogFormat {
    /** The name that leaves the choice to {@link FormatDetector}. */
    public static final String AUTO = "auto";

    private static final String REGEX = "regex:";
    /** What stands before a format whose lines come through syslog. */
    static final String AROUND = "syslog/";

    private LogFormat() {}

    /**
     * How a format reads times.
     *
     * @param timeFormat a {@code java.time} pattern, {@code iso}, {@code epoch}, {@code epoch-millis},
     *     {@code epoch-micros} or {@code epoch-nanos}; null or {@code auto} for what the format usually has
     * @param zone the time zone of times that do not tell theirs
     * @param reference times without a year get the latest year that does not put them more than a day after this; null
     *     is the moment of parsing, right for a log that is being written and not repeatable for an old one
     */
    public record Options(
            @Nullable String timeFormat,
            ZoneId zone,
            @Nullable Instant reference) {
        /** The usual time format, in UTC. */
        public static final Options DEFAULTS = new Options(null, ZoneOffset.UTC);

        public Options {
            Objects.requireNonNull(zone, "zone");
            if (timeFormat != null && (timeFormat.isBlank() || timeFormat.equals(AUTO))) {
                timeFormat = null;
            }
        }

        /** Options without a reference for times without a year. */
        public Options(@Nullable String timeFormat, ZoneId zone) {
            this(timeFormat, zone, null);
        }

        /** These options with another reference for times without a year. */
        public Options withReference(@Nullable Instant newReference) {
            return new Options(timeFormat, zone, newReference);
        }

        Options withTimeFormat(@Nullable String newTimeFormat) {
            return new Options(newTimeFormat, zone, reference);
        }

        /** The clock that gives times without a year theirs. */
        InstantSource clock() {
            return reference == null ? InstantSource.system() : InstantSource.fixed(reference);
        }

        TimeParser timeParser() {
            return timeParser(timeFormat);
        }

        TimeParser timeParser(@Nullable String format) {
            return TimeParser.of(format, zone, clock());
        }
    }

    /** The names of the presets, the most specific first. */
    public static List<String> presets() {
        return Presets.names();
    }

    /** The parser of a format with the usual time format, in UTC. */
    public static LogParser of(String format) {
        return of(format, Options.DEFAULTS);
    }

    /**
     * The parser of a format.
     *
     * @param format a preset's name; a layout such as {@code <Date> <Time> <Level> <Component>: <Content>};
     *     {@code json:} and the names of one's own members, as in {@code json:time=eventTime,message=eventName}; or
     *     {@code regex:} and a regular expression with named groups
     * @throws LogParseException of kind {@code BAD_ARGUMENT} if it is none of these; names the nearest preset
     */
    public static LogParser of(String format, Options options) {
        String trimmed = format.strip();
        if (trimmed.startsWith(REGEX)) {
            return RegexParser.of(trimmed.substring(REGEX.length()), options);
        }
        if (MembersParser.isOwn(trimmed)) {
            return MembersParser.own(trimmed, options);
        }
        if (Headers.isName(trimmed)) {
            return Headers.parser(trimmed, options);
        }
        Optional<Presets> preset = Presets.named(trimmed);
        if (preset.isPresent()) {
            return preset.get().parser(options);
        }
        if (trimmed.contains("<")) {
            return LayoutParser.of(trimmed, options);
        }
        if (ColumnsParser.isName(trimmed)) {
            return ColumnsParser.of(trimmed, options);
        }
        if (trimmed.startsWith(AROUND) && !trimmed.contains(",")) {
            List<LogParser> inside = Stream.of(trimmed.substring(AROUND.length()).split("\\+", -1))
                    .map(one -> of(one, options))
                    .toList();
            return new Nested(of(Presets.SYSLOG.label(), options), inside);
        }
        if (trimmed.contains(",") && !trimmed.contains(" ")) {
            return new FallbackParser(Stream.of(trimmed.split(",", -1))
                    .map(one -> one.equals(Presets.PLAIN.label()) ? new PlainParser() : of(one, options))
                    .toList());
        }
        if (trimmed.equalsIgnoreCase(AUTO)) {
            throw LogParseException.badArgument(
                    "format 'auto' is chosen by looking at an input: use LogReader or FormatDetector");
        }
        throw unknown(trimmed);
    }

    /**
     * The parser of a user's own, by the name of its class, which has a public constructor without arguments.
     *
     * @throws LogParseException of kind {@code BAD_ARGUMENT} if there is no such class or it is no such parser
     */
    public static LogParser ofClass(String className) {
        return CustomParser.named(className);
    }

    private static LogParseException unknown(String format) {
        String nearest = Spelling.nearest(format, presets())
                .map(name -> ". Did you mean '" + name + "'?")
                .orElse(".");
        return LogParseException.badArgument("format '" + Excerpt.of(format) + "' is not known" + nearest
                + " Formats are " + String.join(", ", presets())
                + ", auto, a layout such as '<Date> <Time> <Level> <Component>: <Content>', or 'regex:' and a regular"
                + " expression with named groups");
    }
}
