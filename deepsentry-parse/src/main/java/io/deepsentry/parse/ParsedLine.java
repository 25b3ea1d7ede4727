package io.deepsentry.parse;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LogParser} found in one line.
 *
 * @param time when it was logged, or null if the format has no time with a date
 * @param message the text without its header
 * @param level the severity as written, or null if the format has none
 * @param component the logger, process or node that wrote it, or null if the format has none
 * @param label what the line's label column says, or null if the format has none
 */
public record ParsedLine(
        @Nullable Instant time,
        String message,
        @Nullable String level,
        @Nullable String component,
        @Nullable Label label) {
    public ParsedLine {
        Objects.requireNonNull(message, "message");
    }

    /** A line of which only the time and the message are known: the usual result of a custom format. */
    public static ParsedLine of(@Nullable Instant time, String message) {
        return new ParsedLine(time, message, null, null, null);
    }

    /** This line, with what a format around it says where it says nothing itself. */
    ParsedLine inside(@Nullable Instant outerTime, @Nullable String outerLevel, @Nullable String outerComponent) {
        return new ParsedLine(
                time == null ? outerTime : time,
                message,
                level == null ? outerLevel : level,
                component == null ? outerComponent : component,
                label);
    }
}
