package io.deepsentry.anomaly.train;

import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The figures of a detector's training.
 *
 * @param trainingUnits sessions (lines of streams) trained on
 * @param trainingSteps messages in all of them; with sessions, their ends too
 * @param distinctMessages distinct messages among them
 * @param distinctWindows distinct windows among them
 * @param threshold the threshold recommended from validation data
 * @param validation the scores of validation data
 * @param suspects training sessions that were left out, as they do what hardly any session does; 0 where labels kept
 *     anomalies out
 * @param suspectReasons the commonest reasons, each with how many sessions were left out for it
 * @param seconds wall time in seconds
 */
public record DetectorTrainingResult(
        long trainingUnits,
        long trainingSteps,
        int distinctMessages,
        int distinctWindows,
        Threshold threshold,
        ScoreStatistics validation,
        long suspects,
        Map<String, Integer> suspectReasons,
        double seconds) {
    public DetectorTrainingResult {
        suspectReasons = Collections.unmodifiableMap(new LinkedHashMap<>(suspectReasons));
    }
}
