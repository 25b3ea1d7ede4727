package io.deepsentry.parse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The account of every line a {@link LogReader} has read so far.
 *
 * <p>Each line is part of an event, blank, or was dropped by choice. A line that fits no format joins the event before it,
 * and that is right for the lines of a stack trace. One that looks like no continuation is counted as {@link #unread}: it
 * may have been a record of its own, whose time and level are lost.
 *
 * @param lines all lines read, blank and malformed ones included
 * @param events events handed out
 * @param malformed lines that do not fit the format, whatever became of them
 * @param attached lines that are part of the event that began before them
 * @param unread those of the malformed lines that are in an event, but neither begin a record nor continue one
 * @param dropped those of the malformed lines that were left out, as {@link OnMalformed#SKIP} asks
 * @param blank lines of white space only; they are neither events nor malformed
 * @param cut lines of which a part was left out because the length limit was reached
 * @param withoutKey events without a session key; 0 if no session key was asked for
 * @param bytes uncompressed bytes read
 * @param ignoredBytes NULs, and bytes after the end of compressed content, which belong to no line
 * @param firstMalformed the first lines that are unread or were dropped, at most {@value #MAX_REPORTED}
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
        List<MalformedLine> firstMalformed) {
    /** How many malformed lines are reported with their place; the others are only counted. */
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
    }

    /** What was seen of nothing. */
    public static final ReadStats NONE = new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    /** Returns what was seen of both. */
    public ReadStats plus(ReadStats more) {
        List<MalformedLine> first = Stream.concat(firstMalformed.stream(), more.firstMalformed.stream())
                .limit(MAX_REPORTED)
                .toList();
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
                first);
    }

    /** Lines that became no event, belong to none, are not blank and were not left out by choice: 0 unless something is wrong. */
    public long unaccounted() {
        return Math.max(0, lines - events - attached - dropped - blank);
    }

    /** Returns the share of {@link #unread} lines among those that are not blank, 0 to 1. */
    public double unreadShare() {
        return unread == 0 ? 0 : (double) unread / Math.max(1, lines - blank);
    }

    /**
     * Returns what to tell a user of unread lines: how many there are, the first ones, and what to do about them. Empty unless
     * they are more than {@link #WARNED_SHARE} of all.
     */
    public Optional<String> warning() {
        return unreadShare() > WARNED_SHARE ? Optional.of(unreadLines() + ". " + REMEDY) : Optional.empty();
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
                        "%,d of %,d lines (%.1f%%) fit no format and continue no event",
                        unread,
                        lines - blank,
                        100 * unreadShare())
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
                firstMalformed);
    }

    /**
     * A line that does not fit the format.
     *
     * @param origin where it is
     * @param excerpt its beginning, with control characters escaped
     */
    public record MalformedLine(Origin origin, String excerpt) {
        /** {@code file:line: excerpt}. */
        @Override
        public String toString() {
            return origin + ": " + excerpt;
        }
    }
}
