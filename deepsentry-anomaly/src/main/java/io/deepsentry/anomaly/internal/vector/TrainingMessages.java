package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.array.Matrix;
import java.util.Arrays;

/**
 * The messages of normal training data as vectors, in the canonical order of a session, and how unexpected a vector is where the detector expected another.
 *
 * <p>The probability of a vector falls with its squared distance from the expected one, as in {@link io.deepsentry.core.nn.Loss.VectorSoftmax}, by which the detector
 * was trained. A vector that is not known competes with the known ones, being judged by what it resembles, and
 * bears the rarity of unknown messages besides. Immutable, safe for use by several threads.
 */
public final class TrainingMessages {
    /** More surprise than this is not told apart: a probability of 1e-13. */
    public static final int MAX_NATS = 30;
    /** Known messages beyond this number, the rarest, are treated as unknown, so that a step's cost is bounded. */
    public static final int MAX_KNOWN = 4096;

    private static final double NATS_TO_NEIGHBOUR = 8;

    private final int dimension;
    private final int count;
    /** The known vectors and, as the last row, the end marker. */
    private final float[] rows;

    private final float amplitude;
    private final float scale;
    private final double noveltyNats;
    private final VectorRows known;

    private TrainingMessages(
            int dimension,
            int count,
            float[] rows,
            float amplitude,
            float scale,
            double noveltyNats,
            VectorRows known) {
        this.amplitude = amplitude;
        this.noveltyNats = noveltyNats;
        this.dimension = dimension;
        this.count = count;
        this.rows = rows;
        this.scale = scale;
        this.known = known;
    }

    /**
     * Known messages.
     *
     * @param vectors {@code [known, d]}, distinct, in canonical order
     * @param noveltyRate the share of messages that are unknown in normal data, above 0 and at most 1
     */
    public static TrainingMessages of(Matrix vectors, double noveltyRate) {
        int count = vectors.rows();
        int dimension = vectors.columns();
        float[] rows = Arrays.copyOf(vectors.toArray(), (count + 1) * dimension);
        float amplitude = amplitude(rows, count * dimension);
        System.arraycopy(Windows.end(dimension, amplitude), 0, rows, count * dimension, dimension);
        return new TrainingMessages(
                dimension,
                count,
                rows,
                amplitude,
                scale(rows, dimension),
                -Math.log(noveltyRate),
                new VectorRows(dimension, count, rows));
    }

    /** Chosen so that half of the messages are at least 8 nats from their nearest neighbour: sharp enough to tell them apart, soft enough to see resemblance. */
    private static float scale(float[] rows, int dimension) {
        int all = rows.length / dimension;
        if (all < 2) {
            return 1;
        }
        double[] nearest = new double[all];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        for (int i = 0; i < all; i++) {
            for (int j = 0; j < i; j++) {
                double distance = 0;
                for (int k = 0; k < dimension; k++) {
                    double difference = rows[i * dimension + k] - rows[j * dimension + k];
                    distance += difference * difference;
                }
                nearest[i] = Math.min(nearest[i], distance);
                nearest[j] = Math.min(nearest[j], distance);
            }
        }
        Arrays.sort(nearest);
        return (float) (NATS_TO_NEIGHBOUR / Math.max(nearest[all / 2], 1e-6));
    }

    /** The root mean square of the values: markers of this size are as far from messages as those from each other. */
    private static float amplitude(float[] rows, int values) {
        double squares = 0;
        for (int i = 0; i < values; i++) {
            squares += rows[i] * rows[i];
        }
        return squares == 0 ? 1 : (float) Math.sqrt(squares / values);
    }

    /** The size of a marker's values. */
    float amplitude() {
        return amplitude;
    }

    /** How unexpected it is that a message is unknown at all: in a log that often says new things, not much. */
    public double noveltyNats() {
        return noveltyNats;
    }

    public int count() {
        return count;
    }

    public int dimension() {
        return dimension;
    }

    public float scale() {
        return scale;
    }

    /** The table of the loss: the known vectors and, in the last row, the end marker. */
    public Matrix table() {
        return Matrix.of(count + 1, dimension, rows);
    }

    /** The known vectors, {@code [known, d]}, in canonical order. */
    public Matrix vectors() {
        return known.matrix();
    }

    /** The row of the end marker. */
    public int endRow() {
        return count;
    }

    /** The row of a vector, or -1 if it is not known. */
    public int find(float[] vector) {
        return known.find(vector);
    }

    /** The row that is nearest to a vector, the end marker left out; 0 if none is known. */
    public int nearest(float[] vector) {
        return known.nearest(vector);
    }

    /**
     * How unexpected a known row, or an unknown vector, is.
     *
     * @param expected holds the detector's output from {@code offset} on
     * @param row the row met, or -1
     * @param vector the vector met, looked at if {@code row} is -1
     * @return nats, 0 to {@link #MAX_NATS}
     */
    public double surprise(float[] expected, int offset, int row, float[] vector) {
        double own = Double.NEGATIVE_INFINITY;
        if (row < 0) {
            double distance = 0;
            for (int k = 0; k < dimension; k++) {
                double difference = expected[offset + k] - vector[k];
                distance += difference * difference;
            }
            own = -scale * distance;
        }
        double[] logits = new double[count + 1];
        double greatest = own;
        for (int i = 0; i <= count; i++) {
            logits[i] = -scale * known.distance(expected, offset, i);
            greatest = Math.max(greatest, logits[i]);
        }
        double sum = row < 0 ? Math.exp(own - greatest) : 0;
        for (double logit : logits) {
            sum += Math.exp(logit - greatest);
        }
        double met = row < 0 ? own : logits[row];
        double nats = greatest + Math.log(sum) - met + (row < 0 ? noveltyNats : 0);
        return Math.max(0, Math.min(MAX_NATS, nats));
    }

    /**
     * How likely each known message, and in the last place the end, is where the detector expects a vector.
     *
     * @param expected the detector's output
     */
    public double[] probabilities(float[] expected) {
        double[] shares = new double[count + 1];
        double greatest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i <= count; i++) {
            shares[i] = -scale * known.distance(expected, 0, i);
            greatest = Math.max(greatest, shares[i]);
        }
        double sum = 0;
        for (int i = 0; i <= count; i++) {
            shares[i] = Math.exp(shares[i] - greatest);
            sum += shares[i];
        }
        for (int i = 0; i <= count; i++) {
            shares[i] /= sum;
        }
        return shares;
    }
}
