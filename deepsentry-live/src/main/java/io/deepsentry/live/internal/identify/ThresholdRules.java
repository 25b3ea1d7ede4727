package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evaluation.EvalSettings.Season;
import io.deepsentry.anomaly.score.SessionScorer;
import io.deepsentry.anomaly.threshold.AdaptiveThreshold;
import io.deepsentry.anomaly.threshold.Threshold;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which score is anomalous. Without any rule it is the trained threshold that decides, as in eval.
 *
 * @param threshold an absolute score in place of the trained threshold, or null
 * @param maxAlarmsPerDay false alarms a day that the threshold is to keep to, or null
 * @param season the hours that have thresholds of their own, or null
 * @param windowSize scores the adaptive threshold of a stream looks back on
 * @param multiplier standard deviations it stands above their mean; null for no adaptive threshold
 */
public record ThresholdRules(
        @Nullable Double threshold,
        @Nullable Double maxAlarmsPerDay,
        @Nullable Season season,
        int windowSize,
        @Nullable Double multiplier) {
    /** The threshold for a line, or a session, by its time, which may be null. */
    ToDoubleFunction<@Nullable Instant> byTime(SessionScorer scorer) {
        if (season != null) {
            Function<@Nullable Instant, Threshold> seasonal = scorer.seasonal(season.zone(), season.weekly());
            return time -> seasonal.apply(time).value();
        }
        double same = scorer.threshold(threshold, maxAlarmsPerDay).value();
        return time -> same;
    }

    /**
     * A threshold that adapts to a stream; null if none was asked for, or one is given. It lies between the trained one
     * and half the way from there to the score of a new error, so that however restless the log, new errors are found.
     */
    @Nullable
    AdaptiveThreshold adaptive(SessionScorer scorer) {
        if (multiplier == null || threshold != null || maxAlarmsPerDay != null) {
            return null;
        }
        Threshold trained = scorer.threshold();
        return new AdaptiveThreshold(windowSize, multiplier, trained, (trained.value() + scorer.largestScore()) / 2);
    }
}
