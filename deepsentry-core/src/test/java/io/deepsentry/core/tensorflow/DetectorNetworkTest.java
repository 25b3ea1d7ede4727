package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.TrainingSettings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DetectorNetworkTest {
    private static final int STEPS = 10;
    private static final int SIZE = 4;

    @Test
    void predictsAStepFromAllOthersAndNeverFromItself() {
        Model model = Model.initialise(NetworksForTests.detector(STEPS, SIZE, 8), 1);
        try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
            float[] window = NetworksForTests.gaussians(STEPS * SIZE, 5);
            float[] before = predictor.predict(window, 1);
            for (int changed = 0; changed < STEPS; changed++) {
                float[] other = window.clone();
                for (int i = changed * SIZE; i < (changed + 1) * SIZE; i++) {
                    other[i] += 1;
                }
                float[] after = predictor.predict(other, 1);
                for (int step = 0; step < STEPS; step++) {
                    float[] was = Arrays.copyOfRange(before, step * SIZE, (step + 1) * SIZE);
                    float[] is = Arrays.copyOfRange(after, step * SIZE, (step + 1) * SIZE);
                    if (step == changed) {
                        assertThat(is).as("step %s by itself", step).isEqualTo(was);
                    } else {
                        assertThat(is).as("step %s by step %s", step, changed).isNotEqualTo(was);
                    }
                }
            }
        }
    }

    @Test
    void trainsTheHalfThatIsReadAndLeavesTheOther() {
        Network network = NetworksForTests.backwardOnly(STEPS, SIZE);
        Model start = Model.initialise(network, 1);
        float[] window = NetworksForTests.gaussians(STEPS * SIZE, 5);
        TrainingResult result = Trainer.fit(
                start,
                NetworksForTests.always(Batch.of(1).input(window).target(window).build()),
                null,
                new Loss.MeanSquaredError(),
                TrainingSettings.builder().epochs(5).build(),
                RunContext.quiet());
        assertThat(result.epochs().get(4).trainLoss())
                .isLessThan(result.epochs().get(0).trainLoss());
        result.best().weights().of("lower").forEach((name, array) -> {
            if (name.startsWith("forward/")) {
                assertThat(array).as(name).isEqualTo(start.weights().of("lower").get(name));
            } else {
                assertThat(array)
                        .as(name)
                        .isNotEqualTo(start.weights().of("lower").get(name));
            }
        });
    }

    @Test
    void trainsOnSequencesOfOneStep() {
        Network network = NetworksForTests.autoencoder(1, 3);
        int[] ids = {1, 2};
        TrainingResult result = Trainer.fit(
                Model.initialise(network, 1),
                NetworksForTests.always(Batch.of(2).input(ids).target(ids).build()),
                null,
                new Loss.SparseCategoricalCrossentropy(),
                TrainingSettings.builder().epochs(3).build(),
                RunContext.quiet());
        assertThat(result.epochs().get(2).trainLoss())
                .isLessThan(result.epochs().get(0).trainLoss());
    }
}
