package io.deepsentry.live.alert;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingLevel;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What people hear of: an anomalous session or line, which is one of a finding, or the end of a finding.
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
 * @param notification the finding as it was then and the reason to tell of it; null for an alert that speaks for itself
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
        @Nullable Explanation explanation,
        @Nullable Notification notification) {
    /** An alert of an anomaly by itself. */
    public Alert(
            Instant time,
            double score,
            double threshold,
            String message,
            List<String> contextWindow,
            @Nullable String session,
            String id,
            Origin source,
            @Nullable Explanation explanation) {
        this(time, score, threshold, message, contextWindow, session, id, source, explanation, null);
    }

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
        this(time, score, threshold, message, contextWindow, session, id, source, null, null);
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

    /** Returns how urgent it is: the level of its finding, or a warning. */
    public FindingLevel level() {
        return notification == null
                ? FindingLevel.WARNING
                : notification.finding().level();
    }

    /** Returns the same alert as one of a finding. */
    public Alert notifiedBy(Notification by) {
        return new Alert(time, score, threshold, message, contextWindow, session, id, source, explanation, by);
    }

    /** The same anomaly with everything that comes from the log replaced, such as by a redaction; as one of no finding. */
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
