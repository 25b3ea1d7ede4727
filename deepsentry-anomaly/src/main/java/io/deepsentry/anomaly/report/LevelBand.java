package io.deepsentry.anomaly.report;

import io.deepsentry.anomaly.internal.vector.Severity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The levels that a picture tells apart, the gravest first. */
public enum LevelBand {
    ERROR,
    WARNING,
    INFO,
    DEBUG,
    NONE;

    /** Returns the band of a level as it was logged; null for a line without one. */
    public static LevelBand of(@Nullable String level) {
        if (level == null || level.isBlank()) {
            return NONE;
        }
        String word = level.strip().toLowerCase(Locale.ROOT);
        return switch (Severity.of(level)) {
            case HIGH -> ERROR;
            case PLAIN -> word.startsWith("w") || word.contains("warn") ? WARNING : NONE;
            case LOW ->
                word.startsWith("d") || word.startsWith("t") || word.startsWith("v") || word.startsWith("f")
                        ? DEBUG
                        : INFO;
        };
    }

    /** Returns its name in the data of a page. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
