package io.deepsentry.parse;

import io.deepsentry.parse.internal.Spelling;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link LogParser} from what a user writes: the name of a preset, a header layout, or a regular expression.
 *
 * <pre>{@code
 * LogParser preset = LogFormat.of("logback");
 * LogParser layout = LogFormat.of("<Date> <Time> <Level> <Component>: <Content>");
 * Optional<ParsedLine> line = layout.parse("2026-03-01 12:00:00 INFO shop.Orders: order 17 accepted");
 * }</pre>
 *
 * <p>Stateless and safe for use by several threads.
 */
public final class LogFormat {
    /** The name that leaves the choice to {@link FormatDetector}. */
    public static final String AUTO = "auto";

    private static final String REGEX = "regex:";
    /** What stands before a format whose lines come through syslog. */
    static final String AROUND = "syslog/";

    private LogFormat() {}

    /**
     * The options for reading times. Immutable.
     *
     * @param timeFormat a {@code java.time} pattern, {@code iso}, {@code epoch}, {@code epoch-millis},
     *     {@code epoch-micros} or {@code epoch-nanos}; null or {@code auto} for what the format usually has
     * @param zone the time zone of times that do not name theirs
     * @param reference times without a year get the latest year that does not put them more than a day after this;
     *     null is the moment of parsing, right for a log that is being written and not repeatable for an old one
     */
    public record Options(
            @Nullable String timeFormat,
            ZoneId zone,
            @Nullable Instant reference) {
        /** The format's usual times, in UTC. */
        public static final Options DEFAULTS = new Options(null, ZoneOffset.UTC);

        public Options {
            Objects.requireNonNull(zone, "zone");
            if (timeFormat != null && (timeFormat.isBlank() || timeFormat.equals(AUTO))) {
                timeFormat = null;
            }
        }

        /**
         * Creates options without a reference for times without a year.
         *
         * @param timeFormat how times are written; null or {@code auto} for what the format usually has
         * @param zone the time zone of times that do not name theirs
         */
        public Options(@Nullable String timeFormat, ZoneId zone) {
            this(timeFormat, zone, null);
        }

        /**
         * Returns a copy with another reference for times without a year.
         *
         * @param newReference the reference; null for the moment of parsing
         * @return the copy
         */
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

    /**
     * Returns the names of the presets.
     *
     * @return the names, the most specific first
     */
    public static List<String> presets() {
        return Presets.names();
    }

    /**
     * Returns the parser of a format with its usual times, in UTC.
     *
     * @param format a preset's name, a layout, {@code json:...} or {@code regex:...}
     * @return the parser, safe for use by several threads
     * @throws LogParseException of kind {@code BAD_ARGUMENT} if it is none of these; names the nearest preset
     */
    public static LogParser of(String format) {
        return of(format, Options.DEFAULTS);
    }

    /**
     * Returns the parser of a format.
     *
     * @param format a preset's name; a layout such as {@code <Date> <Time> <Level> <Component>: <Content>};
     *     {@code json:} and the names of your own members, as in {@code json:time=eventTime,message=eventName}; or
     *     {@code regex:} and a regular expression with named groups
     * @param options how times are read
     * @return the parser, safe for use by several threads
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
        Optional<Wrapper> around = wrapper(trimmed);
        if (around.isPresent()) {
            return around.get().reading(of(trimmed.substring(trimmed.indexOf('/') + 1), options));
        }
        if (trimmed.contains("<")) {
            return LayoutParser.of(trimmed, options);
        }
        if (ColumnsParser.isName(trimmed)) {
            return ColumnsParser.of(trimmed, options);
        }
        if (trimmed.startsWith(AROUND) && !trimmed.contains(",")) {
            List<LogParser> inside = Stream.of(
                            trimmed.substring(AROUND.length()).split("\\+", -1))
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
     * Returns a user's own parser from the class path.
     *
     * @param className the name of a class that implements {@link LogParser} and has a public constructor without
     *     arguments
     * @return a new instance of the class
     * @throws LogParseException of kind {@code BAD_ARGUMENT} if there is no such class or it is not such a parser
     */
    public static LogParser ofClass(String className) {
        return CustomParser.named(className, null);
    }

    /**
     * Returns a user's own parser from the class path, a jar, or a folder of classes and jars.
     *
     * @param className the name of a class that implements {@link LogParser} and has a public constructor without
     *     arguments
     * @param path the jar or folder; null for the class path alone
     * @return a new instance of the class
     * @throws LogParseException of kind {@code BAD_ARGUMENT} if there is no such class or it is not such a parser
     */
    public static LogParser ofClass(String className, @Nullable Path path) {
        return CustomParser.named(className, path);
    }

    /** What a format says that is around its lines, as {@code cri} in {@code cri/logback}. */
    static Optional<Wrapper> wrapper(String format) {
        int slash = format.indexOf('/');
        return slash < 0 ? Optional.empty() : Wrapper.named(format.substring(0, slash));
    }

    /**
     * Tells whether a format is known by its name, and not spelt out as a layout or a regular expression.
     *
     * @param format a name such as {@code logback}, {@code cri/json} or {@code header,json}
     * @return whether {@link #of(String)} knows it
     */
    public static boolean isNamed(String format) {
        if (format.contains("<") || format.startsWith(REGEX)) {
            return false;
        }
        try {
            LogParser known = of(format);
            return known != null;
        } catch (LogParseException e) {
            return false;
        }
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
