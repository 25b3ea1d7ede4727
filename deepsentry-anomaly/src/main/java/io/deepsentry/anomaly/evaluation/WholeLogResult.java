package io.deepsentry.anomaly.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was found in a log of sessions as a whole, beside them. Immutable.
 *
 * @param lines how many lines of it were judged; 0 if it was not
 * @param findings the number of things found: one that lasts for several lines counts once
 * @param acknowledged the number of lines that are normal by an acknowledgement
 */
public record WholeLogResult(long lines, long findings, long acknowledged) {
    /** Where there are no sessions, or nothing was learnt of the log as a whole. */
    public static final WholeLogResult NONE = new WholeLogResult(0, 0, 0);

    /** {@return the figures under their names in {@code statistics.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("lines", lines);
        map.put("findings", findings);
        map.put("acknowledged", acknowledged);
        return map;
    }
}
