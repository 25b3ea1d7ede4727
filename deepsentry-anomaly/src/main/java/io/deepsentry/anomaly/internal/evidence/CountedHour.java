package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.text.prepare.HourRow;
import java.util.BitSet;

/** An hour of a stream in which all lines were counted. */
final class CountedHour {
    static final int MINUTES = 60;

    private final long hour;
    private final boolean follows;
    private final boolean isFirst;
    private final boolean isLast;
    private final int[] minutes;
    private final int[] counts;
    private final BitSet begun;

    private CountedHour(HourRow row, boolean isFirst, boolean isLast, int[] counts, BitSet begun) {
        this.hour = row.hour();
        this.follows = row.follows() && !isFirst;
        this.isFirst = isFirst;
        this.isLast = isLast;
        this.minutes = row.minutes().stream().mapToInt(CountedHour::count).toArray();
        this.counts = counts;
        this.begun = begun;
    }

    /**
     * An hour.
     *
     * @param isFirst whether the stream begins in it
     * @param isLast whether nothing is known of what comes after it
     * @param begun the messages that came before; those of this hour are added
     */
    static CountedHour of(HourRow row, boolean isFirst, boolean isLast, Names names, BitSet begun) {
        int[] counts = new int[names.size()];
        row.messages().forEach((text, lines) -> {
            int message = names.of(text);
            if (message != Line.UNKNOWN) {
                counts[message] = count(lines);
                begun.set(message);
            }
        });
        return new CountedHour(row, isFirst, isLast, counts, begun);
    }

    /** Counted from 1970. */
    long hour() {
        return hour;
    }

    /** Whether the hours since the one before, of the same stream, had no line; else some of them are unknown. */
    boolean follows() {
        return follows;
    }

    /** Whether it is neither the one in which the stream begins nor the last that is known. */
    boolean isWhole() {
        return !isFirst && !isLast;
    }

    /** The lines of messages by their numbers. */
    int[] counts() {
        return counts;
    }

    /** The messages that came until its end. */
    BitSet begun() {
        return begun;
    }

    private static int count(long lines) {
        return (int) Math.min(lines, Integer.MAX_VALUE);
    }

    /** How many lines came in so many minutes. */
    int lines(int from, int to) {
        long sum = 0;
        for (int minute = from; minute < to; minute++) {
            sum += minutes[minute];
        }
        return count(sum);
    }

    int lines() {
        return lines(0, MINUTES);
    }

    /** The first minute that is there from its begin. */
    int begin() {
        int minute = 0;
        while (isFirst && minute < MINUTES && minutes[minute] == 0) {
            minute++;
        }
        return isFirst ? minute + 1 : 0;
    }

    /** The minute before which all are there to their end. */
    int end() {
        int minute = MINUTES;
        while (isLast && minute > 0 && minutes[minute - 1] == 0) {
            minute--;
        }
        return isLast ? minute - 1 : MINUTES;
    }
}
