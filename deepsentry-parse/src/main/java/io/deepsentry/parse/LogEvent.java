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
 * One event of a log: a line, or a line and those attached to it. Immutable.
 *
 * @param time when it was logged, or null if the format has no time with a date
 * @param message the text without its header; attached lines follow after {@code \n}
 * @param level the severity as written, or null if the format has none
 * @param component the logger, process or node that wrote it, or null if the format has none
 * @param thread which of the program's threads wrote it: host, process id and thread as far as its header or its
 *     fields name them, such as {@code web-1/812/main}; null if they name none. Lines of one thread follow each other
 *     in the order of the program
 * @param origin where it was read
 * @param sessionKeys the sessions it belongs to: every distinct key in it, in order; empty without a session key
 * @param label the value of its label column, or null if the format has none
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

    /**
     * Creates an event without a thread and without fields.
     *
     * @param time when it was logged, or null if that is not known
     * @param message the text without its header; attached lines follow after {@code \n}
     * @param level the severity as written, or null if there is none
     * @param component the logger, process or node that wrote it, or null if that is not known
     * @param origin where it was read
     * @param sessionKeys the sessions it belongs to; empty for none
     * @param label its label, or null if it has none
     */
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

    /**
     * Creates an event whose thread, if there is one, is named by its fields.
     *
     * @param time when it was logged, or null if that is not known
     * @param message the text without its header; attached lines follow after {@code \n}
     * @param level the severity as written, or null if there is none
     * @param component the logger, process or node that wrote it, or null if that is not known
     * @param origin where it was read
     * @param sessionKeys the sessions it belongs to; empty for none
     * @param label its label, or null if it has none
     * @param fields further members, name to text, in order
     */
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
     * Returns the message that a logged text has once it was written to a log and read from there: without terminal
     * codes, without blanks at its ends and at the ends of its further lines, and without blank lines. So an event
     * that a program hands over itself has the same message that training read in the program's log.
     *
     * @param text the logged text; further lines, such as those of a stack trace, follow after a line break
     * @return the message
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

    /**
     * Returns a copy with other sessions.
     *
     * @param keys the sessions it belongs to; empty for none
     * @return the copy; this object if the sessions are the same
     */
    public LogEvent withSessionKeys(List<String> keys) {
        return keys.equals(sessionKeys)
                ? this
                : new LogEvent(time, message, level, component, thread, origin, keys, label, fields);
    }

    /**
     * Returns a copy with another time.
     *
     * @param newTime when it was logged, or null if that is not known
     * @return the copy
     */
    public LogEvent withTime(@Nullable Instant newTime) {
        return new LogEvent(newTime, message, level, component, thread, origin, sessionKeys, label, fields);
    }

    /**
     * Returns a copy with message and fields redacted.
     *
     * @param redaction what is replaced
     * @return the copy; this object if nothing is replaced
     */
    public LogEvent redacted(Redaction redaction) {
        String newMessage = redaction.apply(message);
        if (fields.isEmpty()) {
            return newMessage.equals(message) ? this : withMessage(newMessage, level, fields);
        }
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

    /**
     * Returns a copy with another message, level and fields.
     *
     * @param newMessage the text without its header
     * @param newLevel the severity as written, or null if there is none
     * @param newFields the members, name to text, in order
     * @return the copy
     */
    public LogEvent withMessage(String newMessage, @Nullable String newLevel, Map<String, String> newFields) {
        return new LogEvent(time, newMessage, newLevel, component, thread, origin, sessionKeys, label, newFields);
    }

    /**
     * Returns a copy that has these values where the event has none of its own.
     *
     * @param otherTime when it was logged, or null if that is not known
     * @param otherLevel the severity, or null
     * @param otherComponent the logger, process or node that wrote it, or null
     * @param more further members, name to text, in order
     * @return the copy
     */
    public LogEvent completedBy(
            @Nullable Instant otherTime,
            @Nullable String otherLevel,
            @Nullable String otherComponent,
            Map<String, String> more) {
        Map<String, String> all = fields;
        if (!more.isEmpty()) {
            all = new LinkedHashMap<>(fields);
            more.forEach(all::putIfAbsent);
        }
        return new LogEvent(
                time == null ? otherTime : time,
                message,
                level == null ? otherLevel : level,
                component == null ? otherComponent : component,
                thread,
                origin,
                sessionKeys,
                label,
                all);
    }
}
