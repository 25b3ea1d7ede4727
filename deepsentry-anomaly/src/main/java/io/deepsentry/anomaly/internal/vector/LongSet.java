package io.deepsentry.anomaly.internal.vector;

import java.util.Arrays;

/** A set of numbers that are hashes already, in about 16 bytes each. For one thread. */
public final class LongSet {
    /** Zero marks a free slot; the number zero itself is kept aside. */
    private long[] slots = new long[1 << 10];

    private boolean zero;
    private int size;

    public void add(long value) {
        if (value == 0) {
            zero = true;
            return;
        }
        int slot = slot(slots, value);
        if (slots[slot] == 0) {
            slots[slot] = value;
            size++;
            if (size > slots.length / 2) {
                grow();
            }
        }
    }

    public boolean contains(long value) {
        return value == 0 ? zero : slots[slot(slots, value)] != 0;
    }

    private static int slot(long[] slots, long value) {
        int mask = slots.length - 1;
        int slot = (int) (value ^ (value >>> 32)) & mask;
        while (slots[slot] != 0 && slots[slot] != value) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        Arrays.stream(slots).filter(value -> value != 0).forEach(value -> larger[slot(larger, value)] = value);
        slots = larger;
    }
}
