package io.deepsentry.live.alert;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One finding: an anomalous session, or the begin of a run of consecutive anomalous windows in a stream.
 *
 * @param time when the line that decided it was logged, or read if its format has no time
 * @param score the score that passed the threshold
 * @param threshold the threshold it passed
 * @param message the line that decided it, without its header
 * @param contextWindow the messages that led up to it, oldest first, {@code message} the last
 * @param session the session's key, or null in a stream
 * @param id the same for the same input and models, otherwise different
 * @param source where the line that decided it was read
 * @param explanation why it was raised, or null if that is not known
 */
public record Alert(
        Instant time,
        double score,
        double threshold,
        String message,
        List<String> contextWindow,
        @Nullable String session,
        String id,
        Origin source,
        @Nullable Explanation explanation) {
    /** An alert without an explanation. */
    public Alert(
            Instant time,
            double score,
            double threshold,
            String message,
            List<String> contextWindow,
            @Nullable String session,
            String id,
            Origin source) {
        this(time, score, threshold, message, contextWindow, session, id, source, null);
    }

    public Alert {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(source, "source");
        contextWindow = List.copyOf(contextWindow);
        if (contextWindow.isEmpty()) {
            throw new IllegalArgumentException("contextWindow must hold at least the message itself, but was empty");
        }
        if (!Double.isFinite(score) || !Double.isFinite(threshold)) {
            throw new IllegalArgumentException(
                    "score and threshold must be finite, but were " + score + " and " + threshold);
        }
        if (id.isBlank()) {
            throw new IllegalArgumentException("id must not be blank");
        }
    }

    /** The same alert with everything that comes from the log replaced, such as by a redaction. */
    public Alert withTexts(UnaryOperator<String> replacement) {
        return new Alert(
                time,
                score,
                threshold,
                replacement.apply(message),
                contextWindow.stream().map(replacement).toList(),
                session == null ? null : replacement.apply(session),
                id,
                source,
                explanation == null ? null : explanation.withTexts(replacement));
    }
}
