package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.array.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found among many messages by a product is what comparing with each of them finds. */
class TrainingMessagesTest {
    private static final int DIMENSION = 30;

    private final Random random = new Random(11);

    /** Some close together, some far apart. */
    private float[] rows(int count) {
        float[] rows = new float[count * DIMENSION];
        for (int i = 0; i < count; i++) {
            float spread = i % 3 == 0 ? 0.01f : 1;
            for (int k = 0; k < DIMENSION; k++) {
                rows[i * DIMENSION + k] = (k % 5) * 0.3f + spread * (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private float[] near(float[] rows, int row, double by) {
        float[] vector = Arrays.copyOfRange(rows, row * DIMENSION, (row + 1) * DIMENSION);
        for (int k = 0; k < DIMENSION; k++) {
            vector[k] += (float) (by * random.nextGaussian());
        }
        return vector;
    }

    private static double distance(float[] vector, float[] rows, int row) {
        double distance = 0;
        for (int k = 0; k < DIMENSION; k++) {
            double difference = vector[k] - rows[row * DIMENSION + k];
            distance += difference * difference;
        }
        return distance;
    }

    private static int nearest(float[] vector, float[] rows, int count) {
        int best = 0;
        for (int row = 1; row < count; row++) {
            best = distance(vector, rows, row) < distance(vector, rows, best) ? row : best;
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64, 65, 512, 513, 1100})
    void theNearestIsThatOfAllComparisons(int count) {
        float[] rows = rows(count);
        TrainingMessages known = TrainingMessages.of(Matrix.of(count, DIMENSION, rows), 0.1);
        for (int i = 0; i < 200; i++) {
            float[] vector = near(rows, i % count, i % 2 == 0 ? 0.005 : 0.5);
            assertThat(known.nearest(vector)).isEqualTo(nearest(vector, rows, count));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 700})
    void aRowIsFoundWithinAThousandthOfItsLengthAndNoFarther(int count) {
        float[] rows = rows(count);
        TrainingMessages known = TrainingMessages.of(Matrix.of(count, DIMENSION, rows), 0.1);
        int found = 0;
        int missed = 0;
        for (int i = 0; i < 400; i++) {
            float[] vector = near(rows, i % count, i % 4 == 0 ? 0 : 0.0003 * (i % 7));
            int nearest = nearest(vector, rows, count);
            double length = 0;
            for (float value : vector) {
                length += (double) value * value;
            }
            boolean close = distance(vector, rows, nearest) <= 1e-6 * length;
            assertThat(known.find(vector)).as("vector %s", i).isEqualTo(close ? nearest : -1);
            found += close ? 1 : 0;
            missed += close ? 0 : 1;
        }
        assertThat(found).isGreaterThan(50);
        assertThat(missed).isGreaterThan(50);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64, 65, 600})
    void surprisesAreThoseOfAllRowsAndTheSameOneByOne(int count) {
        float[] rows = rows(count);
        double noveltyRate = 0.2;
        TrainingMessages known = TrainingMessages.of(Matrix.of(count, DIMENSION, rows), noveltyRate);
        float[] all = known.table().toArray();
        int number = 50;
        float[] expected = new float[number * DIMENSION];
        int[] met = new int[number];
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            System.arraycopy(near(rows, i % count, 0.1), 0, expected, i * DIMENSION, DIMENSION);
            met[i] = i % 3 == 0 ? -1 : i % 3 == 1 ? i % count : known.endRow();
            vectors.add(near(rows, (i + 1) % count, 0.2));
        }
        double[] nats = known.surprises(expected, met, vectors);
        for (int i = 0; i < number; i++) {
            float[] one = Arrays.copyOfRange(expected, i * DIMENSION, (i + 1) * DIMENSION);
            double own = -known.scale() * distance(one, vectors.get(i), 0);
            double greatest = met[i] < 0 ? own : Double.NEGATIVE_INFINITY;
            for (int row = 0; row <= count; row++) {
                greatest = Math.max(greatest, -known.scale() * distance(one, all, row));
            }
            double sum = met[i] < 0 ? Math.exp(own - greatest) : 0;
            for (int row = 0; row <= count; row++) {
                sum += Math.exp(-known.scale() * distance(one, all, row) - greatest);
            }
            double logit = met[i] < 0 ? own : -known.scale() * distance(one, all, met[i]);
            double of = greatest + Math.log(sum) - logit + (met[i] < 0 ? -Math.log(noveltyRate) : 0);
            assertThat(nats[i]).isCloseTo(Math.min(TrainingMessages.MAX_NATS, of), within(1e-9));
            assertThat(known.surprises(one, new int[] {met[i]}, List.of(vectors.get(i)))[0])
                    .isEqualTo(nats[i]);
            assertThat(Arrays.stream(known.probabilities(one)).sum()).isCloseTo(1, within(1e-12));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 65, 600})
    void theScaleIsThatOfAllPairsAndIsTakenWhereItIsKnown(int count) {
        Matrix vectors = Matrix.of(count, DIMENSION, rows(count));
        TrainingMessages known = TrainingMessages.of(vectors, 0.1);
        float[] all = known.table().toArray();
        double[] nearest = new double[count + 1];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        for (int i = 0; i <= count; i++) {
            float[] row = Arrays.copyOfRange(all, i * DIMENSION, (i + 1) * DIMENSION);
            for (int j = 0; j <= count; j++) {
                nearest[i] = i == j ? nearest[i] : Math.min(nearest[i], distance(row, all, j));
            }
        }
        Arrays.sort(nearest);
        assertThat(known.scale()).isEqualTo((float) (8 / Math.max(nearest[(count + 1) / 2], 1e-6)));
        assertThat(TrainingMessages.of(vectors, 0.1, OptionalDouble.of(3)).scale())
                .isEqualTo(3);
        assertThat(known.withNoveltyRate(0.5).scale()).isEqualTo(known.scale());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 600})
    void numbersThatAreNoneAreNotFoundAndEndInNoError(int count) {
        TrainingMessages known = TrainingMessages.of(Matrix.of(count, DIMENSION, rows(count)), 0.1);
        float[] none = new float[DIMENSION];
        Arrays.fill(none, Float.NaN);
        float[] huge = new float[DIMENSION];
        Arrays.fill(huge, 1e30f);
        assertThat(known.find(none)).isEqualTo(-1);
        assertThat(known.nearest(none)).isZero();
        assertThat(known.find(huge)).isEqualTo(-1);
        assertThat(known.surprises(huge, new int[] {0}, List.of(new float[0]))[0])
                .isBetween(0.0, (double) TrainingMessages.MAX_NATS);
    }
}
