package io.deepsentry.anomaly;

import org.jspecify.annotations.Nullable;

/** A stream without sessions under way: remembers as many messages as a window has. For one thread. */
public final class StreamState {
    private final SessionScorer scorer;
    private int[] recent = {Windows.BEGIN};

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
        return scorer.liveLine(Windows.endingAt(next, keep, length), next[keep], Severity.of(level));
    }
}
