package io.deepsentry.text.pattern;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Numbers in bounded memory: the least, the largest, and a histogram whose buckets grow by {@value #GROWTH}, so that a
 * quantile is off by half of that at most. One thread at a time.
 */
final class NumberSketch {
    private static final double GROWTH = 1.05;
    private static final double LOG_GROWTH = Math.log(GROWTH);
    /** Numbers nearer to 0 count as this; those above {@link #LARGEST} times as large are in one bucket. */
    private static final double LEAST = 1e-9;

    private static final int LARGEST = 1400;
    /** Buckets by which the histogram grows at once. */
    private static final int STEP = 16;

    private long[] counts = {};
    /** The bucket of the first count. */
    private int base;

    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private final Trend trend = new Trend();

    /** Adds a number that came so often, first at this line. */
    void add(double number, long times, long line) {
        max = Math.max(max, number);
        min = Math.min(min, number);
        count += times;
        addTo(bucket(number), times);
        trend.add(number, (double) line);
    }

    void addAll(NumberSketch other) {
        count += other.count;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
        trend.addAll(other.trend);
        for (int i = 0; i < other.counts.length; i++) {
            if (other.counts[i] > 0) {
                addTo(other.base + i, other.counts[i]);
            }
        }
    }

    private void addTo(int bucket, long times) {
        if (counts.length == 0) {
            base = bucket;
            counts = new long[1];
        } else if (bucket < base) {
            int more = Math.max(STEP, base - bucket);
            long[] larger = new long[counts.length + more];
            System.arraycopy(counts, 0, larger, more, counts.length);
            counts = larger;
            base -= more;
        } else if (bucket >= base + counts.length) {
            counts = Arrays.copyOf(counts, bucket - base + STEP);
        }
        counts[bucket - base] += times;
    }

    private static int bucket(double number) {
        if (number == 0) {
            return 0;
        }
        double distance = Math.log(Math.abs(number) / LEAST) / LOG_GROWTH;
        int size = 1 + (int) Math.max(0, Math.min(LARGEST, Math.floor(distance)));
        return number < 0 ? -size : size;
    }

    /** The middle of a bucket. */
    private static double middle(int bucket) {
        if (bucket == 0) {
            return 0;
        }
        double size = LEAST * Math.exp((Math.abs(bucket) - 0.5) * LOG_GROWTH);
        return bucket < 0 ? -size : size;
    }

    long count() {
        return count;
    }

    /** How much the numbers grow or fall with the log: the correlation of number and line, from -1 to 1. */
    double trend() {
        return trend.correlation();
    }

    /** How many numbers are larger than this one by more than a bucket. */
    long above(double number) {
        long sum = 0;
        for (int i = Math.max(0, bucket(number) + 1 - base); i < counts.length; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** How many numbers are less than this one by more than a bucket. */
    long below(double number) {
        long sum = 0;
        for (int i = 0; i < Math.min(counts.length, bucket(number) - base); i++) {
            sum += counts[i];
        }
        return sum;
    }

    private double quantile(double share) {
        long rank = (long) Math.ceil(share * count);
        if (rank >= count) {
            return max;
        }
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i];
            if (sum >= Math.max(1, rank)) {
                return Math.max(min, Math.min(max, middle(base + i)));
            }
        }
        return max;
    }

    /** The range, or null of no numbers. */
    @Nullable
    NumberRange range() {
        return count == 0 ? null : new NumberRange(count, min, quantile(0.5), quantile(0.99), max);
    }
}
