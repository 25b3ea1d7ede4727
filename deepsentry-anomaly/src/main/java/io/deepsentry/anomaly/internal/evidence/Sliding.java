package io.deepsentry.anomaly.internal.evidence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many came in the last seconds, of which it tells tenths. Bounded, whatever comes.
 *
 * <p>One that is older than those seconds is not counted: it came late, or the clock of those before it was ahead. Where
 * such ones go on for as many seconds as are counted, the clock was set back, and the count begins again.
 */
final class Sliding {
    private static final int PARTS = 10;
    private static final long NONE = Long.MIN_VALUE;

    private final double part;
    private final int[] counts = new int[PARTS];
    private long head = NONE;
    private int sum;
    /** The first of those in a row that were too old; none after one that was not. */
    private long behind = NONE;

    Sliding(double seconds) {
        part = seconds / PARTS;
    }

    /** Adds one, and returns how many there are; 0 where it is too old to be counted. */
    int add(double seconds) {
        long now = (long) Math.floor(seconds / part);
        if (head != NONE && now <= head - PARTS) {
            behind = behind == NONE ? now : Math.min(behind, now);
            if (now - behind < PARTS) {
                return 0;
            }
            head = NONE;
        }
        behind = NONE;
        if (head == NONE || now - head >= PARTS) {
            Arrays.fill(counts, 0);
            sum = 0;
            head = now;
        }
        while (head < now) {
            head++;
            int oldest = (int) Math.floorMod(head, (long) PARTS);
            sum -= counts[oldest];
            counts[oldest] = 0;
        }
        counts[(int) Math.floorMod(now, (long) PARTS)]++;
        return ++sum;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(head);
        for (int count : counts) {
            out.writeInt(count);
        }
    }

    void read(DataInput in) throws IOException {
        head = in.readLong();
        sum = 0;
        for (int i = 0; i < PARTS; i++) {
            counts[i] = in.readInt();
            sum += counts[i];
        }
    }

    void writeBehind(DataOutput out) throws IOException {
        out.writeLong(behind);
    }

    void readBehind(DataInput in) throws IOException {
        behind = in.readLong();
    }
}
