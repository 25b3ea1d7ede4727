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
 * A parsed line, as it is judged with one session or with the stream of its source. A line of several sessions
 * becomes several of these. Immutable.
 *
 * @param key the session, or the source if the line belongs to none; jobs key by it
 * @param source the source of the line, such as a file or the partition of a topic
 * @param number its place in the source
 * @param part its place among those of one number, from 0
 * @param time when it was logged, in milliseconds since 1970
 * @param nanos the part of its time below a millisecond, in nanoseconds
 * @param message the text without its header
 * @param level the severity as written, or null
 * @param component the logger, process or node that wrote it, or null
 * @param thread host, process id and thread that wrote it, as far as they are known, or null
 * @param sessionKeys all sessions of the line; empty for none
 * @param fieldNames the names of its fields, in their order
 * @param fieldValues their values, in the same order
 */
public record SessionLine(
        String key,
        String source,
        long number,
        int part,
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
            .thenComparingLong(SessionLine::number)
            .thenComparingInt(SessionLine::part);

    static SessionLine of(String key, TextLine line, int part, Instant time, LogEvent event) {
        return new SessionLine(
                key,
                line.source(),
                line.number(),
                part,
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
