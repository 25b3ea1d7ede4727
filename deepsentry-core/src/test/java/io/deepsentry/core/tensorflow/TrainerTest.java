package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.TrainingException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.core.nn.TrainingSettings;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final int STEPS = 5;
    private static final int WORDS = 7;

    static Network autoencoder(double dropout) {
        return Network.builder("autoencoder")
                .input(new InputLayer("ids", List.of(STEPS), true))
                .add(new Embedding("embedding", WORDS, 6, true))
                .add(new Dropout("dropout", dropout))
                .add(Lstm.of("encoder", 16, false))
                .add(new Dense("bottleneck", 12, Activation.TANH, true))
                .add(new RepeatVector("repeat", STEPS))
                .add(Lstm.of("decoder", 16, true))
                .add(new TimeDistributed("words", new Dense("word", WORDS, Activation.SOFTMAX, true)))
                .build();
    }

    /** Sequences to be copied, padded with 0 at the end. */
    static TrainingData copying(int batches, int size) {
        return new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return batches;
            }

            @Override
            public Batch batch(int epoch, int index) {
                Random random = new Random(index);
                int[] ids = new int[size * STEPS];
                float[] weights = new float[size * STEPS];
                for (int row = 0; row < size; row++) {
                    int length = 2 + random.nextInt(STEPS - 1);
                    for (int step = 0; step < length; step++) {
                        ids[row * STEPS + step] = 1 + random.nextInt(WORDS - 1);
                        weights[row * STEPS + step] = 1;
                    }
                }
                return Batch.of(size)
                        .input(ids)
                        .target(ids)
                        .sampleWeights(weights)
                        .build();
            }
        };
    }

    @Test
    void learnsToCopySequences() {
        TrainingSettings settings = TrainingSettings.builder()
                .epochs(100)
                .learningRate(0.01)
                .seed(1)
                .build();
        TrainingResult result = Trainer.fit(
                Model.initialise(autoencoder(0), 1),
                copying(4, 8),
                copying(4, 8),
                new Loss.SparseCategoricalCrossentropy(),
                settings,
                RunContext.quiet());
        assertThat(result.epochs().get(0).trainLoss()).isBetween(1.5, 2.2);
        assertThat(result.epochs().get(99).trainLoss()).isLessThan(0.8);
    }

    /** The one sequence 1, 2, 3, or the same ending in a 4. */
    private static TrainingData sequence(boolean other) {
        int[] ids = new int[STEPS];
        float[] weights = new float[STEPS];
        for (int step = 0; step < 3; step++) {
            ids[step] = step == 2 && other ? 4 : step + 1;
            weights[step] = 1;
        }
        return NetworksForTests.always(
                Batch.of(1).input(ids).target(ids).sampleWeights(weights).build());
    }

    private static TrainingResult fitUntil(TrainingData goal) {
        return Trainer.fit(
                Model.initialise(autoencoder(0), 1),
                sequence(false),
                null,
                goal,
                new Loss.SparseCategoricalCrossentropy(),
                TrainingSettings.builder().epochs(60).learningRate(0.01).build(),
                RunContext.quiet());
    }

    @Test
    void isOverOnceAllOfTheGoalIsRightAndNoSooner() {
        TrainingResult reached = fitUntil(sequence(false));
        assertThat(reached.epochs()).hasSizeBetween(2, 59);
        // Whoever sees one sequence only never gives back the other.
        assertThat(fitUntil(sequence(true)).epochs()).hasSize(60);
    }

    @Test
    void severalTrainingsAtOnceGiveTheBitsOfOneAfterTheOther() throws Exception {
        TrainingSettings settings =
                TrainingSettings.builder().epochs(2).learningRate(0.01).seed(5).build();
        Callable<Model> training = () -> Trainer.fit(
                        Model.initialise(autoencoder(0.2), 3),
                        copying(4, 8),
                        copying(1, 8),
                        new Loss.SparseCategoricalCrossentropy(),
                        settings,
                        RunContext.quiet())
                .best();
        Model alone = training.call();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (Future<Model> together : threads.invokeAll(Collections.nCopies(4, training))) {
                assertThat(together.get()).isEqualTo(alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void givesTheSameBitsForTheSameSeed() {
        TrainingSettings settings = TrainingSettings.builder().epochs(3).seed(5).build();
        TrainingResult[] results = new TrainingResult[2];
        for (int run = 0; run < 2; run++) {
            results[run] = Trainer.fit(
                    Model.initialise(autoencoder(0.2), 3),
                    copying(4, 8),
                    null,
                    new Loss.SparseCategoricalCrossentropy(),
                    settings,
                    RunContext.quiet());
        }
        assertThat(results[0].best()).isEqualTo(results[1].best());
    }

    private static final int WINDOW = 10;
    private static final int VECTOR = 16;
    private static final int KNOWN = 50;
    private static final Network DETECTOR = NetworksForTests.detector(WINDOW, VECTOR, 32);
    private static final float[] TABLE = NetworksForTests.gaussians(KNOWN * VECTOR, 4);

    /** Windows of random rows of the table. */
    private static TrainingData windows(int batches, int size) {
        return new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return batches;
            }

            @Override
            public Batch batch(int epoch, int index) {
                Random random = new Random(31L * epoch + index);
                int[] ids = random.ints((long) size * WINDOW, 0, KNOWN).toArray();
                float[] vectors = new float[ids.length * VECTOR];
                for (int i = 0; i < ids.length; i++) {
                    System.arraycopy(TABLE, ids[i] * VECTOR, vectors, i * VECTOR, VECTOR);
                }
                return Batch.of(size).input(vectors).target(ids).target(vectors).build();
            }
        };
    }

    @Test
    void givesTheSameBitsForTheSameSeedWithAVectorSoftmax() {
        Loss loss = new Loss.Sum(List.of(
                new Loss.Weighted(1, new Loss.VectorSoftmax(Matrix.of(KNOWN, VECTOR, TABLE), 1)),
                new Loss.Weighted(0.1f, new Loss.MeanSquaredError())));
        TrainingSettings settings = TrainingSettings.builder()
                .epochs(2)
                .finalLearningRate(1e-5)
                .seed(5)
                .build();
        TrainingResult[] results = new TrainingResult[2];
        for (int run = 0; run < 2; run++) {
            results[run] = Trainer.fit(
                    Model.initialise(DETECTOR, 3), windows(20, 64), windows(2, 64), loss, settings, RunContext.quiet());
        }
        assertThat(results[0].best()).isEqualTo(results[1].best());
        assertThat(results[0].epochs().get(1).validationLoss())
                .isEqualTo(results[1].epochs().get(1).validationLoss());
    }

    /** Validation that wants the opposite of what training does gets worse from the first epoch on. */
    private static TrainingResult fitAgainstValidation(TrainingSettings.Builder settings) {
        float[] window = NetworksForTests.gaussians(WINDOW * VECTOR, 1);
        float[] ones = new float[window.length];
        Arrays.fill(ones, 1);
        float[] minusOnes = new float[window.length];
        Arrays.fill(minusOnes, -1);
        return Trainer.fit(
                Model.initialise(DETECTOR, 3),
                NetworksForTests.always(Batch.of(1).input(window).target(ones).build()),
                NetworksForTests.always(
                        Batch.of(1).input(window).target(minusOnes).build()),
                new Loss.MeanSquaredError(),
                settings.build(),
                RunContext.quiet());
    }

    @Test
    void stopsAfterAsManyEpochsWithoutABetterLossAsPatienceAllows() {
        assertThat(fitAgainstValidation(TrainingSettings.builder().patience(1)).epochs())
                .hasSize(2);
        assertThat(fitAgainstValidation(TrainingSettings.builder().patience(2)).epochs())
                .hasSize(3);
        assertThat(fitAgainstValidation(TrainingSettings.builder().epochs(5)).epochs())
                .hasSize(5);
    }

    @Test
    void keepsTheWeightsOfTheBestEpochUnlessToldToKeepTheLast() {
        TrainingResult one = fitAgainstValidation(TrainingSettings.builder().epochs(1));
        TrainingResult best = fitAgainstValidation(TrainingSettings.builder().epochs(4));
        TrainingResult last =
                fitAgainstValidation(TrainingSettings.builder().epochs(4).saveBestOnly(false));
        assertThat(best.bestEpoch()).isEqualTo(1);
        assertThat(best.best()).isEqualTo(one.best());
        assertThat(last.bestEpoch()).isEqualTo(1);
        assertThat(last.best()).isNotEqualTo(one.best());
    }

    @Test
    void leavesFrozenLayersAsTheyAreToTheBit() {
        Model start = Model.initialise(autoencoder(0.2), 1);
        TrainingResult result = Trainer.fit(
                start,
                copying(4, 8),
                null,
                new Loss.SparseCategoricalCrossentropy(),
                TrainingSettings.builder()
                        .epochs(2)
                        .frozenLayers(Set.of("embedding", "encoder", "dropout"))
                        .build(),
                RunContext.quiet());
        for (String layer : start.weights().layers()) {
            boolean frozen = layer.equals("embedding") || layer.equals("encoder");
            assertThat(result.best().weights().of(layer).equals(start.weights().of(layer)))
                    .as(layer)
                    .isEqualTo(frozen);
        }
    }

    @Test
    void leavesFrozenRowsOfAnEmbeddingAsTheyAreToTheBit() {
        Model start = Model.initialise(autoencoder(0.2), 1);
        float[] before = embeddings(start);
        for (int frozen : new int[] {0, 1, WORDS - 1, WORDS}) {
            TrainingResult result = Trainer.fit(
                    start,
                    copying(4, 8),
                    null,
                    new Loss.SparseCategoricalCrossentropy(),
                    TrainingSettings.builder()
                            .epochs(2)
                            .frozenRows(Map.of("embedding", frozen))
                            .build(),
                    RunContext.quiet());
            float[] after = embeddings(result.best());
            int size = before.length / WORDS;
            // Row 0 is padding and is never learned.
            for (int row = 1; row < WORDS; row++) {
                assertThat(Arrays.equals(before, row * size, (row + 1) * size, after, row * size, (row + 1) * size))
                        .as("row %d of which %d are frozen", row, frozen)
                        .isEqualTo(row < frozen);
            }
        }
    }

    private static float[] embeddings(Model model) {
        return Objects.requireNonNull(model.weights().of("embedding").get("embeddings"))
                .toArray();
    }

    @Test
    void refusesFrozenRowsThatThereAreNot() {
        for (Map<String, Integer> frozen :
                List.of(Map.of("embedding", WORDS + 1), Map.of("encoder", 1), Map.of("nothing", 1))) {
            assertThatThrownBy(() -> Trainer.fit(
                            Model.initialise(autoencoder(0), 1),
                            copying(1, 8),
                            null,
                            new Loss.SparseCategoricalCrossentropy(),
                            TrainingSettings.builder().frozenRows(frozen).build(),
                            RunContext.quiet()))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("frozen rows must be those of an embedding");
        }
    }

    @Test
    void weighsAShortLastBatchByWhatItHolds() {
        Batch large = windows(1, 6).batch(0, 0);
        Batch small = windows(1, 1).batch(0, 0);
        TrainingData both = new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return 2;
            }

            @Override
            public Batch batch(int epoch, int index) {
                return index == 0 ? large : small;
            }
        };
        double together = validationLoss(both);
        double ofLarge = validationLoss(NetworksForTests.always(large));
        double ofSmall = validationLoss(NetworksForTests.always(small));
        assertThat(together).isCloseTo((6 * ofLarge + ofSmall) / 7, within(1e-5));
    }

    private static double validationLoss(TrainingData validation) {
        TrainingResult result = Trainer.fit(
                Model.initialise(DETECTOR, 3),
                windows(1, 2),
                validation,
                new Loss.MeanSquaredError(),
                TrainingSettings.builder().epochs(1).build(),
                RunContext.quiet());
        return Objects.requireNonNull(result.epochs().get(0).validationLoss());
    }
}
