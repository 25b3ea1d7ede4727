package io.deepsentry.anomaly;

import java.util.Arrays;

/**
 * Scores with the truth about each: what curves and metrics are computed from.
 *
 * <p>Holds at least one case of either class. Immutable and thread-safe.
 */
public final class LabelledScores {
    private final double[] scores;
    private final boolean[] anomalous;
    /** Indices by falling score. */
    private final int[] order;

    private final int positives;

    private LabelledScores(double[] scores, boolean[] anomalous, int positives) {
        this.scores = scores;
        this.anomalous = anomalous;
        this.positives = positives;
        this.order = fallingOrder(scores);
    }

    /**
     * Pairs scores with labels.
     *
     * @param scores higher is more anomalous; none NaN
     * @param anomalous the label of each score
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
        return new LabelledScores(scores.clone(), anomalous.clone(), positives);
    }

    private static int[] fallingOrder(double[] scores) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(scores[b], scores[a]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    /** Number of cases. */
    public int size() {
        return scores.length;
    }

    /** Number of anomalous cases. */
    public int positives() {
        return positives;
    }

    /** Number of normal cases. */
    public int negatives() {
        return scores.length - positives;
    }

    /** Score of case {@code i}. */
    public double score(int i) {
        return scores[i];
    }

    /** Whether case {@code i} is an anomaly. */
    public boolean anomalous(int i) {
        return anomalous[i];
    }

    /** Index of the case with the {@code rank}th highest score, from 0. */
    int byRank(int rank) {
        return order[rank];
    }

    /** Counts the verdicts "anomalous" for every score above {@code threshold}. */
    public ConfusionMatrix at(double threshold) {
        long tp = 0;
        long fp = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > threshold) {
                if (anomalous[i]) {
                    tp++;
                } else {
                    fp++;
                }
            }
        }
        return new ConfusionMatrix(tp, fp, negatives() - fp, positives - tp);
    }
}
