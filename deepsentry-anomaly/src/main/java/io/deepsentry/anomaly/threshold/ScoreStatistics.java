package io.deepsentry.anomaly.threshold;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Statistics of a set of scores, as written to {@code statistics.json}. Immutable.
 *
 * @param count number of scores
 * @param std sample standard deviation (divided by count - 1); 0 for a single score
 * @param quantiles the score at each probability, interpolated linearly
 */
public record ScoreStatistics(
        long count, double mean, double std, double min, double max, Map<Double, Double> quantiles) {
    /** The statistics of no scores. */
    public static final ScoreStatistics NONE = new ScoreStatistics(0, 0, 0, 0, 0, Map.of());

    private static final double[] PROBABILITIES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999};

    public ScoreStatistics {
        quantiles = Collections.unmodifiableMap(new LinkedHashMap<>(quantiles));
    }

    /**
     * Computes the statistics of {@code scores}.
     *
     * @param scores the scores
     * @return the statistics
     * @throws IllegalArgumentException if there are none
     */
    public static ScoreStatistics of(double[] scores) {
        if (scores.length == 0) {
            throw new IllegalArgumentException("statistics need at least one score, but there is none");
        }
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        double mean = Arrays.stream(sorted).sum() / sorted.length;
        double squares = 0;
        for (double score : sorted) {
            squares += (score - mean) * (score - mean);
        }
        double std = sorted.length == 1 ? 0 : Math.sqrt(squares / (sorted.length - 1));
        Map<Double, Double> quantiles = new LinkedHashMap<>();
        for (double probability : PROBABILITIES) {
            quantiles.put(probability, quantile(sorted, probability));
        }
        return new ScoreStatistics(sorted.length, mean, std, sorted[0], sorted[sorted.length - 1], quantiles);
    }

    /**
     * {@return a quantile of ascending {@code sorted}, interpolated linearly between order statistics (Hyndman and
     * Fan's type 7)}
     *
     * @param sorted the scores, in ascending order
     * @param probability from 0 to 1
     */
    public static double quantile(double[] sorted, double probability) {
        double position = probability * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /**
     * Reads figures that {@link #toMap} wrote; missing ones are 0.
     *
     * @param json the JSON
     * @return the statistics
     */
    public static ScoreStatistics of(JsonNode json) {
        Map<Double, Double> quantiles = new LinkedHashMap<>();
        json.path("quantiles")
                .properties()
                .forEach(entry -> quantiles.put(
                        new BigDecimal(entry.getKey().substring(1))
                                .movePointLeft(2)
                                .doubleValue(),
                        entry.getValue().asDouble()));
        return new ScoreStatistics(
                json.path("count").asLong(),
                json.path("mean").asDouble(),
                json.path("std").asDouble(),
                json.path("min").asDouble(),
                json.path("max").asDouble(),
                quantiles);
    }

    /** {@return the figures under their names in {@code statistics.json}; quantiles as {@code p50}, {@code p99.9}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", count);
        map.put("mean", mean);
        map.put("std", std);
        map.put("min", min);
        map.put("max", max);
        Map<String, Object> named = new LinkedHashMap<>();
        quantiles.forEach((probability, score) -> named.put(
                "p"
                        + BigDecimal.valueOf(probability)
                                .movePointRight(2)
                                .stripTrailingZeros()
                                .toPlainString(),
                score));
        map.put("quantiles", named);
        return map;
    }
}
