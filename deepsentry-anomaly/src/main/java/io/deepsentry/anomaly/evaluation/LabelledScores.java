package io.deepsentry.anomaly.evaluation;

import java.util.Arrays;

/**
 * Scores with their labels, from which curves and metrics are computed.
 *
 * <p>Holds at least one case of each class, in 8 bytes a case. Immutable and thread-safe.
 */
public final class LabelledScores {
    /** Scores of the anomalies, ascending. */
    private final double[] anomalous;
    /** Scores of the normal cases, ascending. */
    private final double[] normal;

    private LabelledScores(double[] anomalous, double[] normal) {
        this.anomalous = anomalous;
        this.normal = normal;
    }

    /**
     * Pairs scores with labels.
     *
     * @param scores higher is more anomalous; none NaN
     * @param anomalous the label of each score
     * @return the pairs
     * @throws IllegalArgumentException if the lengths differ, a score is NaN, or only one class is present
     */
    public static LabelledScores of(double[] scores, boolean[] anomalous) {
        if (scores.length != anomalous.length) {
            throw new IllegalArgumentException("each score needs one label, but there are " + scores.length
                    + " scores and " + anomalous.length + " labels");
        }
        int positives = 0;
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("a score must be a number, but score " + i + " is NaN");
            }
            positives += anomalous[i] ? 1 : 0;
        }
        if (positives == 0 || positives == scores.length) {
            throw new IllegalArgumentException("metrics need normal and anomalous cases, but there are "
                    + (scores.length - positives) + " normal and " + positives + " anomalous");
        }
        double[] found = new double[positives];
        double[] others = new double[scores.length - positives];
        int p = 0;
        int n = 0;
        for (int i = 0; i < scores.length; i++) {
            if (anomalous[i]) {
                found[p++] = scores[i];
            } else {
                others[n++] = scores[i];
            }
        }
        Arrays.sort(found);
        Arrays.sort(others);
        return new LabelledScores(found, others);
    }

    /** {@return the number of cases} */
    public int size() {
        return anomalous.length + normal.length;
    }

    /** {@return the number of anomalous cases} */
    public int positives() {
        return anomalous.length;
    }

    /** {@return the number of normal cases} */
    public int negatives() {
        return normal.length;
    }

    /**
     * {@return the counts when every score above {@code threshold} is judged anomalous}
     *
     * @param threshold the threshold
     */
    public ConfusionMatrix at(double threshold) {
        long tp = above(anomalous, threshold);
        long fp = above(normal, threshold);
        return new ConfusionMatrix(tp, fp, negatives() - fp, positives() - tp);
    }

    private static int above(double[] ascending, double threshold) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] > threshold) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ascending.length - low;
    }

    /** Receives the cases that share one score. */
    interface TiedScores {
        void take(double score, int positives, int negatives);
    }

    /** Visits the distinct scores from the highest down, each with its number of cases of either class. */
    void falling(TiedScores step) {
        int p = anomalous.length - 1;
        int n = normal.length - 1;
        while (p >= 0 || n >= 0) {
            double score = p < 0 ? normal[n] : n < 0 ? anomalous[p] : Math.max(anomalous[p], normal[n]);
            int positivesLeft = p;
            while (p >= 0 && anomalous[p] == score) {
                p--;
            }
            int negativesLeft = n;
            while (n >= 0 && normal[n] == score) {
                n--;
            }
            step.take(score, positivesLeft - p, negativesLeft - n);
        }
    }
}
