package io.deepsentry.anomaly.evidence;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one kind of evidence says of a line. Immutable.
 *
 * <p>Two pieces of evidence are of one finding if {@link #kind}, {@link #message} and {@link #subject} are equal.
 *
 * @param kind the kind
 * @param strength how far it lies beyond what the kind allows: 1 is its limit, and more is anomalous
 * @param message the masked message that is odd; empty where it is the log as a whole
 * @param subject what is odd about it beside its kind: the message that should be next to it, or a value's place; null
 *     where the message says it all
 * @param reason why, in one or two sentences with the numbers behind
 */
public record Evidence(
        EvidenceKind kind,
        double strength,
        String message,
        @Nullable String subject,
        String reason) {
    public Evidence {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(reason, "reason");
    }
}
