package io.deepsentry.text.pattern;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a log as a whole.
 *
 * @param events its events
 * @param messages how many messages are held
 * @param rest events of further messages, of which there were too many to hold
 * @param levels the number of events at each level, the most frequent first
 * @param first the earliest time, or null if no event has one
 * @param last the latest time, or null if no event has one
 */
public record LogTotals(
        long events,
        long messages,
        long rest,
        Map<String, Long> levels,
        @Nullable Instant first,
        @Nullable Instant last) {
    public LogTotals {
        levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
    }

    /** {@return the events per minute, or NaN unless the log has two different times} */
    public double perMinute() {
        if (first == null || last == null || !first.isBefore(last)) {
            return Double.NaN;
        }
        return 60_000.0 * events / Math.max(1, Duration.between(first, last).toMillis());
    }
}
