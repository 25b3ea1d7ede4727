package io.deepsentry.anomaly.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of the lines of the test part that have no session key. Immutable.
 *
 * @param lines how many there are
 * @param judged whether they were judged: not if training had none
 * @param flagged the number of lines judged anomalous
 * @param acknowledged the number of lines above the threshold that are normal by an acknowledgement
 */
public record KeylessResult(long lines, boolean judged, long flagged, long acknowledged) {
    /** Every line has a key, or there are no sessions. */
    public static final KeylessResult NONE = new KeylessResult(0, false, 0, 0);

    /** {@return the figures under their names in {@code statistics.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("lines", lines);
        map.put("judged", judged);
        map.put("flagged", flagged);
        map.put("acknowledged", acknowledged);
        return map;
    }
}
