package io.deepsentry.parse;

import java.util.List;

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
