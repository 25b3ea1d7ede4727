package io.deepsentry.anomaly.threshold;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link DriftDetector} has found: whether scores are no longer what they were when the detector was trained.
 *
 * @param drifted whether the mean of the recent scores is more than 3 of the baseline's standard deviations from its mean
 * @param magnitude how many it is; 0 as long as there are too few scores, +infinity if a baseline without spread was left
 * @param recent how many scores that is about, at most {@link DriftDetector#WINDOW}
 * @param shifted whether the sequential test found a small but lasting shift; false where there is no baseline sample to test against
 * @param statistic of that test, 0 or more
 * @param limit above which it says so; +infinity where it cannot
 * @param since how many scores ago the shift that the statistic sees began; 0 where it sees none
 */
public record Drift(
        boolean drifted, double magnitude, int recent, boolean shifted, double statistic, double limit, long since) {

    /** Whether either test found something: a reason to train again. */
    public boolean any() {
        return drifted || shifted;
    }

    /** The figures under their names in {@code statistics.json}; what is infinite is left out. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("drifted", drifted);
        putFinite(map, "magnitude", magnitude);
        map.put("recent_scores", recent);
        map.put("shifted", shifted);
        map.put("shift_statistic", statistic);
        putFinite(map, "shift_limit", limit);
        map.put("shift_since", since);
        return map;
    }

    private static void putFinite(Map<String, Object> map, String name, double value) {
        if (Double.isFinite(value)) {
            map.put(name, value);
        }
    }
}
