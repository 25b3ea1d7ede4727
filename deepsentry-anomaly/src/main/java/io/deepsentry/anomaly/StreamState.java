package io.deepsentry.anomaly;

/** A stream without sessions under way: remembers as many messages as a window has. For one thread. */
public final class StreamState {
    private final SessionScorer scorer;
    private int[] recent = {Windows.BEGIN};

    StreamState(SessionScorer scorer) {
        this.scorer = scorer;
    }

    /**
     * Adds the next message.
     *
     * @param vector its vector
     * @return its score: how unexpected it was after those before it, in nats
     */
    public double add(float[] vector) {
        int length = scorer.sequenceLength();
        int keep = Math.min(recent.length, length - 1);
        int[] next = new int[keep + 1];
        System.arraycopy(recent, recent.length - keep, next, 0, keep);
        next[keep] = scorer.liveId(vector);
        recent = next;
        return scorer.liveSurprise(Windows.endingAt(next, keep, length));
    }
}
