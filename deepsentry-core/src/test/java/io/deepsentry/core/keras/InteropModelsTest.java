package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Writes models with inputs and outputs for interop/check_models.py, when asked to. */
class InteropModelsTest {
    private static final int STEPS = 12;

    private static Network encoder() {
        return Network.builder("encoder")
                .input(new InputLayer("ids", List.of(STEPS), true))
                .add(new Embedding("embedding", 50, 16, true))
                .add(new Dropout("dropout", 0.2))
                .add(Lstm.of("encoder_lstm", 24, false))
                .add(new Dense("bottleneck", 24, Activation.TANH, true))
                .build();
    }

    private static Network decoder() {
        return Network.builder("decoder")
                .input(new InputLayer("vector", List.of(24), false))
                .add(new RepeatVector("repeat", STEPS))
                .add(Lstm.of("decoder_lstm", 24, true))
                .add(new TimeDistributed("words", new Dense("word", 50, Activation.SOFTMAX, true)))
                .build();
    }

    private static Network detector() {
        return Network.builder("detector")
                .input(new InputLayer("window", List.of(10, 128), false))
                .add(Bidirectional.of("both", Lstm.of("lstm", 64, true), MergeMode.NONE))
                .add(new Cropping1D("forward_crop", 0, 1), "both")
                .add(new ZeroPadding1D("forward_shift", 1, 0))
                .add(new Cropping1D("backward_crop", 1, 0), "both:1")
                .add(new ZeroPadding1D("backward_shift", 0, 1))
                .add(new Concatenate("context"), "forward_shift", "backward_shift")
                .add(new Dense("prediction", 128, Activation.LINEAR, true))
                .build();
    }

    @Test
    void writesModelsForRealKeras() {
        @Nullable String folder = System.getenv("DEEPSENTRY_INTEROP");
        assumeTrue(folder != null, "DEEPSENTRY_INTEROP names no folder to write models to");
        Random random = new Random(1);
        for (Network network : List.of(encoder(), decoder(), detector(), KerasFileTest.everyLayer())) {
            Model model = Model.initialise(network, 3);
            Path file = Path.of(String.valueOf(folder), network.name() + ".h5");
            KerasFile.write(file, model, Map.of("vocabulary", "word\n".repeat(30_000)));
            int rows = 5;
            int size = rows * network.input().shape().stream().reduce(1, (a, b) -> a * b);
            float[] input = new float[size];
            int[] ids = new int[size];
            for (int i = 0; i < size; i++) {
                ids[i] = random.nextInt(9);
                input[i] = network.input().integer() ? ids[i] : (float) random.nextGaussian();
            }
            try (Predictor predictor = Predictor.open(model, Device.CPU)) {
                float[] output =
                        network.input().integer() ? predictor.predict(ids, rows) : predictor.predict(input, rows);
                save(
                        folder,
                        network.name() + "_input.npy",
                        rows,
                        network.input().shape(),
                        input);
                save(
                        folder,
                        network.name() + "_output.npy",
                        rows,
                        network.shapeOf(network.outputs().get(0)),
                        output);
            }
            assertThat(file).exists();
        }
    }

    private static void save(@Nullable String folder, String name, int rows, List<Integer> shape, float[] values) {
        int[] all = new int[shape.size() + 1];
        all[0] = rows;
        for (int i = 0; i < shape.size(); i++) {
            all[i + 1] = shape.get(i);
        }
        Npy.write(Path.of(String.valueOf(folder), name), FloatArray.of(all, values));
    }
}
