package io.deepsentry.anomaly;

import java.nio.file.Path;

/**
 * What {@link Evaluation} did.
 *
 * @param outputDir the folder written
 * @param unit what was judged: {@code session} or {@code line}
 * @param cases how many there are in the test part
 * @param flagged how many of them were judged anomalous
 * @param threshold what they were judged by
 * @param statistics of their scores
 */
public record EvalResult(
        Path outputDir, String unit, long cases, long flagged, Threshold threshold, ScoreStatistics statistics) {
    /** The file of scores: float32, {@code [cases]}. */
    public static final String SCORES = "anomaly_scores.pkl";
    /** The file that says whose scores they are. */
    public static final String SCORES_TABLE = "anomaly_scores.csv";
    /** The file of the threshold. */
    public static final String THRESHOLD = "threshold.json";
    /** The file of statistics. */
    public static final String STATISTICS = "statistics.json";
}
