package io.deepsentry.nd4j;

import io.deepsentry.anomaly.score.EnsembleAnomalyDetector;
import io.deepsentry.anomaly.score.EnsembleScore;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An ensemble that scores sequences given as arrays of ND4J. The scores are those of {@link EnsembleAnomalyDetector},
 * to the bit.
 *
 * <p>Safe for use by several threads. It does not close the ensemble and changes no array.
 */
public final class Nd4jEnsemble {
    private final EnsembleAnomalyDetector ensemble;

    /** Wraps an ensemble. */
    public Nd4jEnsemble(EnsembleAnomalyDetector ensemble) {
        this.ensemble = ensemble;
    }

    /**
     * Returns the mean of the members' scores for a sequence, in nats.
     *
     * @param sequence {@code [n, d]}, at least one row, of any numeric type and memory order
     * @throws IllegalArgumentException if the shape is another
     */
    public double score(INDArray sequence) {
        return ensemble.score(Nd4jArrays.toMatrix(sequence));
    }

    /**
     * Returns the mean of the members' scores for a sequence, in nats, and how much they agree.
     *
     * @param sequence {@code [n, d]}, at least one row, of any numeric type and memory order
     * @throws IllegalArgumentException if the shape is another
     */
    public EnsembleScore scoreWithConfidence(INDArray sequence) {
        return ensemble.scoreWithConfidence(Nd4jArrays.toMatrix(sequence));
    }
}
