package io.deepsentry.text.prepare;

import java.util.Map;
import java.util.TreeMap;

/**
 * How many lines a source has in an hour, by minute and by message. Sums of parts add up to that of the whole. For one
 * thread at a time.
 */
final class HourSum {
    static final int SECONDS = 3600;
    static final int MINUTES = 60;
    /** What an hour takes beside its messages, each of which takes 1. */
    private static final long SIZE = 8;

    private final String source;
    /** Counted from 1970. */
    private final long hour;

    private final long[] minutes = new long[MINUTES];
    /** By the hash of the masked message. */
    private final TreeMap<Long, Long> messages = new TreeMap<>();

    HourSum(String source, long hour) {
        this.source = source;
        this.hour = hour;
    }

    static long hourOf(long epochSecond) {
        return Math.floorDiv(epochSecond, (long) SECONDS);
    }

    String source() {
        return source;
    }

    long hour() {
        return hour;
    }

    /** Adds lines of a minute. */
    void addLines(int minute, long lines) {
        minutes[minute] += lines;
    }

    /** Adds lines of a message, and returns by how much the hour has grown. */
    long addMessage(long message, long lines) {
        return messages.merge(message, lines, Long::sum) == lines ? 1 : 0;
    }

    /** Adds the sum of another part, and returns by how much this has grown. */
    long add(HourSum other) {
        for (int minute = 0; minute < MINUTES; minute++) {
            minutes[minute] += other.minutes[minute];
        }
        long grown = 0;
        for (Map.Entry<Long, Long> each : other.messages.entrySet()) {
            grown += addMessage(each.getKey(), each.getValue());
        }
        return grown;
    }

    long size() {
        return SIZE + messages.size();
    }

    long[] minutes() {
        return minutes;
    }

    Map<Long, Long> messages() {
        return messages;
    }
}
