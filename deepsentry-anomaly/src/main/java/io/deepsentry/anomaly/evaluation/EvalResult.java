package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Evaluation} did.
 *
 * @param outputDir the folder written
 * @param unit what was judged: {@code session} or {@code line}
 * @param cases how many there are in the test part
 * @param flagged how many of them were judged anomalous
 * @param acknowledged how many scored above the threshold, but are normal by what a user said
 * @param threshold what they were judged by
 * @param seasonalHours how many hours have a threshold of their own; null where there is one for all
 * @param statistics of their scores
 * @param drift whether they are still like those of validation
 * @param highest the explanations of the highest scores that were flagged, the highest first, as lines for people
 */
public record EvalResult(
        Path outputDir,
        String unit,
        long cases,
        long flagged,
        long acknowledged,
        Threshold threshold,
        @Nullable Integer seasonalHours,
        ScoreStatistics statistics,
        Drift drift,
        List<List<String>> highest) {
    /** The file of scores: float32, {@code [cases]}. */
    public static final String SCORES = "anomaly_scores.pkl";
    /** The file that says whose scores they are. */
    public static final String SCORES_TABLE = "anomaly_scores.csv";
    /** The file of the threshold. */
    public static final String THRESHOLD = "threshold.json";
    /** The file of statistics. */
    public static final String STATISTICS = "statistics.json";
    /** The file that explains what scored above the threshold: one JSON object a line. */
    public static final String ANOMALIES = FeedbackSettings.EVAL_ANOMALIES;

    public EvalResult {
        highest = highest.stream().map(List::copyOf).toList();
    }
}
