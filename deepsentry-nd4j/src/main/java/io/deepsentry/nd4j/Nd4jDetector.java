package io.deepsentry.nd4j;

import io.deepsentry.anomaly.score.BidirectionalLstmAnomalyDetectorHandle;
import io.deepsentry.core.array.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A detector that scores windows given as arrays of ND4J. The scores are those of {@link
 * BidirectionalLstmAnomalyDetectorHandle}, to the bit; higher is more anomalous.
 *
 * <pre>{@code
 * try (var handle = BidirectionalLstmAnomalyDetectorHandle.open(Path.of("detector.h5"))) {
 *     double score = new Nd4jDetector(handle).anomalyScore(encoder.encodeBatch(tenMessages));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It does not close the detector and changes no array.
 */
public final class Nd4jDetector {
    private final BidirectionalLstmAnomalyDetectorHandle detector;

    /** Wraps a detector. */
    public Nd4jDetector(BidirectionalLstmAnomalyDetectorHandle detector) {
        this.detector = detector;
    }

    /**
     * Scores a window.
     *
     * @param window {@code [sequence_length, d]}, by default {@code [10, 128]}, of any numeric type and memory order
     * @throws IllegalArgumentException if the shape is another
     */
    public double anomalyScore(INDArray window) {
        return detector.anomalyScore(Nd4jArrays.toMatrix(window));
    }

    /**
     * Scores windows. A window has the score that it has alone.
     *
     * @param windows {@code [n, sequence_length, d]}, by default {@code [n, 10, 128]}
     * @return {@code [n]}
     * @throws IllegalArgumentException if the shape is another
     */
    public double[] batchScore(INDArray windows) {
        if (windows.rank() != 3) {
            throw new IllegalArgumentException("windows must have the shape [n, " + detector.sequenceLength() + ", "
                    + detector.dimension() + "], but have " + Arrays.toString(windows.shape()));
        }
        List<Matrix> matrices = LongStream.range(0, windows.size(0))
                .mapToObj(i ->
                        Nd4jArrays.toMatrix(windows.get(NDArrayIndex.point(i), NDArrayIndex.all(), NDArrayIndex.all())))
                .toList();
        return detector.batchScore(matrices);
    }
}
