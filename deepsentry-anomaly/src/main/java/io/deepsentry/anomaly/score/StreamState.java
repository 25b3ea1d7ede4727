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
        return append(vector, null, null);
    }

    /**
     * Adds the next message.
     *
     * @param vector its vector
     * @param level its level as the log has it, or null
     * @return its score: how unexpected it was, in nats
     */
    public double add(float[] vector, @Nullable String level) {
        return append(vector, level, null);
    }

    /**
     * Adds the next message, whose text is remembered for explanations if training never saw it.
     *
     * @param text the masked message
     */
    public double add(float[] vector, @Nullable String level, Supplier<String> text) {
        return append(vector, level, text);
    }

    private double append(float[] vector, @Nullable String level, @Nullable Supplier<String> text) {
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
                Severity.of(level),
                text);
        recent = with;
        return score;
    }

    /** The acknowledgement by which the last message is normal; null if there is none. */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback) {
        return feedback.isEmpty() ? null : live.acknowledgedBy(memory, feedback, messages(), score);
    }

    /**
     * Explains why the last message is anomalous.
     *
     * @param lines knows where the last messages stand, 0 being the oldest that a window holds
     */
    public Explanation explain(Explanation.Lines lines) {
        return explanation(lines).get();
    }

    /** Explains the last message whenever it is asked for, also when more have come since. */
    public Supplier<Explanation> explanation(Explanation.Lines lines) {
        LiveMessages.Memory then = memory;
        int[] ids = messages();
        double of = score;
        return () -> live.explainLine(then, ids, of, lines);
    }

    /** How many messages there are to explain the last one, itself included. */
    public int remembered() {
        return messages().length;
    }

    private int[] messages() {
        return recent[0] == Windows.BEGIN ? Arrays.copyOfRange(recent, 1, recent.length) : recent.clone();
    }
}
