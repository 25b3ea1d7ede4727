package io.deepsentry.text.pattern;

import java.time.Instant;
import java.util.Comparator;

/** An order in which messages are shown. */
public enum PatternOrder implements Comparator<LogPattern> {
    /** The most frequent first. */
    COUNT(Comparator.comparingLong(pattern -> -pattern.count())),
    /** In the order in which they appeared. */
    FIRST(byFirst()),
    /** The one seen last first. */
    LAST(Comparator.comparing(
            LogPattern::last,
            Comparator.nullsLast(Comparator.<Instant>naturalOrder().reversed()))),
    /** The most severe first, the most frequent of one level first. */
    LEVEL(Comparator.<LogPattern>comparingDouble(pattern -> -Levels.rank(pattern.level()))
            .thenComparing(COUNT)),
    /** The one that appeared last first. */
    NEW(byFirst().reversed());

    @SuppressWarnings("ImmutableEnumChecker") // made of method references
    private final Comparator<LogPattern> order;

    PatternOrder(Comparator<LogPattern> order) {
        this.order = order;
    }

    /** Messages without a time keep the order of their lines, and come after those with one. */
    private static Comparator<LogPattern> byFirst() {
        return Comparator.comparing(LogPattern::first, Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
                .thenComparing(pattern -> pattern.firstOrigin().lineNumber());
    }

    @Override
    public int compare(LogPattern one, LogPattern other) {
        return order.compare(one, other);
    }
}
