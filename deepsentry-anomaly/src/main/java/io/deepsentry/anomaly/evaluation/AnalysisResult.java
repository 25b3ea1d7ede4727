package io.deepsentry.anomaly.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The outcome of {@link Analysis}. Immutable.
 *
 * @param eval the scores and verdicts
 * @param protocol how the data was split, and what each part was used for
 * @param normal the number of cases labelled normal
 * @param anomalous the number of cases labelled an anomaly
 * @param unlabelled the number of cases without a label, which enter no figure
 * @param metrics the detector's figures
 * @param baselines the figures of each baseline by its name
 */
public record AnalysisResult(
        EvalResult eval,
        String protocol,
        long normal,
        long anomalous,
        long unlabelled,
        Metrics metrics,
        Map<String, Metrics> baselines) {
    /** The file of figures. */
    public static final String METRICS = "metrics.json";
    /** The file of the two curves, thinned to what a picture shows. */
    public static final String CURVES = "curves.json";
    /** The picture of the ROC curve. */
    public static final String ROC_CURVE = "roc_curve.png";
    /** The picture of the precision-recall curve. */
    public static final String PRECISION_RECALL = "precision_recall.png";
    /** The picture of the confusion matrix. */
    public static final String CONFUSION_MATRIX = "confusion_matrix.png";

    public AnalysisResult {
        baselines = Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
    }

    /** {@return the figures under their names in {@code metrics.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>(metrics.toMap());
        map.put("unit", eval.unit());
        map.put("protocol", protocol);
        Map<String, Object> cases = new LinkedHashMap<>();
        cases.put("normal", normal);
        cases.put("anomalous", anomalous);
        cases.put("unlabelled", unlabelled);
        map.put("cases", cases);
        Map<String, Object> others = new LinkedHashMap<>();
        baselines.forEach((name, figures) -> others.put(name, figures.toMap()));
        map.put("baselines", others);
        return map;
    }
}
