package io.deepsentry.anomaly.threshold;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The score above which a session or line is judged anomalous, and its origin. Immutable.
 *
 * @param value absolute score, finite
 * @param method the method that found it, in words
 * @param validationCount the number of normal validation scores behind it; 0 if it was given
 */
public record Threshold(double value, String method, long validationCount) {
    /** The share of normal cases that may be flagged, which {@link #recommend} aims at. */
    public static final double DEFAULT_FALSE_ALARM_RATE = 0.005;

    public Threshold {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("threshold must be a finite number, but was " + value);
        }
        if (validationCount < 0) {
            throw new IllegalArgumentException("validation_count must not be negative, but was " + validationCount);
        }
    }

    /**
     * {@return a threshold that a user chose}
     *
     * @param value the threshold
     */
    public static Threshold given(double value) {
        return new Threshold(value, "given", 0);
    }

    /**
     * Recommends a threshold from the scores of normal validation cases alone.
     *
     * <p>The split-conformal quantile: the k-th smallest score with k = ceil((n + 1)(1 - rate)). If new normal cases
     * are like the validation cases, at most that share of them is flagged, whatever the distribution of scores (Vovk
     * et al., 2005). With fewer than 1/rate - 1 scores no order statistic keeps that promise; then the threshold is the
     * largest score plus half of its distance from the median.
     *
     * @param normalScores at least one
     * @return the threshold
     */
    public static Threshold recommend(double[] normalScores) {
        return recommend(normalScores, DEFAULT_FALSE_ALARM_RATE);
    }

    /**
     * Recommends a threshold as {@link #recommend(double[])} does, for another false alarm rate.
     *
     * @param normalScores at least one
     * @param rate the share of normal cases that may be flagged, above 0 and below 1
     * @return the threshold
     */
    public static Threshold recommend(double[] normalScores, double rate) {
        if (normalScores.length == 0) {
            throw new IllegalArgumentException("a threshold needs validation scores, but there is none");
        }
        double[] sorted = normalScores.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        long k = (long) Math.ceil((n + 1) * (1 - rate));
        if (k <= n) {
            return new Threshold(sorted[(int) k - 1], "conformal quantile at false alarm rate " + rate, n);
        }
        double spread = sorted[n - 1] - ScoreStatistics.quantile(sorted, 0.5);
        return new Threshold(
                sorted[n - 1] + spread / 2, "largest validation score and half its distance from the median", n);
    }

    /** {@return the figures under their names in {@code threshold.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("threshold", value);
        map.put("method", method);
        map.put("validation_count", validationCount);
        return map;
    }
}
