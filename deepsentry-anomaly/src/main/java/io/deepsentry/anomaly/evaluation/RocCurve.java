package io.deepsentry.anomaly.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Receiver operating characteristic: the share of anomalies found against the share of normal cases flagged, for every
 * threshold from the strictest to the loosest.
 *
 * <p>Equal scores make one step, so the area equals the Mann-Whitney statistic with ties counted half.
 *
 * @param points from (0, 0) to (1, 1), by falling threshold
 * @param auc area under the curve, in [0, 1]
 */
public record RocCurve(List<RocPoint> points, double auc) {

    /**
     * One threshold's rates.
     *
     * @param falsePositiveRate share of normal cases with at least this score
     * @param truePositiveRate share of anomalies with at least this score
     * @param score the score at which these cases are flagged; +infinity where none is
     */
    public record RocPoint(double falsePositiveRate, double truePositiveRate, double score) {}

    public RocCurve {
        points = List.copyOf(points);
    }

    /**
     * Computes the curve over all distinct scores.
     *
     * @param scores scores with their labels
     * @return the curve
     */
    public static RocCurve of(LabelledScores scores) {
        List<RocPoint> points = new ArrayList<>();
        points.add(new RocPoint(0, 0, Double.POSITIVE_INFINITY));
        long[] flagged = new long[2];
        // Twice the area in units of one positive times one negative: exact in a long, whatever the size.
        long[] doubleArea = new long[1];
        scores.falling((score, positives, negatives) -> {
            doubleArea[0] += negatives * (2 * flagged[0] + positives);
            flagged[0] += positives;
            flagged[1] += negatives;
            points.add(new RocPoint(
                    (double) flagged[1] / scores.negatives(), (double) flagged[0] / scores.positives(), score));
        });
        return new RocCurve(points, doubleArea[0] / (2.0 * scores.positives() * scores.negatives()));
    }

    /**
     * Returns the points that a picture shows: pairs of the false and the true positive rate, without those on a
     * straight line.
     */
    List<List<Double>> drawn() {
        return DrawnLine.of(points.stream()
                .map(point -> List.of(point.falsePositiveRate(), point.truePositiveRate()))
                .toList());
    }
}
