package io.deepsentry.parse;

import java.util.Locale;
import java.util.Optional;

/** The labels of lines and sessions. */
public enum Label {
    /** Nothing is wrong. */
    NORMAL,
    /** An anomaly. */
    ANOMALY;

    /**
     * Reads the spellings label files and label columns use: {@code 0/1}, {@code Normal/Anomaly}, {@code false/true},
     * {@code -}.
     */
    static Optional<Label> of(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "0", "normal", "false", "-" -> Optional.of(NORMAL);
            case "1", "anomaly", "anomalous", "abnormal", "true" -> Optional.of(ANOMALY);
            default -> Optional.empty();
        };
    }

    /** Reads a label column, where everything that does not say "normal" names a kind of alert. */
    static Label ofColumn(String text) {
        return of(text).orElse(ANOMALY);
    }
}
