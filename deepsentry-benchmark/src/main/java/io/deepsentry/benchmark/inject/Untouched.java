package io.deepsentry.benchmark.inject;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is flagged in the later part as it is. Faults that the log really had are among it.
 *
 * @param unit what is judged, in the singular: a session, or else a line
 * @param lines how many lines were judged
 * @param cases how many lines, or sessions, were judged
 * @param flagged how many of them were flagged
 * @param findings how many different messages they were flagged at
 * @param from the earliest time, or null
 * @param to the latest time, or null
 */
public record Untouched(
        String unit,
        int lines,
        int cases,
        int flagged,
        int findings,
        @Nullable Instant from,
        @Nullable Instant to) {
    /** A rate is not worked out from less. */
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    /** Returns how many lines or sessions were flagged, of a thousand lines. */
    public double perThousandLines() {
        return lines == 0 ? 0 : 1000.0 * flagged / lines;
    }

    /** Returns how many different messages were flagged, of a thousand lines. */
    public double findingsPerThousandLines() {
        return lines == 0 ? 0 : 1000.0 * findings / lines;
    }

    /**
     * Returns how many lines or sessions were flagged a day; empty where there are no times, or they span less than a
     * minute.
     */
    public OptionalDouble perDay() {
        if (from == null || to == null) {
            return OptionalDouble.empty();
        }
        Duration span = Duration.between(from, to);
        return span.compareTo(SHORTEST) < 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(flagged * (double) Duration.ofDays(1).toMillis() / span.toMillis());
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("unit", unit);
        map.put("lines", lines);
        map.put("cases", cases);
        map.put("from", from == null ? null : from.toString());
        map.put("to", to == null ? null : to.toString());
        map.put("flagged", flagged);
        map.put("flagged_per_1000_lines", perThousandLines());
        map.put("flagged_per_day", perDay().isPresent() ? perDay().getAsDouble() : null);
        map.put("findings", findings);
        map.put("findings_per_1000_lines", findingsPerThousandLines());
        return map;
    }
}
