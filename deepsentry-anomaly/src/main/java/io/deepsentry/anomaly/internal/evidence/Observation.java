package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import io.deepsentry.text.identity.MessageValue;
import io.deepsentry.text.prepare.IndexRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a stream as the kinds of evidence see it.
 *
 * @param message the masked message
 * @param severity how severe its level is
 * @param time when it was logged, or null
 * @param component the logger, process or node that wrote it, or null
 * @param thread the thread or process id that wrote it, or null
 * @param values what stood at its variable places
 */
public record Observation(
        String message,
        Severity severity,
        @Nullable Instant time,
        @Nullable String component,
        @Nullable String thread,
        List<MessageValue> values) {
    public Observation {
        values = List.copyOf(values);
    }

    /** The same as a line of a session: that it contains the session's own key tells nothing. */
    public Observation ofSession(String key) {
        List<MessageValue> others = null;
        for (int i = 0; i < values.size(); i++) {
            if (isOf(values.get(i).text(), key)) {
                others = others == null ? new ArrayList<>(values.subList(0, i)) : others;
            } else if (others != null) {
                others.add(values.get(i));
            }
        }
        return others == null ? this : new Observation(message, severity, time, component, thread, others);
    }

    /** Whether a value is a session's key, a part of it, or has it as a part. */
    public static boolean isOf(String text, String key) {
        return stands(key, text) || stands(text, key);
    }

    /** Whether one text is a whole word of another. */
    private static boolean stands(String word, String in) {
        for (int at = word.isEmpty() ? -1 : in.indexOf(word); at >= 0; at = in.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || !Character.isLetterOrDigit(in.charAt(at - 1)))
                    && (end == in.length() || !Character.isLetterOrDigit(in.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    /** What is seen of an event as it comes. */
    public static Observation of(LogEvent event, IdentifiedMessage message) {
        return new Observation(
                message.text(),
                Severity.of(event.level()),
                event.time(),
                event.component(),
                event.thread(),
                message.values());
    }

    /** What is seen of a prepared row. */
    public static Observation of(IndexRow origin, String message, List<MessageValue> values) {
        return new Observation(
                message, Severity.of(origin.level()), origin.time(), origin.component(), origin.thread(), values);
    }
}
