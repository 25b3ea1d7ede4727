package io.deepsentry.anomaly.train;

import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;

/**
 * What training the detector came to.
 *
 * @param trainingUnits sessions (lines of streams) trained on
 * @param trainingSteps steps in all of them
 * @param distinctMessages different messages among them
 * @param distinctWindows different windows among them
 * @param threshold recommended from validation data
 * @param validation the scores of validation data
 * @param seconds wall time
 */
public record DetectorTrainingResult(
        long trainingUnits,
        long trainingSteps,
        int distinctMessages,
        int distinctWindows,
        Threshold threshold,
        ScoreStatistics validation,
        double seconds) {}
