package io.deepsentry.anomaly.report;

import io.deepsentry.anomaly.internal.vector.Severity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The levels that a picture tells apart, the gravest first. */
public enum LevelBand {
    /** Errors and worse. */
    ERROR,
    /** Warnings. */
    WARNING,
    /** Notices of normal running. */
    INFO,
    /** Details for developers. */
    DEBUG,
    /** No level, or an unknown one. */
    NONE;

    /**
     * {@return the band of a level as it was logged; null for a line without one}
     *
     * @param level the level as written in the log; null for none
     */
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

    /** {@return its name in the data of a page} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
