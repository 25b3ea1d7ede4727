package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.text.identity.MessageValue;
import java.time.Instant;
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
}
