package io.deepsentry.text.pattern;

import java.util.List;

/**
 * How two logs differ.
 *
 * @param good the first log as a whole
 * @param bad the second log as a whole
 * @param scale how many lines of a message the second log has for one in the first, if nothing about it changed
 * @param changes the messages that differ, the most telling first
 * @param unchanged how many messages do not differ
 * @param isSampled whether there were so many distinct masked lines that what varies was learned from the first of them
 */
public record PatternDiff(
        LogTotals good, LogTotals bad, double scale, List<PatternChange> changes, long unchanged, boolean isSampled) {
    public PatternDiff {
        changes = List.copyOf(changes);
    }
}
