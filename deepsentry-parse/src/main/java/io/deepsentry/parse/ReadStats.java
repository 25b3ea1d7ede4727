package io.deepsentry.parse;

import io.deepsentry.parse.internal.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The counts of the lines a {@link LogReader} has read so far. Immutable.
 *
 * <p>Each line is part of an event, blank, or was dropped by choice. A line that fits no format joins the event
 * before it, and that is right for the lines of a stack trace. One that does not look like a continuation is counted
 * as {@link #unread}: it may have been a record of its own, whose time and level are lost.
 *
 * @param lines all lines read, including blank and malformed ones
 * @param events events handed out
 * @param malformed lines that do not fit the format, whatever happened to them
 * @param attached lines that are part of the event that began before them
 * @param unread malformed lines that are in an event, but neither begin a record nor continue one
 * @param dropped malformed lines that were left out, as {@link OnMalformed#SKIP} asks
 * @param blank lines of white space only; they are neither events nor malformed
 * @param cut lines of which a part was left out because the length limit was reached
 * @param withoutKey events without a session key; 0 if no session key was set
 * @param bytes uncompressed bytes read
 * @param ignoredBytes NULs, and bytes after the end of compressed content, which belong to no line
 * @param firstMalformed the first lines that are unread or were dropped, at most {@value #MAX_REPORTED}
 * @param formats the formats chosen under {@code auto}, in the order in which they were first chosen: for each name a
 *     sentence that gives the reason; empty for a named format, and before the choice
 * @param unbroken the names of the first inputs that were read as one line, but have carriage returns in it, as files
 *     whose lines end with these alone
 */
public record ReadStats(
        long lines,
        long events,
        long malformed,
        long attached,
        long unread,
        long dropped,
        long blank,
        long cut,
        long withoutKey,
        long bytes,
        long ignoredBytes,
        List<MalformedLine> firstMalformed,
        Map<String, String> formats,
        List<String> unbroken) {
    /** The most malformed lines that are reported with their place; the others are only counted. */
    public static final int MAX_REPORTED = 10;
    /** The share of unread lines above which users are warned. */
    public static final double WARNED_SHARE = 0.01;
    /** The share of unread lines above which an input is refused, see {@link EventAssembler#end}. */
    public static final double REFUSED_SHARE = 0.5;

    /** Fewer unread lines are no reason to refuse an input: a log may have just begun, with a banner. */
    private static final int FEW = 5;

    private static final int SHOWN = 3;
    private static final int SHOWN_LENGTH = 80;
    private static final String REMEDY = "Name the format they have, or read each line as a message with format plain";

    public ReadStats {
        firstMalformed = List.copyOf(firstMalformed);
        formats = FieldMap.copyOf(formats);
        unbroken = List.copyOf(unbroken);
    }

    /**
     * Creates counts of lines for which no format was chosen.
     *
     * @param lines all lines read, including blank and malformed ones
     * @param events events handed out
     * @param malformed lines that do not fit the format, whatever happened to them
     * @param attached lines that are part of the event that began before them
     * @param unread malformed lines that are in an event, but neither begin a record nor continue one
     * @param dropped malformed lines that were left out
     * @param blank lines of white space only
     * @param cut lines of which a part was left out because the length limit was reached
     * @param withoutKey events without a session key
     * @param bytes uncompressed bytes read
     * @param ignoredBytes bytes that belong to no line
     * @param firstMalformed the first lines that are unread or were dropped
     */
    public ReadStats(
            long lines,
            long events,
            long malformed,
            long attached,
            long unread,
            long dropped,
            long blank,
            long cut,
            long withoutKey,
            long bytes,
            long ignoredBytes,
            List<MalformedLine> firstMalformed) {
        this(
                lines,
                events,
                malformed,
                attached,
                unread,
                dropped,
                blank,
                cut,
                withoutKey,
                bytes,
                ignoredBytes,
                firstMalformed,
                Map.of(),
                List.of());
    }

    /** The counts before anything was read: all zero. */
    public static final ReadStats NONE = new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    /**
     * Returns the sum of two counts.
     *
     * @param more the counts to add
     * @return the sum, with the first malformed lines and the formats of both
     */
    public ReadStats plus(ReadStats more) {
        return new ReadStats(
                lines + more.lines,
                events + more.events,
                malformed + more.malformed,
                attached + more.attached,
                unread + more.unread,
                dropped + more.dropped,
                blank + more.blank,
                cut + more.cut,
                withoutKey + more.withoutKey,
                bytes + more.bytes,
                ignoredBytes + more.ignoredBytes,
                first(firstMalformed, more.firstMalformed),
                formatsWith(more.formats),
                first(unbroken, more.unbroken));
    }

    private static <T> List<T> first(List<T> one, List<T> more) {
        return Stream.concat(one.stream(), more.stream()).limit(MAX_REPORTED).toList();
    }

    /** Returns these formats and more; the reason given first for a format stays. */
    private Map<String, String> formatsWith(Map<String, String> more) {
        if (formats.keySet().containsAll(more.keySet())) {
            return formats;
        }
        Map<String, String> both = new LinkedHashMap<>(formats);
        more.forEach(both::putIfAbsent);
        return both;
    }

    /**
     * Returns the lines that are in no event, not blank and not dropped by choice.
     *
     * @return 0 unless something is wrong
     */
    public long unaccounted() {
        return Math.max(0, lines - events - attached - dropped - blank);
    }

    /**
     * Returns the share of {@link #unread} lines among those that are not blank.
     *
     * @return 0 to 1
     */
    public double unreadShare() {
        return unread == 0 ? 0 : (double) unread / Math.max(1, lines - blank);
    }

    /**
     * Returns a warning for the user about inputs without line feeds and about unread lines: which or how many there
     * are, the first ones, and what to do.
     *
     * @return the warning; empty unless an input is {@link #unbroken} or the share of unread lines is above
     *     {@link #WARNED_SHARE}
     */
    public Optional<String> warning() {
        List<String> warnings = new ArrayList<>();
        if (!unbroken.isEmpty()) {
            boolean isOne = unbroken.size() == 1;
            warnings.add(String.join(", ", unbroken) + (isOne ? " has" : " have")
                    + " carriage returns but no line feeds, and " + (isOne ? "was" : "were each")
                    + " read as one line. If carriage returns end the lines, replace them: tr '\\r' '\\n' < OLD > NEW");
        }
        if (unreadShare() > WARNED_SHARE) {
            warnings.add(unreadLines() + ". " + REMEDY);
        }
        return warnings.isEmpty() ? Optional.empty() : Optional.of(String.join(". ", warnings));
    }

    /** Whether so much is unread that the input must not pass for one that was read. */
    boolean isMostlyUnread() {
        return unread >= FEW && unreadShare() > REFUSED_SHARE;
    }

    /** What is wrong with an input that is mostly unread. */
    String refusal(String input, String format) {
        return "format '" + Excerpt.of(format) + "' does not fit " + input + ": " + unreadLines() + ". " + REMEDY
                + ", or leave such lines out with on_malformed skip";
    }

    private String unreadLines() {
        String first = firstMalformed.stream()
                .limit(SHOWN)
                .map(line -> line.origin().file() + ":" + line.origin().lineNumber() + " \""
                        + Excerpt.of(line.excerpt(), SHOWN_LENGTH) + "\"")
                .collect(Collectors.joining(", "));
        return String.format(
                        Locale.ROOT,
                        "%,d of %s (%.1f%%) %s no event",
                        unread,
                        Counted.of(lines - blank, "line"),
                        100 * unreadShare(),
                        unread == 1 ? "fits no format and continues" : "fit no format and continue")
                + ", such as " + first;
    }

    ReadStats withEvents(long newEvents) {
        return new ReadStats(
                lines,
                newEvents,
                malformed,
                attached,
                unread,
                dropped,
                blank,
                cut,
                withoutKey,
                bytes,
                ignoredBytes,
                firstMalformed,
                formats,
                unbroken);
    }

    /** Nothing but that an input was read as one line, though it has carriage returns in it. */
    static ReadStats ofUnbroken(String input) {
        return new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), Map.of(), List.of(input));
    }

    /**
     * A line that does not fit the format.
     *
     * @param origin where it is
     * @param excerpt its beginning, with control characters escaped
     */
    public record MalformedLine(Origin origin, String excerpt) {
        /** Returns {@code file:line: excerpt}. */
        @Override
        public String toString() {
            return origin + ": " + excerpt;
        }
    }
}
