package io.deepsentry.anomaly.train;

import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;

/**
 * The figures of a detector's training.
 *
 * @param trainingUnits sessions (lines of streams) trained on
 * @param trainingSteps messages in all of them; with sessions, their ends too
 * @param distinctMessages distinct messages among them
 * @param distinctWindows distinct windows among them
 * @param threshold the threshold recommended from validation data
 * @param validation the scores of validation data
 * @param seconds wall time in seconds
 */
public record DetectorTrainingResult(
        long trainingUnits,
        long trainingSteps,
        int distinctMessages,
        int distinctWindows,
        Threshold threshold,
        ScoreStatistics validation,
        double seconds) {}
