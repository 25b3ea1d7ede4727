package io.deepsentry.anomaly.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts of right and wrong verdicts: anomalies found ({@code tp}), false alarms ({@code fp}), normal cases left alone
 * ({@code tn}) and anomalies missed ({@code fn}).
 *
 * <p>A ratio whose denominator is zero is 0, never NaN, so that every figure can be written as JSON.
 *
 * @param tp anomalies flagged
 * @param fp normal cases flagged
 * @param tn normal cases not flagged
 * @param fn anomalies not flagged
 */
public record ConfusionMatrix(long tp, long fp, long tn, long fn) {

    public ConfusionMatrix {
        requireCount("tp", tp);
        requireCount("fp", fp);
        requireCount("tn", tn);
        requireCount("fn", fn);
    }

    private static void requireCount(String name, long count) {
        if (count < 0) {
            throw new IllegalArgumentException(name + " must not be negative, but was " + count);
        }
    }

    /** {@return the number of cases} */
    public long total() {
        return tp + fp + tn + fn;
    }

    /** {@return the share of the flagged cases that are anomalies: tp / (tp + fp)} */
    public double precision() {
        return ratio(tp, tp + fp);
    }

    /** {@return the share of the anomalies that were flagged: tp / (tp + fn)} */
    public double recall() {
        return ratio(tp, tp + fn);
    }

    /** {@return the share of the normal cases that were not flagged: tn / (tn + fp)} */
    public double specificity() {
        return ratio(tn, tn + fp);
    }

    /** {@return the share of all cases judged right} */
    public double accuracy() {
        return ratio(tp + tn, total());
    }

    /** {@return the harmonic mean of precision and recall: 2tp / (2tp + fp + fn)} */
    public double f1() {
        return ratio(2 * tp, 2 * tp + fp + fn);
    }

    /**
     * {@return the Matthews correlation coefficient, in [-1, 1]; 0 where a row or a column of the matrix is empty
     * (Matthews, 1975)}
     */
    public double mcc() {
        double product = (double) (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
        return product == 0 ? 0 : ((double) tp * tn - (double) fp * fn) / Math.sqrt(product);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** {@return the four counts under their names, in the order of {@code metrics.json}} */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tp", tp);
        map.put("fp", fp);
        map.put("tn", tn);
        map.put("fn", fn);
        return map;
    }
}
