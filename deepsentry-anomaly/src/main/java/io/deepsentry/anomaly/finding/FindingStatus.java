package io.deepsentry.anomaly.finding;

import java.util.Locale;

/** Where a finding is in its life. */
public enum FindingStatus {
    /** It came once and has not ended. */
    FIRING,
    /** It came again and has not ended. */
    REPEATED,
    /** It has not come for a while. */
    ENDED;

    /** {@return the name in JSON and output, such as {@code firing}} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
