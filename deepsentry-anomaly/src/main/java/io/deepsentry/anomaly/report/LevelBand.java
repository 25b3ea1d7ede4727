package io.deepsentry.anomaly.report;

import io.deepsentry.parse.internal.LogLevel;
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
        LogLevel known = LogLevel.of(level);
        if (known == null) {
            return NONE;
        }
        return switch (known) {
            case FATAL, ERROR -> ERROR;
            case WARNING -> WARNING;
            case NOTICE, INFO -> INFO;
            case DEBUG, TRACE -> DEBUG;
        };
    }

    /** {@return its name in the data of a page} */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
