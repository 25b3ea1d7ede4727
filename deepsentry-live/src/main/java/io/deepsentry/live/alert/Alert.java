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
 * An anomalous session or line, or the end of a finding, to be delivered to people. Immutable.
 *
 * @param time when the line that decided it was logged, or read if its format has no time
 * @param score the score that passed the threshold, finite
 * @param threshold the threshold it passed, finite
 * @param message the line that decided it, without its header
 * @param contextWindow the messages that led to it, oldest first; {@code message} is the last, so it is never empty
 * @param session the session's key, or null in a stream
 * @param id the same for the same input and models, otherwise different; not blank
 * @param source where the line that decided it was read
 * @param explanation why it was raised, or null if that is not known
 * @param notification the finding as it was then and the reason to report it; null for an alert without a finding
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
    /**
     * Creates an alert of an anomaly without a finding.
     *
     * @param time when the line that decided it was logged, or read
     * @param score the score that passed the threshold, finite
     * @param threshold the threshold it passed, finite
     * @param message the line that decided it, without its header
     * @param contextWindow the messages that led to it, oldest first, {@code message} the last
     * @param session the session's key, or null in a stream
     * @param id the alert's id, not blank
     * @param source where the line that decided it was read
     * @param explanation why it was raised, or null if that is not known
     */
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

    /**
     * Creates an alert without an explanation and without a finding.
     *
     * @param time when the line that decided it was logged, or read
     * @param score the score that passed the threshold, finite
     * @param threshold the threshold it passed, finite
     * @param message the line that decided it, without its header
     * @param contextWindow the messages that led to it, oldest first, {@code message} the last
     * @param session the session's key, or null in a stream
     * @param id the alert's id, not blank
     * @param source where the line that decided it was read
     */
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

    /**
     * Returns how urgent the alert is.
     *
     * @return the level of its finding; a warning without a finding
     */
    public FindingLevel level() {
        return notification == null
                ? FindingLevel.WARNING
                : notification.finding().level();
    }

    /**
     * Returns a copy that reports a finding.
     *
     * @param by the finding and the reason to report it
     * @return this alert with that notification
     */
    public Alert notifiedBy(Notification by) {
        return new Alert(time, score, threshold, message, contextWindow, session, id, source, explanation, by);
    }

    /**
     * Returns a copy with every text from the log replaced, such as by a redaction. It has no finding.
     *
     * @param replacement gives the new text for each message, session key and quoted line
     * @return the copy, with the same id, time and scores
     */
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
