package io.deepsentry.parse;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a {@link LogReader} has seen so far.
 *
 * @param lines all lines read, blank and malformed ones included
 * @param events events handed out
 * @param malformed lines that do not fit the format, whatever became of them
 * @param attached those of the malformed lines that were attached to the event before them
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
    public static final ReadStats NONE = new ReadStats(0, 0, 0, 0, 0, 0, 0, 0, List.of());

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
                blank + more.blank,
                cut + more.cut,
                withoutKey + more.withoutKey,
                bytes + more.bytes,
                first);
    }

    ReadStats withEvents(long newEvents) {
        return new ReadStats(lines, newEvents, malformed, attached, blank, cut, withoutKey, bytes, firstMalformed);
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
