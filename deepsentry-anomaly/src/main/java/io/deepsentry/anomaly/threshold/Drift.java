package io.deepsentry.anomaly.threshold;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The findings of a {@link DriftDetector}: whether scores still resemble those of training. Immutable.
 *
 * @param drifted whether the mean of the recent scores is more than 3 of the baseline's standard deviations from its
 *     mean
 * @param magnitude the distance of the means in those standard deviations, or in thirds of the detector's tolerance
 *     where those are larger; 0 while there are too few scores, +infinity if both are 0
 * @param recent the number of recent scores, at most {@link DriftDetector#WINDOW}
 * @param shifted whether the sequential test found a small but lasting shift; false without a baseline sample
 * @param statistic the statistic of that test, 0 or more
 * @param limit the statistic above which the test finds a shift; +infinity if it cannot
 * @param since the number of scores since that shift began; 0 if there is none
 */
public record Drift(
        boolean drifted, double magnitude, int recent, boolean shifted, double statistic, double limit, long since) {

    /** {@return whether either test found something, which is a reason to train again} */
    public boolean any() {
        return drifted || shifted;
    }

    /** {@return the figures under their names in {@code statistics.json}, without infinite ones} */
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
