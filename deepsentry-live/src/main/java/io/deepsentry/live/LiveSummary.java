package io.deepsentry.live;

import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.tail.StreamStats;
import java.time.Duration;

/**
 * The outcome of a run of {@link LiveMonitor}. Immutable.
 *
 * @param input lines, events, rotations and what was wrong with them, of this run alone
 * @param identified messages, sessions and alerts, including those of the runs that this one continued
 * @param earlier those of the runs that this one continued; all zero if there were none
 * @param kept how many lines of the input are in no event yet, and were kept for the run that resumes after this one
 * @param took how long it ran
 * @param stopped whether it was stopped before the end of its input; sessions that had not ended were then not judged
 */
public record LiveSummary(
        StreamStats input,
        IdentifierStats identified,
        IdentifierStats earlier,
        long kept,
        Duration took,
        boolean stopped) {
    /**
     * Creates the outcome of a run that continued no other.
     *
     * @deprecated use the constructor that takes {@code earlier}
     */
    @Deprecated(since = "0.2.0", forRemoval = true)
    public LiveSummary(StreamStats input, IdentifierStats identified, Duration took, boolean stopped) {
        this(input, identified, none(), 0, took, stopped);
    }

    private static IdentifierStats none() {
        Drift drift = new Drift(false, 0, 0, false, 0, Double.POSITIVE_INFINITY, 0);
        return new IdentifierStats(0, 0, 0, 0, 0, 0, 0, drift, 0);
    }
}
