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
