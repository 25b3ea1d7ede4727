package io.deepsentry.anomaly.threshold;

/**
 * How a threshold follows from what training saw and from validation scores: never below a base, and above it only where validation, which is known or supposed to be
 * normal, often scores more than that.
 *
 * @param base the threshold where validation gives no reason for another
 * @param method what the base is
 * @param rate the share of validation scores that may be above the threshold
 */
public record ThresholdRule(double base, String method, double rate) {
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
