package io.deepsentry.anomaly.internal.threshold;

import io.deepsentry.anomaly.threshold.Threshold;

/**
 * The rule that makes a threshold of the size of the training data and of validation scores. The threshold is the base,
 * or higher where validation data, which is taken to be normal, often scores above the base. Immutable.
 *
 * @param base the lowest threshold
 * @param method the formula of the base, in words
 * @param rate the share of validation scores that may be above the threshold
 */
public record ThresholdRule(double base, String method, double rate) {
    private static final double FILTERED_RATE = 0.02;
    private static final double UNFILTERED_RATE = 0.05;

    /**
     * Returns the share of validation scores above the threshold that is not yet a sign that it is too low. Where
     * training data may hold anomalies, so may validation data: then only a larger share is. Lines of a stream are
     * many, and those above the threshold are first occurrences.
     *
     * @param filtered whether labels kept anomalies out of training and validation
     * @param sessions whether sessions are judged; else lines
     */
    public static double rate(boolean filtered, boolean sessions) {
        return filtered && sessions ? FILTERED_RATE : UNFILTERED_RATE;
    }

    /** Returns the threshold for these validation scores; the base if there are none. */
    public Threshold of(double[] scores) {
        if (scores.length > 0) {
            Threshold quantile = Threshold.recommend(scores, rate);
            if (quantile.value() > base) {
                return quantile;
            }
        }
        return new Threshold(base, method, scores.length);
    }
}
