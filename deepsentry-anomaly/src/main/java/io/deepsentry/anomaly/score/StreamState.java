package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.vector.Severity;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A stream without sessions under way: remembers as many messages as a window has. For one thread. */
public final class StreamState {
    private final SessionScorer scorer;
    private int[] recent = {Windows.BEGIN};
    private double score;

    StreamState(SessionScorer scorer) {
        this.scorer = scorer;
    }

    /** Adds the next message of a log without levels, see {@link #add(float[], String)}. */
    public double add(float[] vector) {
        return add(vector, null);
    }

    /**
     * Adds the next message.
     *
     * @param vector its vector
     * @param level its level as the log has it, or null
     * @return its score: how unexpected it was, in nats
     */
    public double add(float[] vector, @Nullable String level) {
        int length = scorer.sequenceLength();
        int keep = Math.min(recent.length, length - 1);
        int[] next = new int[keep + 1];
        System.arraycopy(recent, recent.length - keep, next, 0, keep);
        next[keep] = scorer.liveId(vector);
        recent = next;
        score = scorer.liveLine(Windows.endingAt(next, keep, length), next[keep], Severity.of(level));
        return score;
    }

    /**
     * Adds the next message, whose text is remembered for explanations if training never saw it.
     *
     * @param text the masked message
     */
    public double add(float[] vector, @Nullable String level, Supplier<String> text) {
        double added = add(vector, level);
        scorer.remember(recent[recent.length - 1], text);
        return added;
    }

    /** The acknowledgement by which the last message is normal; null if there is none. */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback) {
        return feedback.isEmpty() ? null : scorer.acknowledgedBy(feedback, messages(), score);
    }

    /**
     * Why the last message is anomalous.
     *
     * @param lines knows where the last messages stand, 0 being the oldest that a window holds
     */
    public Explanation explain(Explanation.Lines lines) {
        return scorer.explainLine(messages(), score, lines);
    }

    /** How many messages there are to explain the last one, itself included. */
    public int remembered() {
        return messages().length;
    }

    private int[] messages() {
        return recent[0] == Windows.BEGIN ? Arrays.copyOfRange(recent, 1, recent.length) : recent.clone();
    }
}
