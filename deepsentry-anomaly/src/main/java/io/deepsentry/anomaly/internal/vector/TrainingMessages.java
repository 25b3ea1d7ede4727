package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.array.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The messages of normal training data as vectors, in the canonical order of a session, and how unexpected a vector is
 * where the detector expected another.
 *
 * <p>The probability of a vector falls with its squared distance from the expected one, as in {@link
 * io.deepsentry.core.nn.Loss.VectorSoftmax}, by which the detector was trained. A vector that is not known competes
 * with the known ones, being judged by what it resembles, and bears the rarity of unknown messages besides. Immutable,
 * safe for use by several threads.
 */
public final class TrainingMessages {
    /** More surprise than this is not told apart: a probability of 1e-13. */
    public static final int MAX_NATS = 30;
    /** Known messages beyond this number, the rarest, are treated as unknown, so that a step's cost is bounded. */
    public static final int MAX_KNOWN = 4096;

    private static final double NATS_TO_NEIGHBOUR = 8;
    /**
     * What is less likely than the likeliest by more nats counts for nothing: all of {@link #MAX_KNOWN} together come
     * to 4e-10 nats.
     */
    private static final double NEGLIGIBLE_NATS = 30;

    private final int dimension;
    private final int count;
    /** The known vectors and, as the last row, the end marker. */
    private final float[] rows;

    private final float amplitude;
    private final float scale;
    private final double noveltyNats;
    private final VectorRows known;
    /** Of the known rows. */
    private final NearRows near;

    private TrainingMessages(
            int dimension,
            int count,
            float[] rows,
            float amplitude,
            float scale,
            double noveltyNats,
            VectorRows known,
            NearRows near) {
        this.amplitude = amplitude;
        this.noveltyNats = noveltyNats;
        this.dimension = dimension;
        this.count = count;
        this.rows = rows;
        this.scale = scale;
        this.known = known;
        this.near = near;
    }

    /**
     * Known messages.
     *
     * @param vectors {@code [known, d]}, distinct, in canonical order
     * @param noveltyRate the share of messages that are unknown in normal data, above 0 and at most 1
     */
    public static TrainingMessages of(Matrix vectors, double noveltyRate) {
        return of(vectors, noveltyRate, OptionalDouble.empty());
    }

    /**
     * Known messages whose scale may be known.
     *
     * @param scale what {@link #scale()} was for the same vectors; if empty, it is computed
     */
    public static TrainingMessages of(Matrix vectors, double noveltyRate, OptionalDouble scale) {
        int count = vectors.rows();
        int dimension = vectors.columns();
        float[] rows = Arrays.copyOf(vectors.toArray(), (count + 1) * dimension);
        float amplitude = amplitude(rows, count * dimension);
        System.arraycopy(Windows.end(dimension, amplitude), 0, rows, count * dimension, dimension);
        NearRows near = new NearRows(dimension, count, rows);
        return new TrainingMessages(
                dimension,
                count,
                rows,
                amplitude,
                scale.isPresent() ? (float) scale.getAsDouble() : scale(near, rows, dimension),
                -Math.log(noveltyRate),
                new VectorRows(dimension, count, rows),
                near);
    }

    /** The same messages, another share of which is unknown. */
    public TrainingMessages withNoveltyRate(double noveltyRate) {
        return new TrainingMessages(dimension, count, rows, amplitude, scale, -Math.log(noveltyRate), known, near);
    }

    /**
     * Chosen so that half of the messages are at least 8 nats from their nearest neighbour: sharp enough to tell them
     * apart, soft enough to see resemblance.
     */
    private static float scale(NearRows near, float[] rows, int dimension) {
        int all = rows.length / dimension;
        if (all < 2) {
            return 1;
        }
        double[] nearest = new double[all];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int end = all - 1;
        near.forEachOther(rows, (row, others, count) -> {
            nearest[row] = distance(rows, row * dimension, rows, end, dimension);
            nearest[end] = Math.min(nearest[end], nearest[row]);
            for (int i = 0; i < count; i++) {
                nearest[row] = Math.min(nearest[row], distance(rows, row * dimension, rows, others[i], dimension));
            }
        });
        Arrays.sort(nearest);
        return (float) (NATS_TO_NEIGHBOUR / Math.max(nearest[all / 2], 1e-6));
    }

