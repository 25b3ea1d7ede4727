package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.explain.Explainer;
import io.deepsentry.anomaly.internal.explain.ScoredStep;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session under way. Ended, it has the same score to the bit as the session scored as a whole. For one thread.
 */
public final class SessionState {
    /** From which surprise on a step is worth remembering as it comes. */
    private static final double ODD_NATS = 4;

    private final SessionScorer scorer;
    private int[] ids = new int[16];
    private double[] nats = new double[16];
    private int count;
    private double largest;
    private double unknown;
    /** The messages whose order counts for the score, and what was found out about them. */
    private final List<Integer> oddSteps = new ArrayList<>();

    private final Map<Integer, ScoredStep> computed = new HashMap<>();

    SessionState(SessionScorer scorer) {
        this.scorer = scorer;
    }

    /**
     * Adds the next message.
     *
     * @param vector its vector
     * @return the score so far, from what cannot be undone by later messages: it never falls, and is at most the final score
     */
    public double add(float[] vector) {
        append(vector);
        return running();
    }

    /**
     * Adds the next message, whose text is remembered for explanations if training never saw it.
     *
     * @param text the masked message
     */
    public double add(float[] vector, Supplier<String> text) {
        append(vector);
        scorer.remember(ids[count - 1], text);
        return running();
    }

    void append(float[] vector) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            nats = Arrays.copyOf(nats, count * 2);
        }
        ids[count] = scorer.liveId(vector);
        count++;
        nats[count - 1] = scorer.liveSurprise(windowAt(count));
        largest = Math.max(largest, nats[count - 1]);
        if (nats[count - 1] > ODD_NATS) {
            oddSteps.add(count - 1);
        }
        unknown += scorer.leastContentScore(ids[count - 1]);
    }

    /** The score so far. */
    public double running() {
        return unknown + SessionScorer.orderScore(largest);
    }

    /** How many messages there were. */
    public int length() {
        return count;
    }

    /** How unexpected each message so far was in the order view. */
    public List<StepSurprise> steps() {
        List<StepSurprise> steps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            steps.add(new StepSurprise(i, nats[i], View.ORDER));
        }
        return steps;
    }

    /** Scores the session as ended here. The state stays as it is: more messages may follow, and it may be ended again. */
    public SessionScore end() {
        int[] session = Arrays.copyOf(ids, count);
        double[] content = scorer.liveContent(session);
        double value = SessionScorer.orderScore(largest) + scorer.liveContentScore(session, content);
        List<StepSurprise> steps = new ArrayList<>(steps());
        int[] places = places(session, scorer.liveCanonical(session));
        for (int i = 0; i < count; i++) {
            steps.add(new StepSurprise(places[i], content[i], View.CONTENT));
        }
        steps.add(new StepSurprise(count, content[count], View.CONTENT));
        return new SessionScore(value, steps);
    }

    /**
     * The acknowledgement by which the session is normal, though it scores above the threshold.
     *
     * @param ended whether it is judged as ended here
     * @return null if there is none
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback, double threshold, boolean ended) {
        return feedback.isEmpty()
                ? null
                : scorer.acknowledgedBy(feedback, oddities(threshold, ended), threshold, ended);
    }

    /**
     * Why the session is anomalous.
     *
     * @param ended whether it is judged as ended here
     * @param lines knows where its messages stand
     */
    public Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
        return scorer.explain(Arrays.copyOf(ids, count), ended, oddities(threshold, ended), lines);
    }

    private Explainer.Oddities oddities(double threshold, boolean ended) {
        int[] session = Arrays.copyOf(ids, count);
        if (ended) {
            return scorer.oddities(session, threshold);
        }
        int[] steps = oddSteps.stream()
                .sorted(Comparator.comparingDouble((Integer step) -> -nats[step]))
                .limit(Explanation.MAX_ODD_STEPS)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        return scorer.runningOddities(session, nats, steps, computed);
    }

    /** For each message in canonical order its place among those that came: like messages keep their order. */
    public static int[] places(int[] came, int[] canonical) {
        Map<Integer, Deque<Integer>> waiting = new HashMap<>();
        for (int i = 0; i < came.length; i++) {
            waiting.computeIfAbsent(came[i], unused -> new ArrayDeque<>()).add(i);
        }
        int[] places = new int[canonical.length];
        for (int i = 0; i < canonical.length; i++) {
            places[i] = waiting.getOrDefault(canonical[i], new ArrayDeque<>()).remove();
        }
        return places;
    }

    /** The window that ends at a row of begin marker and messages; built from the last messages only. */
    private int[] windowAt(int row) {
        int length = scorer.sequenceLength();
        int back = Math.min(row, length);
        int[] sequence = new int[back + 1];
        for (int i = 0; i <= back; i++) {
            int at = row - back + i;
            sequence[i] = at == 0 ? Windows.BEGIN : ids[at - 1];
        }
        return Windows.endingAt(sequence, back, length);
    }
}
