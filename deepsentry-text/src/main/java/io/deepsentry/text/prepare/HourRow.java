package io.deepsentry.text.prepare;

import java.util.List;
import java.util.Map;

/**
 * How many lines a stream had in one hour of training, all of them counted, where the rows are those of a sample.
 *
 * @param source the input as it was named
 * @param hour counted from 1970
 * @param follows whether the hours between the row before it and this one, of the same source, had no line; else some
 *     of them were not kept
 * @param minutes the lines of each of the 60 minutes
 * @param messages the lines of each masked message; those of messages that the sample does not know are in {@code
 *     minutes} only
 */
public record HourRow(String source, long hour, boolean follows, List<Long> minutes, Map<String, Long> messages) {
    public HourRow {
        minutes = List.copyOf(minutes);
        messages = Map.copyOf(messages);
        if (minutes.size() != HourSum.MINUTES) {
            throw new IllegalArgumentException("minutes must be " + HourSum.MINUTES + ", but were " + minutes.size());
        }
    }
}
