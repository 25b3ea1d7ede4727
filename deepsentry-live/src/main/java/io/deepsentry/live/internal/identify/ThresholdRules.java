package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import org.jspecify.annotations.Nullable;

/**
 * Which score is anomalous.
 *
 * @param threshold an absolute score that replaces the trained and the adaptive threshold, or null
 * @param maxAlarmsPerDay false alarms a day that the threshold is to keep to, or null
 * @param windowSize scores the adaptive threshold looks back on
 * @param multiplier standard deviations it stands above their mean
 */
public record ThresholdRules(
        @Nullable Double threshold, @Nullable Double maxAlarmsPerDay, int windowSize, double multiplier) {
    /** The threshold of sessions. */
    double ofSessions(SessionScorer scorer) {
        return scorer.threshold(threshold, maxAlarmsPerDay).value();
    }

    /** The threshold of a stream that does not adapt; null if it adapts. */
    @Nullable
    Double fixed(SessionScorer scorer) {
        return maxAlarmsPerDay == null ? threshold : Double.valueOf(ofSessions(scorer));
    }

    /** A threshold that adapts to a stream. */
    AdaptiveThreshold adaptive(SessionScorer scorer) {
        return new AdaptiveThreshold(windowSize, multiplier, scorer.threshold());
    }
}
