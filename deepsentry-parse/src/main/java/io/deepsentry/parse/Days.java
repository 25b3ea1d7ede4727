package io.deepsentry.parse;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * The days of a log that has only times of day. Its last line is of the day on which it was last written, and midnight
 * lies where its times run backward by more than an hour.
 *
 * <p>Times go through it twice: once to count the midnights ahead, then to be put on their days. Confined to one thread.
 */
final class Days {
    /** Less is a line out of order, or the hour that comes twice at the end of summer time. */
    private static final int BACKWARD_SECONDS = 3600;

    private final ZoneId zone;
    private long midnights;
    private int before = -1;
    private LocalDate day = LocalDate.EPOCH;
    private boolean placing;

    Days(ZoneId zone) {
        this.zone = zone;
    }

    /** Takes a time on the latest day on which it can be, in the first pass. */
    void count(Instant time) {
        pass(time);
        day = time.atZone(zone).toLocalDate();
    }

    /** Returns a time on its day, in the second pass. */
    Instant place(Instant time) {
        if (!placing) {
            placing = true;
            day = day.minusDays(midnights);
            midnights = 0;
            before = -1;
        }
        pass(time);
        LocalTime clock = time.atZone(zone).toLocalTime();
        return day.plusDays(midnights).atTime(clock).atZone(zone).toInstant();
    }

    private void pass(Instant time) {
        int second = time.atZone(zone).toLocalTime().toSecondOfDay();
        if (before - second > BACKWARD_SECONDS) {
            midnights++;
        }
        before = second;
    }
}
