package io.deepsentry.text.pattern;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the lines of one message on one side. Values are kept by a key of the owner's. One thread at a time.
 */
final class Tally {
    private final Map<String, ValueSketch> values = new HashMap<>(4);
    private final Map<String, Long> levels = new TreeMap<>();
    private long count;
    private @Nullable Instant first;
    private @Nullable Instant last;
    private @Nullable Origin origin;
    private String example = "";
    private @Nullable Blocks blocks;

    /** Adds an event without its values. */
    void add(LogEvent event) {
        if (origin == null) {
            origin = event.origin();
            String message = Redaction.SECRETS.apply(event.message());
            example = message.length() <= LogPattern.MOST_OF_EXAMPLE
                    ? message
                    : message.substring(0, LogPattern.MOST_OF_EXAMPLE);
        }
        count(event.level(), 1);
        see(event.time());
    }

    /** Adds further lines of an event that was added. */
    void count(@Nullable String level, long lines) {
        count += lines;
        if (level != null && !level.isBlank()) {
            levels.merge(Levels.name(level), lines, Long::sum);
        }
    }

    void see(@Nullable Instant time) {
        if (time == null) {
            return;
        }
        if (first == null || time.isBefore(first)) {
            first = time;
        }
        if (last == null || time.isAfter(last)) {
            last = time;
        }
    }

    void see(long line) {
        Blocks counts = blocks;
        if (counts == null) {
            counts = new Blocks();
            blocks = counts;
        }
        counts.add(line, 1);
    }

    ValueSketch value(String key) {
        return values.computeIfAbsent(key, name -> new ValueSketch());
    }

    Map<String, ValueSketch> values() {
        return values;
    }

    long count() {
        return count;
    }

    Map<String, Long> levels() {
        return levels;
    }

    @Nullable
    Instant first() {
        return first;
    }

    @Nullable
    Instant last() {
        return last;
    }

    /** Adds lines of another tally without their values. */
    void addAll(Tally other) {
        // Tallies are put together in the order of their first lines.
        if (origin == null) {
            origin = other.origin;
            example = other.example;
        }
        count += other.count;
        other.levels.forEach((level, lines) -> levels.merge(level, lines, Long::sum));
        see(other.first);
        see(other.last);
        if (other.blocks != null) {
            if (blocks == null) {
                blocks = new Blocks();
            }
            blocks.addAll(other.blocks);
        }
    }

    double dispersion(long lines) {
        return blocks == null ? 1 : blocks.dispersion(lines);
    }

    LogPattern pattern(String message) {
        Map<String, Long> sorted = Levels.sorted(levels);
        return new LogPattern(
                message,
                count,
                sorted.isEmpty() ? null : sorted.keySet().iterator().next(),
                sorted,
                first,
                last,
                Objects.requireNonNull(origin),
                example,
                values.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey(Tally::compare))
                        .map(entry -> entry.getValue().summary(entry.getKey()))
                        .toList());
    }

    /** Variables by their number, then fields by their name. */
    private static int compare(String one, String other) {
        boolean number = isNumber(one);
        if (number && isNumber(other)) {
            return Double.compare(Double.parseDouble(one), Double.parseDouble(other));
        }
        return number == isNumber(other) ? one.compareTo(other) : number ? -1 : 1;
    }

    private static boolean isNumber(String place) {
        return !place.isEmpty()
                && place.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.')
                && place.charAt(0) != '.'
                && place.indexOf('.') == place.lastIndexOf('.');
    }
}
