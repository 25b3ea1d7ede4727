package io.deepsentry.text.pattern;

import java.util.List;

/**
 * The messages of a log.
 *
 * @param totals the log as a whole
 * @param patterns its messages, the most frequent first
 * @param isSampled whether there were so many distinct masked lines that what varies was learned from the first of them
 */
public record PatternSummary(LogTotals totals, List<LogPattern> patterns, boolean isSampled) {
    public PatternSummary {
        patterns = List.copyOf(patterns);
    }
}
