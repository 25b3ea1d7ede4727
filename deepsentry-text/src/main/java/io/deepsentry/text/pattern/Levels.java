package io.deepsentry.text.pattern;

import io.deepsentry.parse.internal.LogLevel;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The levels of log lines, however they are written. */
final class Levels {
    /** The rank of a level that is not known. */
    private static final double OTHER = (LogLevel.NOTICE.rank() + LogLevel.WARNING.rank()) / 2.0;

    private Levels() {}

    /** How severe a level is, from 0; a level that is not known ranks between a notice and a warning. */
    static double rank(@Nullable String level) {
        if (level == null) {
            return -1;
        }
        LogLevel known = LogLevel.of(level);
        return known == null ? OTHER : known.rank();
    }

    static boolean isKnown(String level) {
        return LogLevel.of(level) != null;
    }

    static boolean isError(@Nullable String level) {
        return rank(level) >= LogLevel.ERROR.rank();
    }

    /** The form in which levels are counted. */
    static String name(String level) {
        return level.strip().toUpperCase(Locale.ROOT);
    }

    /** Counts of levels, the most frequent first. */
    static Map<String, Long> sorted(Map<String, Long> counts) {
        Map<String, Long> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Long> entry) -> -entry.getValue())
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
