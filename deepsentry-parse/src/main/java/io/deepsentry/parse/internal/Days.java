package io.deepsentry.parse.internal;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * The days of a log that has only times of day. Its last line is of the day on which it was last written, and midnight
 * lies where its times run backward by more than an hour.
 *
 * <p>Times go through it twice: once to count the midnights ahead, then to be put on their days. Confined to one
 * thread.
 */
public final class Days {
    /** Less is a line out of order, or the hour that comes twice at the end of summer time. */
    private static final int BACKWARD_SECONDS = 3600;

    private final ZoneId zone;
    private long midnights;
    private int before = -1;
    private LocalDate day = LocalDate.EPOCH;
    private boolean placing;
    /**
     * How many counted times are not on their days yet: of a log that has grown since, later lines are not among them.
     */
    private long left;

    /** Begins with no time seen. */
    public Days(ZoneId zone) {
        this.zone = zone;
    }

    /** Takes a time on the latest day on which it can be, in the first pass. */
    public void count(Instant time) {
        pass(time);
        day = time.atZone(zone).toLocalDate();
        left++;
    }

    /** Returns a time on its day, in the second pass; as it is if it was not in the first. */
    public Instant place(Instant time) {
        if (!placing) {
            placing = true;
            day = day.minusDays(midnights);
            midnights = 0;
            before = -1;
        }
        if (left == 0) {
            return time;
        }
        left--;
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

    /** Writes the state. */
    public void write(StateWriter out) {
        out.number(midnights);
        out.number(before);
        out.number(day.toEpochDay());
        out.flag(placing);
        out.number(left);
    }

    /** Reads what {@link #write} wrote. */
    public static Days read(StateReader in, ZoneId zone) throws IOException {
        Days days = new Days(zone);
        days.midnights = in.number();
        days.before = (int) in.number();
        days.day = LocalDate.ofEpochDay(in.number());
        days.placing = in.flag();
        days.left = in.number();
        return days;
    }
}
