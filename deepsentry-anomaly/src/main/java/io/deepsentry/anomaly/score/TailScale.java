package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.threshold.ScoreStatistics;
import java.util.Arrays;

/**
 * Puts the scores of any detector on the scale of surprises: minus the logarithm of the share of normal scores that are
 * as high. The share is counted among normal scores, and above nine tenths of them taken from an exponential tail with
 * their mean excess, so that what lies beyond all of them still differs.
 *
 * <p>Immutable, safe for use by several threads.
 */
final class TailScale {
    /** Normal scores that are needed at least. */
    static final int LEAST_SCORES = 20;

    private static final double BODY = 0.9;

    private final double[] sorted;
    private final double bodyEnd;
    private final double meanExcess;

    private TailScale(double[] sorted, double bodyEnd, double meanExcess) {
        this.sorted = sorted;
        this.bodyEnd = bodyEnd;
        this.meanExcess = meanExcess;
    }

    /**
     * Learns the scale.
     *
     * @param normalScores at least {@link #LEAST_SCORES}, finite
     */
    static TailScale of(double[] normalScores) {
        if (normalScores.length < LEAST_SCORES) {
            throw new IllegalArgumentException(
                    "a scale needs at least " + LEAST_SCORES + " normal scores, but there are " + normalScores.length);
        }
        for (double score : normalScores) {
            if (!Double.isFinite(score)) {
                throw new IllegalArgumentException("normal scores must be finite numbers, but one was " + score);
            }
        }
        double[] sorted = normalScores.clone();
        Arrays.sort(sorted);
        double bodyEnd = ScoreStatistics.quantile(sorted, BODY);
        double excess = Arrays.stream(sorted)
                .filter(score -> score > bodyEnd)
                .map(score -> score - bodyEnd)
                .average()
                .orElse(0);
        // Scores that hardly differ give no scale of their own: what is above all of them is then far above.
        return new TailScale(sorted, bodyEnd, Math.max(excess, 1e-9 * Math.max(1, Math.abs(bodyEnd))));
    }

    /** How rare so high a score is among normal ones, in nats, 0 or more; never falls as the score rises. */
    double nats(double score) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("a score must be a number, but was NaN");
        }
        if (score >= bodyEnd) {
            return -Math.log(1 - BODY) + (score - bodyEnd) / meanExcess;
        }
        return -Math.log(1 - Math.min(BODY, below(score)));
    }

    /** The share of normal scores below one, linear between neighbours. */
    private double below(double score) {
        if (score <= sorted[0]) {
            return 0;
        }
        int from = Arrays.binarySearch(sorted, score);
        int at = from >= 0 ? from : -from - 1;
        while (at > 0 && sorted[at - 1] >= score) {
            at--;
        }
        double gap = sorted[at] - sorted[at - 1];
        return (at - 1 + (score - sorted[at - 1]) / gap) / (sorted.length - 1);
    }
}
