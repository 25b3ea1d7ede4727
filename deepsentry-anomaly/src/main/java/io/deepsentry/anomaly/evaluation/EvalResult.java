package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.feedback.FeedbackSettings;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Threshold;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of {@link Evaluation}. Immutable.
 *
 * @param outputDir the folder written
 * @param unit the name of a case: {@code session} or {@code line}
 * @param cases the number of cases in the test part
 * @param flagged the number of cases judged anomalous
 * @param acknowledged the number of cases above the threshold that are normal by an acknowledgement
 * @param threshold the threshold for all cases, or for hours without one of their own
 * @param seasonalHours the number of hours with a threshold of their own; null if thresholds are not seasonal
 * @param statistics the statistics of the scores
 * @param drift whether the scores still resemble those of validation
 * @param findings what was found, anomalies that are alike as one, the most important first
 * @param closest where nothing was found: what came closest to the threshold, at most two, the highest score first
 * @param keyless what became of the lines without a session key
 * @param wholeLog what was found in the log as a whole, beside its sessions
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
        List<Finding> findings,
        List<Finding> closest,
        KeylessResult keyless,
        WholeLogResult wholeLog) {
    /** The file of scores: float32, {@code [cases]}. */
    public static final String SCORES = "anomaly_scores.pkl";
    /** The table of scores with the session or line of each. */
    public static final String SCORES_TABLE = "anomaly_scores.csv";
    /** The picture of scores over time. */
    public static final String SCORES_PICTURE = "scores.png";
    /** The same picture in vectors. */
    public static final String SCORES_VECTORS = "scores.svg";
    /** The file of the threshold. */
    public static final String THRESHOLD = "threshold.json";
    /** The file of statistics. */
    public static final String STATISTICS = "statistics.json";
    /** The file that explains each case above the threshold: one JSON object a line. */
    public static final String ANOMALIES = FeedbackSettings.EVAL_ANOMALIES;
    /** The file of findings: {@code findings}, the most important first, and {@code data}, what was judged. */
    public static final String FINDINGS = "findings.json";

    public EvalResult {
        findings = List.copyOf(findings);
        closest = List.copyOf(closest);
    }
}
