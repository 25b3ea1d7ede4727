package io.deepsentry.parse;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a {@link LogReader} has seen so far.
 *
 * @param lines all lines read, blank and malformed ones included
 * @param events events handed out
 * @param malformed lines that do not fit the format, whatever became of them
 * @param attached lines that are part of the event that began before them
 * @param dropped those of the malformed lines that were left out, as {@link OnMalformed#SKIP} asks
 * @param blank lines of white space only; they are neither events nor malformed
 * @param cut lines of which a part was left out because the length limit was reached
 * @param withoutKey events without a session key; 0 if no session key was asked for
 * @param bytes uncompressed bytes read
 * @param firstMalformed the first malformed lines, at most {@value #MAX_REPORTED}
 */
public record ReadStats(
        long lines,
        long events,
        long malformed,
        long attached,
        long dropped,
        long blank,
        long cut,
        long withoutKey,
        long bytes,
        List<MalformedLine> firstMalformed) {
    /** How many malformed lines are reported with their place; the others are only counted. */
    public static final int MAX_REPORTED = 10;

    public ReadStats {
        firstMalformed = List.copyOf(firstMalformed);
    }

    /** What was seen of nothing. */
    public static final ReadStats NONE = new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

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
                dropped + more.dropped,
                blank + more.blank,
                cut + more.cut,
                withoutKey + more.withoutKey,
                bytes + more.bytes,
                first);
    }

    /** Lines that became no event, belong to none, are not blank and were not left out by choice: 0 unless something is wrong. */
    public long unaccounted() {
        return Math.max(0, lines - events - attached - dropped - blank);
    }

    ReadStats withEvents(long newEvents) {
        return new ReadStats(
                lines, newEvents, malformed, attached, dropped, blank, cut, withoutKey, bytes, firstMalformed);
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
