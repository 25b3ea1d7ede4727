package io.deepsentry.anomaly.internal.evidence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * One time for lines of several clocks, such as those of hosts of which one is two hours ahead. That there are several
 * shows where the time jumps away and comes back to where it was: from then on each line counts at the time of the
 * clock that was there first, or of the one that nearly all lines follow. Bounded, for one thread.
 */
final class CommonClock {
    /** How far a line may be from where its clock was. Clocks that are nearer to each other count as one. */
    private static final double NEAR_SECONDS = 60;
    /** Lines that come out of order by less than this are late; by more, the clock was set back. */
    private static final double LATE_SECONDS = 3600;
    /** How long after a jump the time may come back. */
    private static final double RETURN_SECONDS = 600;
    /** How many other clocks are known; the oldest is forgotten. */
    private static final int MOST = 4;
    /** So many lines of another clock in a row make it the one that counts. */
    private static final int MAJORITY = 100;

    private double now = Double.NaN;
    private double before = Double.NaN;
    private double jumped = Double.NaN;
    private double[] offsets = {};
    private int others;
    private boolean isRestart;

    /** Takes when a line says that it was logged, and returns when that was by the common clock. */
    double add(double seconds) {
        isRestart = false;
        double ahead = seconds - now;
        if (Double.isNaN(now) || Math.abs(ahead) <= NEAR_SECONDS) {
            others = 0;
            now = Double.isNaN(now) ? seconds : Math.max(now, seconds);
            return seconds;
        }
        int other = other(seconds);
        if (other >= 0) {
            return ofOther(other, seconds);
        }
        others = 0;
        if (isReturn(seconds)) {
            know(jumped - before);
            before = Double.NaN;
            begin(seconds);
            return seconds;
        }
        boolean isSetBack = ahead < -LATE_SECONDS;
        if (isSetBack || ahead > 2 * NEAR_SECONDS) {
            before = now;
            jumped = seconds;
        }
        if (isSetBack) {
            begin(seconds);
        }
        now = Math.max(now, seconds);
        return seconds;
    }

    private void begin(double seconds) {
        isRestart = true;
        now = seconds;
    }

    /** The known clock that a line is of; -1 for none. */
    private int other(double seconds) {
        int nearest = -1;
        double least = NEAR_SECONDS;
        for (int i = 0; i < offsets.length; i++) {
            double off = Math.abs(seconds - offsets[i] - now);
            if (off <= least) {
                nearest = i;
                least = off;
            }
        }
        return nearest >= 0 ? nearest : paused(seconds);
    }

    /** The known clock by which there was a pause before a line, and a shorter one than by the clock that counts. */
    private int paused(double seconds) {
        int shortest = -1;
        double least = seconds > now ? Math.min(LATE_SECONDS, seconds - now) : LATE_SECONDS;
        for (int i = 0; i < offsets.length; i++) {
            double pause = seconds - offsets[i] - now;
            if (pause > 0 && pause < least) {
                shortest = i;
                least = pause;
            }
        }
        return shortest;
    }

    private double ofOther(int other, double seconds) {
        double offset = offsets[other];
        if (++others < MAJORITY) {
            now = Math.max(now, seconds - offset);
            return seconds - offset;
        }
        others = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i == other ? -offset : offsets[i] - offset;
        }
        begin(seconds);
        return seconds;
    }

    /** Whether a line is of the clock from which the time jumped away. */
    private boolean isReturn(double seconds) {
        double since = now - jumped;
        double back = seconds - before;
        return since <= RETURN_SECONDS && back >= -NEAR_SECONDS && back <= since + NEAR_SECONDS;
    }

    private void know(double offset) {
        int kept = Math.min(offsets.length, MOST - 1);
        double[] known = new double[kept + 1];
        System.arraycopy(offsets, offsets.length - kept, known, 0, kept);
        known[kept] = offset;
        offsets = known;
    }

    /** The time of the latest line; NaN before the first. */
    double now() {
        return now;
    }

    /** Begins at a time, as versions did that knew of one clock. */
    void now(double seconds) {
        now = seconds;
    }

    /** Whether the last line was so far before the others that it begins another stretch of time. */
    boolean isRestart() {
        return isRestart;
    }

    /** Writes what it knows beside {@link #now}. */
    void write(DataOutput out) throws IOException {
        out.writeDouble(before);
        out.writeDouble(jumped);
        out.writeInt(others);
        out.writeInt(offsets.length);
        for (double offset : offsets) {
            out.writeDouble(offset);
        }
    }

    void read(DataInput in) throws IOException {
        before = in.readDouble();
        jumped = in.readDouble();
        others = in.readInt();
        offsets = new double[Math.max(0, Math.min(MOST, in.readInt()))];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.readDouble();
        }
    }
}
