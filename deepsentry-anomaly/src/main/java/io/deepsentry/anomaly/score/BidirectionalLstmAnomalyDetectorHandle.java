package io.deepsentry.anomaly.score;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.List;

/**
 * A detector's model file, open to score windows of message vectors. The score is the mean absolute error between a
 * window and the model's output for it. Higher is more anomalous. Verdicts are based on the scores of sessions and
 * lines instead, see {@link SessionScorer}.
 *
 * <pre>{@code
 * try (var encoder = TextEncoderHandle.open(encoderFile);
 *         var detector = BidirectionalLstmAnomalyDetectorHandle.open(detectorFile)) {
 *     double score = detector.anomalyScore(encoder.encodeBatch(tenMessages));
 * }
 * }</pre>
 *
 * <p>A window is {@code [sequence_length, d]}, float32. Rows of zeros at its end are padding, which counts in no score.
 * A model that returns one vector is scored on the window's last vector. Any Keras model of these shapes can be opened.
 *
 * <p>Safe for use by several threads at once. {@link #close()} waits for the calls under way and refuses new ones.
 */
public final class BidirectionalLstmAnomalyDetectorHandle implements AutoCloseable {
    private final Path file;
    private final Predictor predictor;
    private final int length;
    private final int dimension;
    private final boolean sequences;

    private BidirectionalLstmAnomalyDetectorHandle(
            Path file, Predictor predictor, int length, int dimension, boolean sequences) {
        this.file = file;
        this.predictor = predictor;
        this.length = length;
        this.dimension = dimension;
        this.sequences = sequences;
    }

    /**
     * Opens a model file, on a GPU where there is one.
     *
     * @param file the file of the model
     * @return the detector, to be closed
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws ModelException if it is corrupt, is not what the metadata beside it says, or maps no window to a
     *     window or vector
     */
    public static BidirectionalLstmAnomalyDetectorHandle open(Path file) {
        return open(file, Device.AUTO);
    }

    /**
     * Opens a model file on a device, see {@link #open(Path)}.
     *
     * @param file the file of the model
     * @param device where to compute
     * @return the detector, to be closed
     */
    public static BidirectionalLstmAnomalyDetectorHandle open(Path file, Device device) {
        return open(file, device, ModelRuntime.AUTO);
    }

    /**
     * Opens a model file on a device and with a runtime of choice, see {@link #open(Path)}.
     *
     * @param file the file of the model
     * @param device where to compute
     * @param runtime the library that computes
     * @return the detector, to be closed
     */
    public static BidirectionalLstmAnomalyDetectorHandle open(Path file, Device device, ModelRuntime runtime) {
        Predictor predictor = OpenModel.open(file, device, runtime).predictor();
        List<Integer> input = predictor.inputShape();
        List<Integer> output = predictor.outputShape();
        boolean sequences = output.equals(input);
        if (predictor.takesIds() || input.size() != 2 || !(sequences || output.equals(List.of(input.get(1))))) {
            predictor.close();
            throw new ModelException(
                    "a detector must map windows [sequence_length, d] to windows or to vectors [d], but " + file
                            + " maps " + input + " to " + output + "; name a detector.h5");
        }
        return new BidirectionalLstmAnomalyDetectorHandle(file, predictor, input.get(0), input.get(1), sequences);
    }

    /** {@return the number of rows of a window} */
    public int sequenceLength() {
        return length;
    }

    /** {@return the number of values of a vector} */
    public int dimension() {
        return dimension;
    }

    /**
     * Scores a window {@code [sequence_length, d]}.
     *
     * @param window the vectors of a window
     * @return the score
     */
    public double anomalyScore(Matrix window) {
        return batchScore(List.of(window))[0];
    }

    /**
     * Scores a window {@code [sequence_length][d]}.
     *
     * @param window the vectors of a window
     * @return the score
     */
    public double anomalyScore(float[][] window) {
        return batchScore(new float[][][] {window})[0];
    }

    /**
     * Scores windows {@code [sequence_length, d]}; each has the score it has alone, to the bit on the CPU.
     *
     * @param windows the windows
     * @return the scores, in the order of the windows
     */
    public double[] batchScore(List<Matrix> windows) {
        float[] values = new float[windows.size() * length * dimension];
        for (int i = 0; i < windows.size(); i++) {
            Matrix window = windows.get(i);
            if (window.rows() != length || window.columns() != dimension) {
                throw shapeError(i, "[" + window.rows() + ", " + window.columns() + "]");
            }
            for (int row = 0; row < length; row++) {
                window.copyRow(row, values, (i * length + row) * dimension);
            }
        }
        return score(values, windows.size());
    }

    /**
     * Scores windows {@code [n][sequence_length][d]}; each has the score it has alone, to the bit on the CPU.
     *
     * @param windows the windows
     * @return the scores, in the order of the windows
     */
    public double[] batchScore(float[][][] windows) {
        float[] values = new float[windows.length * length * dimension];
        for (int i = 0; i < windows.length; i++) {
            if (windows[i].length != length) {
                throw shapeError(i, "[" + windows[i].length + ", ...]");
            }
            for (int row = 0; row < length; row++) {
                if (windows[i][row].length != dimension) {
                    throw shapeError(i, "[" + length + ", " + windows[i][row].length + "]");
                }
                System.arraycopy(windows[i][row], 0, values, (i * length + row) * dimension, dimension);
            }
        }
        return score(values, windows.length);
    }

    private IllegalArgumentException shapeError(int window, String shape) {
        return new IllegalArgumentException("a window must have the shape [" + length + ", " + dimension + "] that "
                + file + " takes, but window " + window + " has " + shape);
    }

    private double[] score(float[] windows, int count) {
        if (count == 0) {
            return new double[0];
        }
        float[] output = predictor.predict(windows, count);
        double[] scores = new double[count];
        for (int i = 0; i < count; i++) {
            int from = i * length * dimension;
            int rows = rows(windows, from);
            scores[i] = sequences
                    ? meanAbsoluteError(output, from, windows, from, rows * dimension)
                    : meanAbsoluteError(output, i * dimension, windows, from + (rows - 1) * dimension, dimension);
        }
        return scores;
    }

    /** Rows of a window that are not padding; a window of zeros only is taken as it is. */
    private int rows(float[] windows, int from) {
        for (int i = length * dimension - 1; i >= 0; i--) {
            if (windows[from + i] != 0) {
                return i / dimension + 1;
            }
        }
        return length;
    }

    private static double meanAbsoluteError(float[] expected, int expectedFrom, float[] met, int metFrom, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += Math.abs(expected[expectedFrom + i] - met[metFrom + i]);
        }
        return sum / count;
    }

    @Override
    public void close() {
        predictor.close();
    }
}
