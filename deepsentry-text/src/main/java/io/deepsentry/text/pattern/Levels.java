package io.deepsentry.text.pattern;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The levels of log lines, however they are written. */
final class Levels {
    /** The rank of an error, from which on something failed. */
    static final int ERROR = 5;

    /** The rank of a level that is not known. */
    private static final double OTHER = 3.5;

    private Levels() {}

    /** How severe a level is, from 0; a level that is not known ranks between a notice and a warning. */
    static double rank(@Nullable String level) {
        if (level == null) {
            return -1;
        }
        return switch (level.strip().toLowerCase(Locale.ROOT)) {
            case "t", "trace", "v", "verbose", "finest", "finer" -> 0;
            case "d", "debug", "fine" -> 1;
            case "i", "info", "information", "informational", "config" -> 2;
            case "n", "notice" -> 3;
            case "w", "warn", "warning" -> 4;
            case "e", "err", "error", "severe", "fail", "failed", "failure" -> ERROR;
            case "c", "crit", "critical", "f", "fatal", "a", "alert", "emerg", "emergency", "panic", "dpanic" -> 6;
            default -> OTHER;
        };
    }

    static boolean isKnown(String level) {
        return rank(level) != OTHER;
    }

    static boolean isError(@Nullable String level) {
        return rank(level) >= ERROR;
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
