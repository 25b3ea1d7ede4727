package io.deepsentry.anomaly.threshold;

import java.util.Arrays;

/**
 * Where a score stands among normal ones, standardised: the mean of their ranks is 0 and the standard deviation 1, equal scores share their mean rank.
 *
 * <p>Immutable, safe for use by several threads.
 */
final class RankScale {
    /** Knows no scores: all are in the middle. */
    static final RankScale NONE = new RankScale(new double[0], 1, 1);

    private static final int LONGEST_BLOCK = 200;
    private static final double LARGEST_INFLATION = 25;

    private final double[] sorted;
    private final double std;
    private final double inflation;

    private RankScale(double[] sorted, double std, double inflation) {
        this.sorted = sorted;
        this.std = std;
        this.inflation = inflation;
    }

    /**
     * Learns the scale.
     *
     * @param normalScores in the order they came
     */
    static RankScale of(double[] normalScores) {
        double[] sorted = normalScores.clone();
        Arrays.sort(sorted);
        double squares = 0;
        for (double score : sorted) {
            double rank = rank(sorted, score);
            squares += rank * rank / sorted.length;
        }
        double std = Math.sqrt(squares);
        return new RankScale(sorted, std, std == 0 ? 1 : inflation(normalScores, sorted, std));
    }

    /** How many times more the sum of neighbouring ranks varies than if they were independent, from the means of blocks of them. */
    private static double inflation(double[] scores, double[] sorted, double std) {
        int length = (int) Math.min(LONGEST_BLOCK, Math.sqrt(scores.length));
        if (length < 2) {
            return 1;
        }
        int blocks = scores.length / length;
        double squares = 0;
        for (int block = 0; block < blocks; block++) {
            double sum = 0;
            for (int i = block * length; i < (block + 1) * length; i++) {
                sum += rank(sorted, scores[i]) / std;
            }
            squares += sum * sum / length / blocks;
        }
        // Of so many blocks, independent scores give up to so much, by chance, in 39 of 40 cases.
        double chance = 1 + 2 * Math.sqrt(2.0 / blocks);
        return Math.max(1, Math.min(LARGEST_INFLATION, squares / chance));
    }

    /** How many normal scores it was learnt from. */
    int count() {
        return sorted.length;
    }

    /** How many times more a sum of ranks varies than if scores were independent of the ones before, at least 1. */
    double inflation() {
        return inflation;
    }

    /** The rank of a score; where all normal scores are equal, -1, 0 or 1. */
    double standardised(double score) {
        double rank = rank(sorted, score);
        return std == 0 ? Math.signum(rank) : rank / std;
    }

    /** From -0.5, below all, to 0.5, above all. */
    private static double rank(double[] sorted, double score) {
        if (sorted.length == 0) {
            return 0;
        }
        int below = first(sorted, score, false);
        int notAbove = first(sorted, score, true);
        return (below + notAbove) / 2.0 / sorted.length - 0.5;
    }

    /** The first place with a score of at least, or of more than, this one. */
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
