package io.deepsentry.flink;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed line on its way to what it is judged with: one session, or the stream of its source. A line of several
 * sessions is several of these.
 *
 * @param key the session, or the source where the line belongs to none; jobs key by it
 * @param source what the line is from
 * @param number where it is in its source
 * @param time milliseconds since 1970
 * @param nanos the part of its time below a millisecond
 * @param sessionKeys all sessions of the line; empty for none
 * @param fieldNames the names of its fields, in their order
 * @param fieldValues their values, in the same order
 */
public record SessionLine(
        String key,
        String source,
        long number,
        long time,
        int nanos,
        String message,
        @Nullable String level,
        @Nullable String component,
        @Nullable String thread,
        List<String> sessionKeys,
        List<String> fieldNames,
        List<String> fieldValues) {
    /** By time; of one time, as they are in their source. */
    static final Comparator<SessionLine> ORDER = Comparator.comparingLong(SessionLine::time)
            .thenComparingInt(SessionLine::nanos)
            .thenComparing(SessionLine::source)
            .thenComparingLong(SessionLine::number);

    static SessionLine of(String key, String source, long number, Instant time, LogEvent event) {
        return new SessionLine(
                key,
                source,
                number,
                time.toEpochMilli(),
                time.get(ChronoField.NANO_OF_SECOND) % 1_000_000,
                event.message(),
                event.level(),
                event.component(),
                event.thread(),
                event.sessionKeys(),
                List.copyOf(event.fields().keySet()),
                List.copyOf(event.fields().values()));
    }

    /** Returns whether the line belongs to a session. */
    boolean ofSession() {
        return !sessionKeys.isEmpty();
    }

    LogEvent event() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < fieldNames.size(); i++) {
            fields.put(fieldNames.get(i), fieldValues.get(i));
        }
        return new LogEvent(
                Instant.ofEpochMilli(time).plusNanos(nanos),
                message,
                level,
                component,
                thread,
                new Origin(source, Math.max(1, number), 0),
                sessionKeys,
                null,
                fields);
    }
}
