package io.deepsentry.anomaly.internal.vector;

import java.util.Arrays;

/**
 * The distinct windows of a view with how often each came. Windows repeat, so training on the distinct ones by their
 * counts is training on all at a fraction of the work.
 *
 * <p>At most {@link #MAX_DISTINCT} are told apart; of the others a sample is kept that stands for all of them, drawn
 * evenly (Vitter 1985, algorithm R). For one thread.
 */
public final class WindowCounts {
    /** Windows that are told apart, unless told otherwise. */
    static final int MAX_DISTINCT = 500_000;

    private final int length;
    private final int maxDistinct;
    private final int sampleSize;
    private int[] codes;
    private int[] counts = new int[1 << 9];
    private boolean[] whole = new boolean[1 << 9];
    private int[] slots = new int[1 << 10];
    private int distinct;
    private long total;
    private long beyond;
    private int sampled;
    private long random = 0x2545F4914F6CDD1DL;

    public WindowCounts(int length) {
        this(length, MAX_DISTINCT);
    }

    public WindowCounts(int length, int maxDistinct) {
        this.length = length;
        this.maxDistinct = maxDistinct;
        this.sampleSize = Math.max(1, maxDistinct / 8);
        this.codes = new int[(1 << 9) * length];
    }

    /**
     * Counts a window.
     *
     * @param learnAll whether every row is to be predicted; else only the last, whose context is whole
     */
    public void add(int[] window, boolean learnAll) {
        total++;
        int mask = slots.length - 1;
        int slot = hash(window, learnAll) & mask;
        while (slots[slot] != 0) {
            int at = slots[slot] - 1;
            if (whole[at] == learnAll && Arrays.equals(codes, at * length, (at + 1) * length, window, 0, length)) {
                counts[at]++;
                return;
            }
            slot = (slot + 1) & mask;
        }
        if (distinct >= maxDistinct) {
            sample(window, learnAll);
            return;
        }
        int at = distinct++;
        put(at, window, learnAll);
        counts[at] = 1;
        slots[slot] = distinct;
        if (distinct * 2 > slots.length) {
            grow();
        }
    }

    private static int hash(int[] window, boolean learnAll) {
        int hash = (Arrays.hashCode(window) * 31 + (learnAll ? 1 : 0)) * 0x9E3779B1;
        return hash ^ (hash >>> 15);
    }

    private void sample(int[] window, boolean learnAll) {
        beyond++;
        if (sampled < sampleSize) {
            put(maxDistinct + sampled++, window, learnAll);
        } else {
            random ^= random << 13;
            random ^= random >>> 7;
            random ^= random << 17;
            long place = Long.remainderUnsigned(random, beyond);
            if (place < sampleSize) {
                put(maxDistinct + (int) place, window, learnAll);
            }
        }
    }

    private void put(int at, int[] window, boolean learnAll) {
        if (at >= counts.length) {
            int larger = Math.max(at + 1, counts.length * 2);
            counts = Arrays.copyOf(counts, larger);
            whole = Arrays.copyOf(whole, larger);
            codes = Arrays.copyOf(codes, larger * length);
        }
        System.arraycopy(window, 0, codes, at * length, length);
        whole[at] = learnAll;
    }

    private void grow() {
        int[] larger = new int[slots.length * 2];
        int mask = larger.length - 1;
        int[] window = new int[length];
        for (int at = 0; at < distinct; at++) {
            System.arraycopy(codes, at * length, window, 0, length);
            int slot = hash(window, whole[at]) & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = at + 1;
        }
        slots = larger;
    }

    /** How many windows are kept. */
    public int size() {
        return distinct + sampled;
    }

    /** How many windows came. */
    public long total() {
        return total;
    }

    /** A copy of a kept window. */
    int[] window(int i) {
        int at = place(i);
        return Arrays.copyOfRange(codes, at * length, (at + 1) * length);
    }

    /** Whether every row of a kept window is to be predicted. */
    boolean learnAll(int i) {
        return whole[place(i)];
    }

    /** How many windows a kept one stands for. */
    double weight(int i) {
        return i < distinct ? counts[i] : (double) beyond / sampled;
    }

    private int place(int i) {
        return i < distinct ? i : maxDistinct + i - distinct;
    }
}
