package io.deepsentry.anomaly.threshold;

import java.util.Arrays;

/**
 * The rank of a score among normal ones, in standard deviations of ranks that are all different; scores that are as
 * good as equal share their mean rank.
 *
 * <p>Where many are equal, ranks spread less than that. They are not stretched: a few rare scores would count for many.
 *
 * <p>Immutable, safe for use by several threads.
 */
final class RankScale {
    /** A scale of no scores, which gives every score the rank 0. */
    static final RankScale NONE = new RankScale(new double[0], 0, 1);

    /** Of ranks spread evenly from -0.5 to 0.5. */
    private static final double STD = Math.sqrt(1 / 12.0);

    private static final int LONGEST_BLOCK = 200;
    private static final double LARGEST_INFLATION = 25;

    private final double[] sorted;
    private final double tolerance;
    private final double inflation;

    private RankScale(double[] sorted, double tolerance, double inflation) {
        this.sorted = sorted;
        this.tolerance = tolerance;
        this.inflation = inflation;
    }

    /**
     * Learns the scale.
     *
     * @param normalScores in order of time
     * @param tolerance scores no further apart than this are as good as equal
     */
    static RankScale of(double[] normalScores, double tolerance) {
        double[] sorted = normalScores.clone();
        Arrays.sort(sorted);
        return new RankScale(sorted, tolerance, inflation(normalScores, sorted, tolerance));
    }

    /** Estimates {@link #inflation()} from the sums of blocks of neighbouring ranks. */
    private static double inflation(double[] scores, double[] sorted, double tolerance) {
        int length = (int) Math.min(LONGEST_BLOCK, Math.sqrt(scores.length));
        if (length < 2) {
            return 1;
        }
        int blocks = scores.length / length;
        double squares = 0;
        for (int block = 0; block < blocks; block++) {
            double sum = 0;
            for (int i = block * length; i < (block + 1) * length; i++) {
                sum += rank(sorted, scores[i], tolerance) / STD;
            }
            squares += sum * sum / length / blocks;
        }
        // Independent scores give no more than this by chance in 39 of 40 cases.
        double chance = 1 + 2 * Math.sqrt(2.0 / blocks);
        return Math.max(1, Math.min(LARGEST_INFLATION, squares / chance));
    }

    /** Returns the number of normal scores. */
    int count() {
        return sorted.length;
    }

    /** Returns the variance of a sum of ranks relative to that of independent scores, at least 1. */
    double inflation() {
        return inflation;
    }

    /** Returns the rank of a score, within 1.74 standard deviations of the middle. */
    double standardised(double score) {
        return rank(sorted, score, tolerance) / STD;
    }

    /** Returns a rank from -0.5 (below all) to 0.5 (above all). */
    private static double rank(double[] sorted, double score, double tolerance) {
        if (sorted.length == 0) {
            return 0;
        }
        int below = first(sorted, score - tolerance, false);
        int notAbove = first(sorted, score + tolerance, true);
        return (below + notAbove) / 2.0 / sorted.length - 0.5;
    }

    /** Returns the first index with a score of at least this one, or of more than it. */
    private static int first(double[] sorted, double score, boolean more) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (more ? sorted[middle] > score : sorted[middle] >= score) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
