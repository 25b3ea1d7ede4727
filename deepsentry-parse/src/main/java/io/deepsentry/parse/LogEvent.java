package io.deepsentry.parse;

import io.deepsentry.parse.internal.TerminalCodes;
import io.deepsentry.parse.redact.Redaction;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event of a log: a line, or a line and those attached to it.
 *
 * @param time when it was logged, or null if the format has no time with a date
 * @param message the text without its header; attached lines follow after {@code \n}
 * @param level the severity as written, or null if the format has none
 * @param component the logger, process or node that wrote it, or null if the format has none
 * @param thread which of the programs' threads wrote it: host, process id and thread as far as its header or its fields
 *     name them, such as {@code web-1/812/main}; null if they name none. Lines of one thread follow each other in the
 *     order of the program
 * @param origin where it was read
 * @param sessionKeys the sessions it belongs to: every distinct key in it, in order; empty without a session key
 * @param label what its label column says, or null if the format has none
 * @param fields the members of a structured line that are none of the above, name to text, in the order of the line
 */
public record LogEvent(
        @Nullable Instant time,
        String message,
        @Nullable String level,
        @Nullable String component,
        @Nullable String thread,
        Origin origin,
        List<String> sessionKeys,
        @Nullable Label label,
        Map<String, String> fields) {
    public LogEvent {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(origin, "origin");
        sessionKeys = List.copyOf(sessionKeys);
        fields = FieldMap.copyOf(fields);
        thread = thread == null ? Fields.thread(fields) : thread;
    }

    /** An event without a thread and fields. */
    public LogEvent(
            @Nullable Instant time,
            String message,
            @Nullable String level,
            @Nullable String component,
            Origin origin,
            List<String> sessionKeys,
            @Nullable Label label) {
        this(time, message, level, component, null, origin, sessionKeys, label, Map.of());
    }

    /** An event whose thread, if there is one, is named by its fields. */
    public LogEvent(
            @Nullable Instant time,
            String message,
            @Nullable String level,
            @Nullable String component,
            Origin origin,
            List<String> sessionKeys,
            @Nullable Label label,
            Map<String, String> fields) {
        this(time, message, level, component, null, origin, sessionKeys, label, fields);
    }

    /**
     * Returns the message that a text has once a program has written it to its log, behind a header, and it was read from
     * there: without terminal codes, without blanks at its ends and at the ends of its further lines, and without blank
     * lines. So an event that a program hands over itself is the message that training has read in the program's log.
     *
     * @param text what was logged; lines after the first, such as those of a stack trace, follow after a line break
     */
    public static String messageOf(String text) {
        int end = text.indexOf('\n');
        String first = line(end < 0 ? text : text.substring(0, end)).strip();
        if (end < 0) {
            return first;
        }
        StringBuilder message = new StringBuilder(text.length()).append(first);
        for (int from = end + 1; from < text.length(); from = end + 1) {
            end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            String line = line(text.substring(from, end)).stripTrailing();
            if (!line.isEmpty()) {
                message.append('\n').append(line);
            }
        }
        return cut(message.toString());
    }

    private static String line(String text) {
        return cut(TerminalCodes.removed(text));
    }

    private static String cut(String text) {
        return text.substring(0, Excerpt.cutAt(text, LogReader.DEFAULT_MAX_LINE_LENGTH));
    }

    /** This event, as one of other sessions. */
    public LogEvent withSessionKeys(List<String> keys) {
        return keys.equals(sessionKeys)
                ? this
                : new LogEvent(time, message, level, component, thread, origin, keys, label, fields);
    }

    /** This event, as one that was logged at another time. */
    public LogEvent withTime(@Nullable Instant newTime) {
        return new LogEvent(newTime, message, level, component, thread, origin, sessionKeys, label, fields);
    }

    /** This event without what a redaction replaces in its message and fields; the same object if that is nothing. */
    public LogEvent redacted(Redaction redaction) {
        String newMessage = redaction.apply(message);
        Map<String, String> changed = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            String left = redaction.apply(name, value);
            if (!left.equals(value)) {
                changed.put(name, left);
            }
        });
        if (changed.isEmpty()) {
            return newMessage.equals(message) ? this : withMessage(newMessage, level, fields);
        }
        Map<String, String> newFields = new LinkedHashMap<>(fields);
        newFields.putAll(changed);
        return withMessage(newMessage, level, newFields);
    }

    /** This event, as one that says something else. */
    public LogEvent withMessage(String newMessage, @Nullable String newLevel, Map<String, String> newFields) {
        return new LogEvent(time, newMessage, newLevel, component, thread, origin, sessionKeys, label, newFields);
    }
}
