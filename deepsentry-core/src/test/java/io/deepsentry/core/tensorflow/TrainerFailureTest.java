package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.deepsentry.core.Cancellation;
import io.deepsentry.core.CancelledException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.TrainingException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.core.nn.TrainingSettings;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TrainerFailureTest {
    private static final int STEPS = 4;
    private static final int SIZE = 3;
    private static final Network DETECTOR = NetworksForTests.detector(STEPS, SIZE, 4);

    private static Batch good() {
        float[] window = NetworksForTests.gaussians(2 * STEPS * SIZE, 5);
        return Batch.of(2).input(window).target(window).build();
    }

    private static TrainingResult fit(
            Network network, TrainingData data, Loss loss, TrainingSettings.Builder settings, RunContext context) {
        return Trainer.fit(Model.initialise(network, 1), data, null, loss, settings.build(), context);
    }

    private static void fit(Batch batch, Loss loss) {
        fit(DETECTOR, NetworksForTests.always(batch), loss, TrainingSettings.builder(), RunContext.quiet());
    }

    /** What {@link NetworksForTests#always} gives, but for one batch. */
    private static TrainingData except(int badEpoch, int badIndex, Batch bad) {
        TrainingData good = NetworksForTests.always(good());
        return new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return good.batchesPerEpoch();
            }

            @Override
            public Batch batch(int epoch, int index) {
                return epoch == badEpoch && index == badIndex ? bad : good.batch(epoch, index);
            }
        };
    }

    @Test
    void namesTheEpochAndStepOfALossThatIsNotANumber() {
        float[] window = new float[STEPS * SIZE];
        window[2] = Float.NaN;
        Batch bad = Batch.of(1).input(window).target(new float[STEPS * SIZE]).build();
        assertThatThrownBy(() -> fit(
                        DETECTOR,
                        except(1, 2, bad),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder(),
                        RunContext.quiet()))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("training diverged: at epoch 2, step 3 of 4 the loss is NaN")
                .hasMessageContaining("a learning rate below 0.001");
    }

    @Test
    void namesTheEpochOfAValidationLossThatIsNotANumber() {
        float[] window = new float[STEPS * SIZE];
        window[2] = Float.NaN;
        Batch bad = Batch.of(1).input(window).target(window).build();
        assertThatThrownBy(() -> Trainer.fit(
                        Model.initialise(DETECTOR, 1),
                        NetworksForTests.always(good()),
                        NetworksForTests.always(bad),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder().build(),
                        RunContext.quiet()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("the validation loss of epoch 1 is NaN");
    }

    @Test
    void stopsBetweenStepsWhenCancelled() {
        Cancellation cancellation = new Cancellation();
        AtomicInteger steps = new AtomicInteger();
        Progress progress = (what, total, unit) -> new Progress.Stage() {
            @Override
            public void advance(long n) {
                if (steps.incrementAndGet() == 6) {
                    cancellation.cancel();
                }
            }

            @Override
            public void note(String text) {}

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> fit(
                        DETECTOR,
                        NetworksForTests.always(good()),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder(),
                        new RunContext(progress, cancellation)))
                .isInstanceOf(CancelledException.class);
        assertThat(steps).hasValue(6);
    }

    @Test
    void refusesAGpuThatIsNotThere() {
        assumeFalse(TensorFlow.devices().contains("GPU"), "there is a GPU here");
        assertThatThrownBy(() -> fit(
                        DETECTOR,
                        NetworksForTests.always(good()),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder().device(Device.GPU),
                        RunContext.quiet()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a GPU was requested, but TensorFlow finds none");
        assertThatThrownBy(() -> TensorFlow.predictor(Model.initialise(DETECTOR, 1), Device.GPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a GPU was requested, but TensorFlow finds none");
    }

    @Test
    void refusesArraysOfAnotherSizeThanTheBatchNeeds() {
        float[] window = new float[2 * STEPS * SIZE];
        Loss squared = new Loss.MeanSquaredError();
        refuses(
                Batch.of(1).input(window).target(new float[STEPS * SIZE]),
                squared,
                "a batch needs 12 input values, but there were 24");
        refuses(
                Batch.of(2).input(new int[24]).target(window),
                squared,
                "a batch needs 24 input values, but there were none");
        refuses(
                Batch.of(2).input(window).target(new float[23]),
                squared,
                "a batch needs 24 target values, but there were 23");
        refuses(
                Batch.of(2).input(window).target(new int[8]),
                squared,
                "a batch needs 24 target values, but there were none");
        refuses(
                Batch.of(2).input(window).target(window).sampleWeights(new float[9]),
                squared,
                "a batch needs 8 sample weights, but there were 9");
        refuses(
                Batch.of(2).input(window).target(window).sampleWeights(new float[] {1, 1, 1, -1, 1, 1, 1, 1}),
                squared,
                "a sample weight must be at least 0 and finite, but was -1.0");
        Loss softmax = new Loss.VectorSoftmax(Matrix.of(2, SIZE, new float[2 * SIZE]), 1);
        refuses(Batch.of(2).input(window).target(new int[7]), softmax, "a batch needs 8 target ids, but there were 7");
        refuses(
                Batch.of(2).input(window).target(new int[] {0, 1, 0, 1, 0, 1, 0, 2}),
                softmax,
                "a target id must be from 0 to 1, but was 2");
    }

    private static void refuses(Batch.Builder batch, Loss loss, String message) {
        assertThatThrownBy(() -> fit(batch.build(), loss))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesALossThatDoesNotFitTheNetwork() {
        assertThatThrownBy(() -> fit(
                        Batch.of(2).input(new float[24]).target(new int[8]).build(),
                        new Loss.SparseCategoricalCrossentropy()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("needs an output layer with a softmax activation");
        assertThatThrownBy(() -> fit(
                        Batch.of(2).input(new float[24]).target(new int[8]).build(),
                        new Loss.VectorSoftmax(Matrix.of(1, 2, new float[2]), 1)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("rows of 2 values, but the network's output has 3");
    }

    @Test
    void refusesFrozenLayersThatLeaveNothingToTrainOrAreNotThere() {
        assertThatThrownBy(() -> fit(
                        DETECTOR,
                        NetworksForTests.always(good()),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder().frozenLayers(Set.of("both", "prediction")),
                        RunContext.quiet()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("has no weights to train");
        assertThatThrownBy(() -> fit(
                        DETECTOR,
                        NetworksForTests.always(good()),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder().frozenLayers(Set.of("bth")),
                        RunContext.quiet()))
                .isInstanceOf(TrainingException.class)
                .hasMessage("frozen layer \"bth\" is not a layer of network \"detector\"; those with weights are"
                        + " [both, prediction]");
    }

    @Test
    void refusesANetworkOfSeveralOutputs() {
        Network two = Network.builder("two")
                .input(new InputLayer("window", List.of(2), false))
                .add(new Dense("a", 1, Activation.LINEAR, true))
                .add(new Dense("b", 1, Activation.LINEAR, true), "window")
                .output("a", "b")
                .build();
        assertThatThrownBy(() -> fit(
                        two,
                        NetworksForTests.always(good()),
                        new Loss.MeanSquaredError(),
                        TrainingSettings.builder(),
                        RunContext.quiet()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("training needs a network of one output");
    }
}
