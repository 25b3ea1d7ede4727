package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.KeylessLines;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.KeylessExplanation;
import io.deepsentry.anomaly.internal.vector.Severity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores the lines without a session key, beside the sessions, by their masked message and level. Immutable and safe
 * for use by several threads.
 */
public final class KeylessScorer {
    private final KeylessLines lines;

    KeylessScorer(KeylessLines lines) {
        this.lines = lines;
    }

    /** {@return the score above which a line is anomalous, in nats} */
    public double threshold() {
        return lines.threshold();
    }

    /**
     * Scores a line.
     *
     * @param message its masked message
     * @param level its level as written in the log, or null
     * @return its score in nats; higher is more anomalous
     */
    public double score(String message, @Nullable String level) {
        return lines.score(message, Severity.of(level, message));
    }

    /**
     * {@return the acknowledgement that makes a line with this score normal, or null}
     *
     * @param feedback what was acknowledged
     * @param message the message
     * @param score the score
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback, String message, double score) {
        return Forgiveness.ofLine(feedback, List.of(KeylessExplanation.step(message, score)));
    }

    /**
     * Explains why a line with this score is anomalous.
     *
     * @param message the message
     * @param score the score
     * @param line where the line is
     * @return the reasons
     */
    public Explanation explain(String message, double score, SourceLine line) {
        return KeylessExplanation.of(message, score, List.of(line), 1);
    }
}
