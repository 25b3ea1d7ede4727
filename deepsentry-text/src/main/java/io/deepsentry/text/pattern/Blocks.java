package io.deepsentry.text.pattern;

import java.util.Arrays;

/**
 * How the lines of a message are spread over a log: its counts in blocks of equally many lines. Blocks grow with the
 * log, so that there are never more than {@value #MOST}. One thread at a time.
 */
final class Blocks {
    private static final int MOST = 64;

    private final long[] counts = new long[MOST];
    /** The number of lines of a block, as a power of two. */
    private int size;

    /** Adds lines of the message at a place in the log. */
    void add(long line, long times) {
        while (line >>> size >= MOST) {
            shrink();
        }
        counts[(int) (line >>> size)] += times;
    }

    private void shrink() {
        for (int i = 0; i < MOST / 2; i++) {
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        }
        Arrays.fill(counts, MOST / 2, MOST, 0);
        size++;
    }

    void addAll(Blocks other) {
        while (size < other.size) {
            shrink();
        }
        for (int i = 0; i < MOST; i++) {
            if (other.counts[i] > 0) {
                add((long) i << other.size, other.counts[i]);
            }
        }
    }

    /**
     * The variance of the counts over their mean, at least 1: 1 if lines come independently of each other, more if they
     * come in bursts.
     *
     * @param lines of the whole log
     */
    double dispersion(long lines) {
        while (lines >>> size >= MOST) {
            shrink();
        }
        int blocks = (int) (lines >>> size);
        if (blocks < 2) {
            return 1;
        }
        double mean = 0;
        for (int i = 0; i < blocks; i++) {
            mean += (double) counts[i] / blocks;
        }
        double squares = 0;
        for (int i = 0; i < blocks; i++) {
            squares += (counts[i] - mean) * (counts[i] - mean);
        }
        return mean == 0 ? 1 : Math.max(1, squares / (blocks - 1) / mean);
    }
}
