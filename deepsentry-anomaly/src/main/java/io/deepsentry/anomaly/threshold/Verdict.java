package io.deepsentry.anomaly.threshold;

/** What a score means: normal, anomalous, or not yet to be said. */
public sealed interface Verdict {

    /** The score that was judged; higher is more anomalous. */
    double score();

    /** The threshold it was judged by; a score above it is anomalous. */
    double threshold();

    /** The score does not pass the threshold. */
    record Normal(double score, double threshold) implements Verdict {}

    /** The score is above the threshold. */
    record Anomalous(double score, double threshold) implements Verdict {}

    /**
     * Too little has been seen to know what is normal here, and what stands in for it raised no alarm. The threshold is the
     * trained one where there is one, else +infinity, which no score passes.
     */
    record WarmingUp(double score, double threshold) implements Verdict {}

    /** Judges {@code score} by a fixed threshold. */
    static Verdict of(double score, double threshold) {
        return score > threshold ? new Anomalous(score, threshold) : new Normal(score, threshold);
    }
}
