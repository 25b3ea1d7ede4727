package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open session, scored message by message. Its score at the end equals that of the whole session to the bit. Confined to one thread.
 */
public final class SessionState {
    /** Steps with less surprise are not remembered. */
    private static final double ODD_NATS = 4;

    private final LiveMessages live;
    private final int length;
    private LiveMessages.Memory memory;
    private int[] ids = new int[16];
    private double[] nats = new double[16];
    private int count;
    private double largest;
    private double unknown;
    /** The messages whose order counts for the score, and what was found out about them. */
    private final List<Integer> oddSteps = new ArrayList<>();

    private final Map<Integer, ScoredStep> computed = new HashMap<>();

    SessionState(LiveMessages live, int sequenceLength) {
        this.live = live;
        this.length = sequenceLength;
        this.memory = live.memory();
    }

    /**
     * Adds the next message.
     *
     * @param vector its vector
     * @return the score so far, which never falls and is at most the final score: later messages cannot undo it
     */
    public double add(float[] vector) {
        return append(vector, null);
    }

    /**
     * Adds the next message. Explanations need its text if training never saw it.
     *
     * @param text the masked message
     */
    public double add(float[] vector, Supplier<String> text) {
        return append(vector, text);
    }

    private double append(float[] vector, @Nullable Supplier<String> text) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            nats = Arrays.copyOf(nats, count * 2);
        }
        if (!live.isCurrent(memory)) {
            renew();
        }
        LiveMessages.Step step = live.next(memory, vector, this::windowWith, text);
        nats[count] = step.nats();
        largest = Math.max(largest, step.nats());
        if (step.nats() > ODD_NATS) {
            oddSteps.add(count);
        }
        unknown += step.leastContent();
        count++;
        return running();
    }

    private void renew() {
        int[] own = Arrays.copyOf(ids, count);
        memory = live.renewed(memory, own);
        System.arraycopy(own, 0, ids, 0, count);
        computed.clear();
    }

    /** Returns the score so far. */
    public double running() {
        return unknown + SurpriseRule.orderScore(largest);
    }

    /** Returns the number of messages so far. */
    public int length() {
        return count;
    }

    /** Returns the surprise of each message so far in the order view. */
    public List<StepSurprise> steps() {
        List<StepSurprise> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new StepSurprise(i, nats[i], View.ORDER));
        }
        return steps;
    }

    /** Scores the session as if it ended here. The state does not change: add more messages, or call this again. */
    public SessionScore end() {
        return live.ended(memory, Arrays.copyOf(ids, count), SurpriseRule.orderScore(largest), steps());
    }

    /**
     * Returns the acknowledgement that makes the session normal although it scores above the threshold.
     *
     * @param ended whether to judge it as if it ended here
     * @return null if there is none
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback, double threshold, boolean ended) {
        return feedback.isEmpty()
                ? null
                : live.acknowledgedBy(memory, feedback, oddities(count, threshold, ended), threshold, ended);
    }

    /**
     * Explains why the session is anomalous.
     *
     * @param ended whether to judge it as if it ended here
     * @param lines finds the lines of its messages
     */
    public Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
        return explain(count, threshold, ended, lines);
    }

    /**
     * Explains why the session was anomalous when it had fewer messages than now.
     *
     * @param messages how many it had, at least 1
     */
    public Explanation explain(int messages, double threshold, boolean ended, Explanation.Lines lines) {
        if (messages < 1 || messages > count) {
            throw new IllegalArgumentException("messages must be 1 to " + count + ", but was " + messages);
        }
        return live.explain(memory, Arrays.copyOf(ids, messages), ended, oddities(messages, threshold, ended), lines);
    }

    private Explainer.Oddities oddities(int messages, double threshold, boolean ended) {
        int[] session = Arrays.copyOf(ids, messages);
        if (ended) {
            return live.oddities(memory, session, threshold);
        }
        int[] steps = oddSteps.stream()
                .filter(step -> step < messages)
                .sorted(Comparator.comparingDouble((Integer step) -> -nats[step]))
                .limit(Explanation.MAX_ODD_STEPS)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        return live.oddities(memory, session, nats, steps, computed);
    }

    /** The window that ends with a message that is to be added; built from the last messages only. */
    private int[] windowWith(int id) {
        ids[count] = id;
        int row = count + 1;
        int back = Math.min(row, length);
        int[] sequence = new int[back + 1];
        for (int i = 0; i <= back; i++) {
            int at = row - back + i;
            sequence[i] = at == 0 ? Windows.BEGIN : ids[at - 1];
        }
        return Windows.endingAt(sequence, back, length);
    }
}
