package io.deepsentry.anomaly.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Precision against recall for every threshold from the strictest to the loosest.
 *
 * <p>The area is the average precision, the sum of precision times the recall gained at each distinct score: no
 * interpolation, which would flatter (Davis and Goadrich, 2006).
 *
 * @param points by falling threshold, so by rising recall; the last has recall 1
 * @param averagePrecision area under the curve as a step function, in [0, 1]
 * @param prevalence share of anomalies: the precision of flagging everything
 */
public record PrecisionRecallCurve(List<PrecisionRecallPoint> points, double averagePrecision, double prevalence) {

    /**
     * One threshold's figures.
     *
     * @param recall share of anomalies with at least this score
     * @param precision share of anomalies among all with at least this score
     * @param score the score at which these cases are flagged
     */
    public record PrecisionRecallPoint(double recall, double precision, double score) {}

    public PrecisionRecallCurve {
        points = List.copyOf(points);
    }

    /**
     * Computes the curve over all distinct scores.
     *
     * @param scores scores with their labels
     * @return the curve
     */
    public static PrecisionRecallCurve of(LabelledScores scores) {
        List<PrecisionRecallPoint> points = new ArrayList<>();
        long[] flagged = new long[2];
        double[] area = new double[1];
        scores.falling((score, positives, negatives) -> {
            flagged[0] += positives;
            flagged[1] += negatives;
            double precision = (double) flagged[0] / (flagged[0] + flagged[1]);
            area[0] += precision * positives / scores.positives();
            points.add(new PrecisionRecallPoint((double) flagged[0] / scores.positives(), precision, score));
        });
        return new PrecisionRecallCurve(points, area[0], (double) scores.positives() / scores.size());
    }

    /**
     * Returns the corners that a picture shows: pairs of recall and precision. The area is that of a step function, so
     * the curve is drawn as one; a score that finds no further anomaly adds no step.
     */
    List<List<Double>> drawn() {
        List<List<Double>> corners = new ArrayList<>();
        double before = 0;
        for (PrecisionRecallPoint point : points) {
            if (point.recall() > before) {
                corners.add(List.of(before, point.precision()));
                corners.add(List.of(point.recall(), point.precision()));
                before = point.recall();
            }
        }
        return DrawnLine.of(corners);
    }
}
