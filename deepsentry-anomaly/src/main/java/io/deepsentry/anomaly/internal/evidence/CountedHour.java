package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.text.prepare.HourRow;
import java.util.BitSet;
import java.util.List;

/**
 * An hour of a stream in which all lines were counted.
 *
 * @param hour counted from 1970
 * @param follows whether the hours since the one before, of the same stream, had no line; else some of them are unknown
 * @param isFirst whether the stream begins in it
 * @param isLast whether nothing is known of what comes after it
 * @param minutes the lines of its minutes
 * @param counts the lines of messages by their numbers
 * @param begun the messages that came until its end
 */
record CountedHour(
        long hour, boolean follows, boolean isFirst, boolean isLast, int[] minutes, int[] counts, BitSet begun) {
    static final int MINUTES = 60;

    static CountedHour of(HourRow row, boolean isFirst, boolean isLast, Names names, BitSet begun) {
        int[] counts = new int[names.size()];
        row.messages().forEach((text, lines) -> {
            int message = names.of(text);
            if (message != Line.UNKNOWN) {
                counts[message] = count(lines);
                begun.set(message);
            }
        });
        List<Long> minutes = row.minutes();
        return new CountedHour(
                row.hour(),
                row.follows() && !isFirst,
                isFirst,
                isLast,
                minutes.stream().mapToInt(CountedHour::count).toArray(),
                counts,
                begun);
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
