package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.TrainingSettings;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A graph that trains computes less than one that predicts: what counts is the same. */
class TrainingGraphTest {
    private static final int STEPS = 4;
    private static final int WORDS = 6;

    @BeforeAll
    static void loadTensorFlow() {
        Engine.load();
    }

    static List<Arguments> networks() {
        return List.of(
                Arguments.of(Named.of("one way", autoencoder(false, true))),
                Arguments.of(Named.of("both ways", autoencoder(true, true))),
                Arguments.of(Named.of("padding counts", autoencoder(false, false))));
    }

    private static Network autoencoder(boolean bothWays, boolean maskZero) {
        Network.Builder network = Network.builder("autoencoder")
                .input(new InputLayer("ids", List.of(STEPS), true))
                .add(new Embedding("embedding", WORDS, 3, maskZero));
        if (bothWays) {
            Lstm forward = Lstm.of("there", 5, false);
            network.add(new Bidirectional("encoder", forward, forward.reversed("back"), MergeMode.CONCAT));
        } else {
            network.add(Lstm.of("encoder", 5, false));
        }
        return network.add(new RepeatVector("repeat", STEPS))
                .add(Lstm.of("decoder", 5, true))
                .add(new TimeDistributed("words", new Dense("word", WORDS, Activation.SOFTMAX, true)))
                .build();
    }

    /** Padding comes at the end, in between, at the beginning, and alone; some steps do not count. */
    @ParameterizedTest
    @MethodSource("networks")
    void hasTheLossOfWhatIsPredicted(Network network) {
        int[] ids = {1, 2, 3, 0, 4, 0, 0, 5, 0, 3, 1, 2, 0, 0, 0, 0};
        int[] targets = {1, 2, 3, 0, 4, 1, 5, 0, 3, 1, 2, 0, 0, 0, 1, 2};
        float[] weights = {1, 1, 1, 1, 2, 0, 2, 0, 0, 0.5f, 0, 0, 1, 0, 0, 0};
        Model model = Model.initialise(network, 3);
        double sum = 0;
        double expected = 0;
        try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
            float[] probabilities = predictor.predict(ids, 4);
            for (int i = 0; i < targets.length; i++) {
                expected -= weights[i] * Math.log(probabilities[i * WORDS + targets[i]]);
                sum += weights[i];
            }
        }
        TrainingSettings settings = TrainingSettings.builder().build();
        try (TrainingGraph graph = new TrainingGraph(model, new Loss.SparseCategoricalCrossentropy(), settings, 4)) {
            Batch batch = Batch.of(4)
                    .input(ids)
                    .target(targets)
                    .sampleWeights(weights)
                    .build();
            assertThat((double) graph.evaluate(batch)).isEqualTo(expected / sum, within(1e-5));
            Batch none = Batch.of(4)
                    .input(ids)
                    .target(targets)
                    .sampleWeights(new float[targets.length])
                    .build();
            assertThat(graph.evaluate(none)).isZero();
            assertThat(graph.isRight(none)).isTrue();
            assertThat(graph.train(none, 0.01f, 1).gradientNorm()).isZero();
        }
    }
}
