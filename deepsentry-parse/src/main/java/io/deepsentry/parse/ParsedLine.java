package io.deepsentry.parse;

import io.deepsentry.parse.internal.Severities;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts that a {@link LogParser} found in one line. Immutable.
 *
 * @param time when it was logged, or null if the format has no time with a date
 * @param message the text without its header
 * @param level the severity as written, or null if the format has none
 * @param component the logger, process or node that wrote it, or null if the format has none
 * @param thread host, process id and thread that wrote it as far as its header names them, or null
 * @param label the value of the line's label column, or null if the format has none
 * @param fields the members of a structured line that are none of the above, name to text, in the order of the line
 */
public record ParsedLine(
        @Nullable Instant time,
        String message,
        @Nullable String level,
        @Nullable String component,
        @Nullable String thread,
        @Nullable Label label,
        Map<String, String> fields) {
    /** Stands for a line that says how others are written and is no event. */
    static final ParsedLine HEADING = of(null, "");

    public ParsedLine {
        Objects.requireNonNull(message, "message");
        fields = FieldMap.copyOf(fields);
    }

    /**
     * Creates a line whose header names no thread.
     *
     * @param time when it was logged, or null if the format has no time with a date
     * @param message the text without its header
     * @param level the severity as written, or null if the format has none
     * @param component the logger, process or node that wrote it, or null if the format has none
     * @param label the value of the line's label column, or null if the format has none
     * @param fields the other members of a structured line, name to text, in the order of the line
     */
    public ParsedLine(
            @Nullable Instant time,
            String message,
            @Nullable String level,
            @Nullable String component,
            @Nullable Label label,
            Map<String, String> fields) {
        this(time, message, level, component, null, label, fields);
    }

    /**
     * Creates a line of a format without fields and without a thread.
     *
     * @param time when it was logged, or null if the format has no time with a date
     * @param message the text without its header
     * @param level the severity as written, or null if the format has none
     * @param component the logger, process or node that wrote it, or null if the format has none
     * @param label the value of the line's label column, or null if the format has none
     */
    public ParsedLine(
            @Nullable Instant time,
            String message,
            @Nullable String level,
            @Nullable String component,
            @Nullable Label label) {
        this(time, message, level, component, label, Map.of());
    }

    /**
     * Returns a line of which only time and message are known: the usual result of a custom format.
     *
     * @param time when it was logged, or null if that is not known
     * @param message the text without its header
     * @return the line
     */
    public static ParsedLine of(@Nullable Instant time, String message) {
        return new ParsedLine(time, message, null, null, null);
    }

    @SuppressWarnings("ReferenceEquality")
    boolean isHeading() {
        return this == HEADING;
    }

    /** This line at another time. */
    ParsedLine at(@Nullable Instant newTime) {
        return new ParsedLine(newTime, message, level, component, thread, label, fields);
    }

    /** This line, with another message, level and component, and without its fields. */
    ParsedLine as(String newMessage, @Nullable String newLevel, @Nullable String newComponent) {
        return new ParsedLine(time, newMessage, newLevel, newComponent, thread, label, Map.of());
    }

    /** This line, with the severity that its message begins with where it has no level; the message stays as it is. */
    ParsedLine withLeadingLevel() {
        String leading = level == null ? Severities.leading(message) : null;
        return leading == null ? this : new ParsedLine(time, message, leading, component, thread, label, fields);
    }

    /** This line, with the severity of the status of its request where it has no level. */
    ParsedLine withStatusLevel() {
        String status = level == null ? Severities.ofRequest(message) : null;
        return status == null ? this : new ParsedLine(time, message, status, component, thread, label, fields);
    }

    /** This line, with what a format around it says where it says nothing itself. */
    ParsedLine inside(ParsedLine outer) {
        return inside(outer.time, outer.level, outer.component, outer.thread);
    }

    /** This line, with what its wrapper says where it says nothing itself. */
    ParsedLine inside(Wrapper.Inside wrapper) {
        return inside(wrapper.time(), null, wrapper.name(), wrapper.name());
    }

    private ParsedLine inside(
            @Nullable Instant outerTime,
            @Nullable String outerLevel,
            @Nullable String outerComponent,
            @Nullable String outerThread) {
        return new ParsedLine(
                time == null ? outerTime : time,
                message,
                level == null ? outerLevel : level,
                component == null ? outerComponent : component,
                thread == null ? outerThread : thread,
                label,
                fields);
    }
}
