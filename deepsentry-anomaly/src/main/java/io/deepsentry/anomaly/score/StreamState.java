package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open stream without sessions, scored line by line. It remembers as many messages as a window has. Confined to one thread. */
public final class StreamState {
    private final LiveMessages live;
    private final int length;
    private LiveMessages.Memory memory;
    private int[] recent = {Windows.BEGIN};
    private double score;

    StreamState(LiveMessages live, int sequenceLength) {
        this.live = live;
        this.length = sequenceLength;
        this.memory = live.memory();
    }

    /** Adds the next message of a log without levels, see {@link #add(float[], String)}. */
    public double add(float[] vector) {
        return append(vector, null, null, null);
    }

    /**
     * Adds the next message, of which only the level says how severe it is.
     *
     * @param vector its vector
     * @param level its level as written in the log, or null
     * @return its score in nats; higher is more anomalous
     */
    public double add(float[] vector, @Nullable String level) {
        return append(vector, level, null, null);
    }

    /**
     * Adds the next message. Of one that training never saw, its words say how severe it is, too, and explanations show it.
     *
     * @param text the masked message
     */
    public double add(float[] vector, @Nullable String level, Supplier<String> text) {
        return append(vector, level, text, text);
    }

    /**
     * Adds the next message.
     *
     * @param text the masked message
     * @param shown the masked message as explanations may show it, without secrets
     */
    public double add(float[] vector, @Nullable String level, Supplier<String> text, Supplier<String> shown) {
        return append(vector, level, text, shown);
    }

    private double append(
            float[] vector, @Nullable String level, @Nullable Supplier<String> text, @Nullable Supplier<String> shown) {
        int keep = Math.min(recent.length, length - 1);
        int[] next = Arrays.copyOfRange(recent, recent.length - keep, recent.length);
        if (!live.isCurrent(memory)) {
            memory = live.renewed(memory, next);
        }
        int[] with = Arrays.copyOf(next, keep + 1);
        score = live.nextLine(
                memory,
                vector,
                id -> {
                    with[keep] = id;
                    return Windows.endingAt(with, keep, length);
                },
                level,
                text,
                shown);
        recent = with;
        return score;
    }

    /** Returns the acknowledgement that makes the last message normal, or null. */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback) {
        return feedback.isEmpty() ? null : live.acknowledgedBy(memory, feedback, messages(), score);
    }

    /**
     * Explains why the last message is anomalous.
     *
     * @param lines finds the lines of the last messages; 0 is the oldest in the window
     */
    public Explanation explain(Explanation.Lines lines) {
        return explanation(lines).get();
    }

    /** Returns an explanation of the last message that can be computed later, after more messages have come. */
    public Supplier<Explanation> explanation(Explanation.Lines lines) {
        LiveMessages.Memory then = memory;
        int[] ids = messages();
        double of = score;
        return () -> live.explainLine(then, ids, of, lines);
    }

    /** Returns how many messages an explanation of the last one can show, itself included. */
    public int remembered() {
        return messages().length;
    }

    private int[] messages() {
        return recent[0] == Windows.BEGIN ? Arrays.copyOfRange(recent, 1, recent.length) : recent.clone();
    }
}