    /** The squared distance of a row from the vector that begins at {@code offset}. */
    private static double distance(float[] vector, int offset, float[] rows, int row, int dimension) {
        double distance = 0;
        int from = row * dimension;
        for (int k = 0; k < dimension; k++) {
            double difference = vector[offset + k] - rows[from + k];
            distance += difference * difference;
        }
        return distance;
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
        int[] best = {0};
        near.forEach(vector, 1, 0, (unused, candidates, number) -> {
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < number; i++) {
                double distance = distance(vector, 0, rows, candidates[i], dimension);
                if (distance < least) {
                    least = distance;
                    best[0] = candidates[i];
                }
            }
        });
        return best[0];
    }

    /**
     * How unexpected known rows, or unknown vectors, are.
     *
     * @param expected the detector's outputs, {@code [number, d]}
     * @param met for each the row met, or -1
     * @param vectors for each the vector met, looked at if its row is -1
     * @return nats, 0 to {@link #MAX_NATS}
     */
    public double[] surprises(float[] expected, int[] met, List<float[]> vectors) {
        double[] nats = new double[met.length];
        double[] logits = new double[count + 1];
        near.forEach(expected, met.length, NEGLIGIBLE_NATS / scale, (i, candidates, number) -> {
            int offset = i * dimension;
            int row = met[i];
            double own = row < 0
                    ? -scale * distance(expected, offset, vectors.get(i), 0, dimension)
                    : Double.NEGATIVE_INFINITY;
            double greatest = Math.max(own, logits(expected, offset, candidates, number, logits));
            double sum = row < 0 ? Math.exp(own - greatest) : 0;
            for (int j = 0; j <= number; j++) {
                sum += share(logits[j], greatest);
            }
            double of = row < 0 ? own : logit(expected, offset, row);
            double surprise = greatest + Math.log(sum) - of + (row < 0 ? noveltyNats : 0);
            nats[i] = Math.max(0, Math.min(MAX_NATS, surprise));
        });
        return nats;
    }

    private double logit(float[] expected, int offset, int row) {
        return -scale * distance(expected, offset, rows, row, dimension);
    }

    /** Puts the logits of some rows one after the other, then that of the end, and returns the greatest. */
    private double logits(float[] expected, int offset, int[] some, int number, double[] logits) {
        logits[number] = logit(expected, offset, count);
        double greatest = logits[number];
        int i = 0;
        // Each sum waits for its last step, so four run at once.
        for (; i + 4 <= number; i += 4) {
            fourDistances(expected, offset, some, i, logits);
        }
        for (; i < number; i++) {
            logits[i] = distance(expected, offset, rows, some[i], dimension);
        }
        for (i = 0; i < number; i++) {
            logits[i] *= -scale;
            greatest = Math.max(greatest, logits[i]);
        }
        return greatest;
    }

    /** The distances of four rows, each summed as {@link #distance} does. */
    private void fourDistances(float[] vector, int offset, int[] some, int from, double[] target) {
        int a = some[from] * dimension;
        int b = some[from + 1] * dimension;
        int c = some[from + 2] * dimension;
        int d = some[from + 3] * dimension;
        double toA = 0;
        double toB = 0;
        double toC = 0;
        double toD = 0;
        for (int k = 0; k < dimension; k++) {
            float value = vector[offset + k];
            double differenceA = value - rows[a + k];
            double differenceB = value - rows[b + k];
            double differenceC = value - rows[c + k];
            double differenceD = value - rows[d + k];
            toA += differenceA * differenceA;
            toB += differenceB * differenceB;
            toC += differenceC * differenceC;
            toD += differenceD * differenceD;
        }
        target[from] = toA;
        target[from + 1] = toB;
        target[from + 2] = toC;
        target[from + 3] = toD;
    }

    /**
     * How likely it is, against the likeliest. Which rows count follows from their distances, not from which were
     * looked at.
     */
    private static double share(double logit, double greatest) {
        return logit < greatest - NEGLIGIBLE_NATS ? 0 : Math.exp(logit - greatest);
    }

    /**
     * How likely each known message, and in the last place the end, is where the detector expects a vector.
     *
     * @param expected the detector's output
     */
    public double[] probabilities(float[] expected) {
        double[] shares = new double[count + 1];
        double[] logits = new double[count + 1];
        near.forEach(expected, 1, NEGLIGIBLE_NATS / scale, (unused, candidates, number) -> {
            double greatest = logits(expected, 0, candidates, number, logits);
            double sum = 0;
            for (int i = 0; i <= number; i++) {
                sum += share(logits[i], greatest);
            }
            for (int i = 0; i < number; i++) {
                shares[candidates[i]] = share(logits[i], greatest) / sum;
            }
            shares[count] = share(logits[number], greatest) / sum;
        });
        return shares;
    }
}
