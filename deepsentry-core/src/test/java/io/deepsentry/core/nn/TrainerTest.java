package io.deepsentry.core.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.RunContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static final int STEPS = 5;
    private static final int WORDS = 7;

    static Network autoencoder(double dropout) {
        return Network.builder("autoencoder")
                .input(new InputLayer("ids", java.util.List.of(STEPS), true))
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
}
