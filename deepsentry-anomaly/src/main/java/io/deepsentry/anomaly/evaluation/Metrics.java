package io.deepsentry.anomaly.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The quality of scores and a threshold on labelled cases, as written to {@code metrics.json}.
 *
 * @param aucRoc area under the ROC curve, in [0, 1]; independent of the threshold
 * @param aucPr average precision, in [0, 1]; independent of the threshold
 * @param threshold scores above it were judged anomalous
 * @param thresholdSource where the threshold came from; one that saw test labels is named an oracle
 * @param confusion the counts at the threshold
 */
public record Metrics(
        double aucRoc, double aucPr, double threshold, String thresholdSource, ConfusionMatrix confusion) {

    /**
     * Computes the figures when every score above {@code threshold} is judged anomalous.
     *
     * @param scores scores with their labels
     * @param threshold the threshold
     * @param thresholdSource where the threshold comes from
     * @return the figures
     */
    public static Metrics of(LabelledScores scores, double threshold, String thresholdSource) {
        return new Metrics(
                RocCurve.of(scores).auc(),
                PrecisionRecallCurve.of(scores).averagePrecision(),
                threshold,
                thresholdSource,
                scores.at(threshold));
    }

    /** {@return the figures under their names in {@code metrics.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("auc_roc", aucRoc);
        map.put("auc_pr", aucPr);
        map.put("precision", confusion.precision());
        map.put("recall", confusion.recall());
        map.put("f1", confusion.f1());
        map.put("accuracy", confusion.accuracy());
        map.put("specificity", confusion.specificity());
        map.put("mcc", confusion.mcc());
        map.put("threshold", threshold);
        map.put("threshold_source", thresholdSource);
        map.put("confusion", confusion.toMap());
        return map;
    }
}
