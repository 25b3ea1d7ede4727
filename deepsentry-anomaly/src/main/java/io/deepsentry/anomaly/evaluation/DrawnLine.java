package io.deepsentry.anomaly.evaluation;

import java.util.ArrayList;
import java.util.List;

/** The points of a curve that a picture can show. */
final class DrawnLine {
    /** Points nearer to each other than this, in shares of the picture's side, are one. */
    private static final double NEAR = 0.001;

    private DrawnLine() {}

    /**
     * Leaves out the points that are near the one before them, and those between two on the same horizontal or vertical
     * line.
     */
    static List<List<Double>> of(List<List<Double>> points) {
        List<List<Double>> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            List<Double> point = points.get(i);
            boolean inner = i > 0 && i < points.size() - 1;
            if (inner
                    && (near(kept.get(kept.size() - 1), point)
                            || straight(kept.get(kept.size() - 1), point, points.get(i + 1)))) {
                continue;
            }
            kept.add(point);
        }
        return kept;
    }

    private static boolean near(List<Double> one, List<Double> other) {
        return Math.abs(one.get(0) - other.get(0)) < NEAR && Math.abs(one.get(1) - other.get(1)) < NEAR;
    }

    private static boolean straight(List<Double> before, List<Double> point, List<Double> next) {
        return (before.get(0).equals(point.get(0)) && point.get(0).equals(next.get(0)))
                || (before.get(1).equals(point.get(1)) && point.get(1).equals(next.get(1)));
    }
}
