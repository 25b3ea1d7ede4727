package io.deepsentry.anomaly.score;

import java.util.List;

/**
 * The scores of several detectors and their mean.
 *
 * @param score the mean of the members' scores
 * @param confidence how far the members agree, from 0 to 1: 1 - std/(mean + 1e-6), with the population standard
 *     deviation
 * @param members each member's score, all on one scale
 */
public record EnsembleScore(double score, double confidence, List<Double> members) {
    private static final double AVOIDS_ZERO = 1e-6;

    public EnsembleScore {
        members = List.copyOf(members);
    }

    static EnsembleScore of(List<Double> members) {
        double mean = 0;
        for (double score : members) {
            mean += score / members.size();
        }
        double squares = 0;
        for (double score : members) {
            squares += (score - mean) * (score - mean) / members.size();
        }
        double confidence = 1 - Math.sqrt(squares) / (mean + AVOIDS_ZERO);
        return new EnsembleScore(mean, Math.max(0, Math.min(1, confidence)), members);
    }
}
