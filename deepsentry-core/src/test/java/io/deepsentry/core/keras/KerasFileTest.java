package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
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
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KerasFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static Path fixture(String name) {
        try {
            return Path.of(Objects.requireNonNull(KerasFileTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, dense",
        "2, masked_lstm",
        "2, masked_sequence",
        "2, backwards",
        "2, concat",
        "2, sum",
        "2, mul",
        "2, ave",
        "2, two_outputs",
        "2, detector",
        "2, autoencoder",
        "3, dense",
        "3, masked_lstm",
        "3, masked_sequence",
        "3, backwards",
        "3, concat",
        "3, sum",
        "3, mul",
        "3, ave",
        "3, two_outputs",
        "3, detector",
        "3, autoencoder"
    })
    void predictsWhatKerasPredicted(int version, String name) {
        Model model =
                KerasFile.read(fixture("keras" + version + "_" + name + ".h5")).model();
        float[] input = read(fixture("keras" + version + "_" + name + "_input.npy"));
        float[] expected = read(fixture("keras" + version + "_" + name + "_output.npy"));
        try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
            int batch = input.length / length(model.network().input().shape());
            float[] found = model.network().input().integer()
                    ? predictor.predict(toIds(input), batch)
                    : predictor.predict(input, batch);
            assertClose(found, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void givesTheSecondOutputInTheOrderOfTime(int version) {
        Model model =
                KerasFile.read(fixture("keras" + version + "_two_outputs.h5")).model();
        assertThat(model.network().outputs()).hasSize(2);
        Network second = Network.builder("second")
                .input(model.network().input())
                .add(model.network().nodes().get(1).layer())
                .output(model.network().outputs().get(1))
                .build();
        try (Predictor predictor = TensorFlow.predictor(model.part(second), Device.CPU)) {
            float[] input = read(fixture("keras" + version + "_two_outputs_input.npy"));
            assertClose(predictor.predict(input, 4), read(fixture("keras" + version + "_two_outputs_output_1.npy")));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void refusesWhatIsNotSupportedByName(int version) {
        assertThatThrownBy(() -> KerasFile.read(fixture("keras" + version + "_unsupported.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("keras" + version + "_unsupported.h5")
                .hasMessageContaining(
                        "layer \"convolved\" of class \"Conv1D\" is not supported, layer \"pooled\" of class"
                                + " \"GlobalMaxPooling1D\" is not supported; supported are InputLayer, ")
                .hasMessageEndingWith(
                        "; layer \"both_ways\" of class \"Bidirectional\" has layer = SimpleRNN, which is not"
                                + " supported; supported is LSTM and GRU");
        assertThatThrownBy(() -> KerasFile.read(fixture("keras" + version + "_stateful.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "layer \"remembers\" of class \"LSTM\" has stateful = true, which is not supported");
    }

    static Network everyLayer() {
        return Network.builder("every_layer")
                .input(new InputLayer("ids", List.of(6), true))
                .add(new Embedding("embedding", 9, 5, true))
                .add(new Dropout("dropout", 0.25))
                .add(new Bidirectional(
                        "both",
                        Lstm.of("there", 4, true),
                        new Lstm("back", 4, true, true, Activation.RELU, Activation.SIGMOID, true),
                        MergeMode.NONE))
                .add(new Cropping1D("crop", 1, 0), "both")
                .add(new ZeroPadding1D("pad", 0, 1))
                .add(new Concatenate("join"), "pad", "both:1")
                .add(new Masking("masking", 0))
                .add(Bidirectional.of("sum", Lstm.of("lstm", 3, false), MergeMode.SUM))
                .add(new RepeatVector("repeat", 3))
                .add(Lstm.of("decoder", 4, true))
                .add(new TimeDistributed("words", new Dense("word", 9, Activation.SOFTMAX, false)))
                .build();
    }

    @Test
    void readsBackWhatItWrote() {
        Path file = folder.resolve("model.h5");
        Model model = Model.initialise(everyLayer(), 4);
        Map<String, String> extras = Map.of("vocabulary", "täg\n".repeat(100_000), "empty", "", "nul", "a\0b");
        KerasFile.write(file, model, extras);
        KerasFile read = KerasFile.read(file);
        assertThat(read.model()).isEqualTo(model);
        assertThat(read.extras()).isEqualTo(extras);
        assertThat(folder.toFile().list()).containsExactly("model.h5");
    }

    @Test
    void replacesAnOlderFile() throws IOException {
        Path file = folder.resolve("model.h5");
        Files.writeString(file, "old");
        KerasFile.write(file, Model.initialise(everyLayer(), 4), Map.of());
        assertThat(KerasFile.read(file).extras()).isEmpty();
    }

    @Test
    void writesNothingThatKerasVersionsUnderstandDifferently() {
        Network network = Network.builder("hard")
                .input(new InputLayer("input", List.of(3), false))
                .add(new Dense("dense", 2, Activation.HARD_SIGMOID, true))
                .build();
        assertThatThrownBy(() -> KerasFile.write(folder.resolve("x.h5"), Model.initialise(network, 1), Map.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layer \"dense\" has the activation HARD_SIGMOID");
        assertThat(folder.toFile().list()).isEmpty();
    }

    /** Keras 3 would make a second layer that reads backwards. */
    @Test
    void namesTheBackwardLayerOfOneThatReadsBackwardsItself() {
        Network network = Network.builder("turned")
                .input(new InputLayer("window", List.of(3, 2), false))
                .add(Bidirectional.of(
                        "both",
                        new Lstm("back", 2, true, true, Activation.TANH, Activation.SIGMOID, true),
                        MergeMode.SUM))
                .build();
        assertThat(new KerasConfigWriter(network, KerasConfigWriter.Readers.KERAS_2_AND_3)
                        .config()
                        .toString())
                .contains("\"backward_layer\":{");
        Model model = Model.initialise(network, 4);
        KerasFile.write(folder.resolve("turned.h5"), model, Map.of());
        assertThat(KerasFile.read(folder.resolve("turned.h5")).model()).isEqualTo(model);
    }

    @Test
    void refusesWhatKeras2CannotSplitInHalves() {
        Lstm bare = new Lstm("back", 2, true, true, Activation.TANH, Activation.SIGMOID, false);
        for (boolean biasBackward : List.of(true, false)) {
            Network network = Network.builder("halves")
                    .input(new InputLayer("window", List.of(3, 2), false))
                    .add(
                            biasBackward
                                    ? new Bidirectional("both", bare, Lstm.of("there", 2, true), MergeMode.SUM)
                                    : new Bidirectional("both", Lstm.of("there", 2, true), bare, MergeMode.SUM))
                    .build();
            Model model = Model.initialise(network, 4);
            KerasFile.write(folder.resolve("halves.keras"), model, Map.of());
            if (biasBackward) {
                KerasFile.write(folder.resolve("halves.h5"), model, Map.of());
            } else {
                assertThatThrownBy(() -> KerasFile.write(folder.resolve("refused.h5"), model, Map.of()))
                        .isInstanceOf(ModelException.class)
                        .hasMessageContaining("layer \"both\" has a bias in its forward layer and none in its backward")
                        .hasMessageContaining("write a .keras file");
            }
        }
    }

    @Test
    void refusesAMissingFile() {
        assertThatThrownBy(() -> KerasFile.read(folder.resolve("none.h5")))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("none.h5");
    }

    @Test
    void refusesEveryTruncatedFile() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("keras2_dense.h5"));
        for (int length = 0; length < whole.length; length += 97) {
            Path file = Files.write(folder.resolve("cut.h5"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> KerasFile.read(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("cut.h5");
        }
    }

    @Test
    void answersFlippedBytesWithAModelOrAModelException() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("keras3_dense.h5"));
        Random random = new Random(9);
        for (int round = 0; round < 300; round++) {
            byte[] flipped = whole.clone();
            for (int i = 0; i < 4; i++) {
                flipped[random.nextInt(round < 150 ? 4000 : whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = Files.write(folder.resolve("flipped.h5"), flipped);
            try {
                assertThat(KerasFile.read(file).model()).isNotNull();
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining("flipped.h5");
            }
        }
    }

    @Test
    void refusesWhatIsNotHdf5() throws IOException {
        Path text = Files.writeString(folder.resolve("text.h5"), "not a model\n".repeat(1000));
        assertThatThrownBy(() -> KerasFile.read(text))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("text.h5: it is not an HDF5 file");
    }

    private static float[] read(Path file) {
        return Npy.read(file).toArray();
    }

    private static int[] toIds(float[] values) {
        int[] ids = new int[values.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) values[i];
        }
        return ids;
    }

    private static int length(List<Integer> shape) {
        return shape.stream().reduce(1, (a, b) -> a * b);
    }

    private static void assertClose(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) Math.abs(found[i] - expected[i]))
                    .as("value %s: %s instead of %s", i, found[i], expected[i])
                    .isLessThanOrEqualTo(1e-5 * Math.max(1, Math.abs(expected[i])));
        }
    }
}
