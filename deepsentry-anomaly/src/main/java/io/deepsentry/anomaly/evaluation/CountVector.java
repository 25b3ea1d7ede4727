package io.deepsentry.anomaly.evaluation;

import java.util.Arrays;

/**
 * The count of each message in a set of lines, with a 64-bit hash that is updated for each line added or removed. For
 * one thread.
 */
final class CountVector {
    private int[] counts = new int[1 << 8];
    private long hash;

    /** Adds one occurrence of a message. */
    void add(int message) {
        if (message >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(message + 1, counts.length * 2));
        }
        change(message, 1);
    }

    /** Removes one occurrence of a message that was added. */
    void remove(int message) {
        if (message >= counts.length || counts[message] == 0) {
            throw new IllegalArgumentException("message " + message + " was not added");
        }
        change(message, -1);
    }

    private void change(int message, int by) {
        hash -= term(message, counts[message]);
        counts[message] += by;
        hash += term(message, counts[message]);
    }

    /**
     * Returns the hash: equal for equal counts, whatever the order; unequal counts have equal hashes about once in 2^64
     * pairs.
     */
    long hash() {
        return hash;
    }

    private static long term(int message, int count) {
        if (count == 0) {
            return 0;
        }
        long h = ((long) message << 32 | count) * 0x9E37_79B9_7F4A_7C15L;
        h = (h ^ (h >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return h ^ (h >>> 31);
    }
}
