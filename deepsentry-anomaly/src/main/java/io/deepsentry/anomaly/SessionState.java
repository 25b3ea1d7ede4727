package io.deepsentry.anomaly;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A session under way. Ended, it has the same score to the bit as the session scored as a whole. For one thread.
 */
public final class SessionState {
    private final SessionScorer scorer;
    private int[] ids = new int[16];
    private double[] nats = new double[16];
    private int count;
    private double largest;
    private double unknown;

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

    void append(float[] vector) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            nats = Arrays.copyOf(nats, count * 2);
        }
        ids[count] = scorer.liveId(vector);
        count++;
        nats[count - 1] = scorer.liveSurprise(windowAt(count));
        largest = Math.max(largest, nats[count - 1]);
        unknown += scorer.leastContentScore(vector);
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

    /** For each message in canonical order its place among those that came: like messages keep their order. */
    private static int[] places(int[] came, int[] canonical) {
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
