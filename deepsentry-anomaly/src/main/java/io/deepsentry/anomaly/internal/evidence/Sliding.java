package io.deepsentry.anomaly.internal.evidence;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** How many came in the last seconds, of which it tells tenths. Bounded, whatever comes. */
final class Sliding {
    private static final int PARTS = 10;

    private final double part;
    private final int[] counts = new int[PARTS];
    private long head = Long.MIN_VALUE;
    private int sum;

    Sliding(double seconds) {
        part = seconds / PARTS;
    }

    /** Adds one at a time that is not before the last, and returns how many there are. */
    int add(double seconds) {
        long now = (long) Math.floor(seconds / part);
        if (head == Long.MIN_VALUE || now - head >= PARTS || now < head) {
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
}
