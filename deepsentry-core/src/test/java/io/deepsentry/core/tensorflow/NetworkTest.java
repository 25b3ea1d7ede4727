package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final InputLayer WINDOW = new InputLayer("window", List.of(5, 3), false);
    private static final InputLayer IDS = new InputLayer("ids", List.of(5), true);

    private static Network.Builder onWindow() {
        return Network.builder("net").input(WINDOW);
    }

    private static Dense dense(String name) {
        return new Dense(name, 2, Activation.LINEAR, true);
    }

    @Test
    void knowsTheShapeOfEveryOutput() {
        Network network = NetworksForTests.detector(5, 3, 4);
        assertThat(network.shapeOf("window")).containsExactly(5, 3);
        assertThat(network.shapeOf("both")).containsExactly(5, 4);
        assertThat(network.shapeOf("both:0")).containsExactly(5, 4);
        assertThat(network.shapeOf("both:1")).containsExactly(5, 4);
        assertThat(network.shapeOf("before")).containsExactly(4, 4);
        assertThat(network.shapeOf("before_shifted")).containsExactly(5, 4);
        assertThat(network.shapeOf("context")).containsExactly(5, 8);
        assertThat(network.shapeOf("prediction")).containsExactly(5, 3);
        assertThat(network.outputs()).containsExactly("prediction");
        assertThat(network.layer("both")).isInstanceOf(Bidirectional.class);
        assertThat(network.layer("none")).isNull();
        Network words = NetworksForTests.autoencoder(5, 7);
        assertThat(words.shapeOf("embedding")).containsExactly(5, 3);
        assertThat(words.shapeOf("encoder")).containsExactly(3);
        assertThat(words.shapeOf("repeat")).containsExactly(5, 2);
        assertThat(words.shapeOf("words")).containsExactly(5, 7);
        assertThatThrownBy(() -> words.shapeOf("words:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no output \"words:1\"");
    }

    @Test
    void isEqualToOneOfTheSameLayers() {
        assertThat(NetworksForTests.detector(5, 3, 4)).isEqualTo(NetworksForTests.detector(5, 3, 4));
        assertThat(NetworksForTests.detector(5, 3, 4)).isNotEqualTo(NetworksForTests.detector(5, 3, 5));
    }

    @Test
    void refusesLayersThatCannotTakeTheirInput() {
        refuses(
                () -> onWindow().add(new RepeatVector("repeat", 2)),
                "network \"net\": layer \"repeat\" (RepeatVector) takes an input of 1 dimension besides the batch, but it"
                        + " has shape [5, 3]");
        refuses(
                () -> onWindow().add(Lstm.of("lower", 2, false)).add(Lstm.of("upper", 2, false)),
                "layer \"upper\" (Lstm) takes an input of 2 dimensions besides the batch, but it has shape [2]");
        refuses(
                () -> onWindow().add(new Cropping1D("crop", 2, 3)),
                "layer \"crop\" (Cropping1D) leaves out 2 + 3 steps, but there are only 5");
        assertThat(onWindow().add(new Cropping1D("crop", 2, 2)).build().shapeOf("crop"))
                .containsExactly(1, 3);
        refuses(
                () -> onWindow().add(new Cropping1D("crop", 1, 0)).add(new Concatenate("joined"), "window", "crop"),
                "joins inputs that differ only in the last dimension, but they are [[5, 3], [4, 3]]");
        refuses(() -> onWindow().add(new Concatenate("joined"), "window"), "takes at least two inputs, but has 1");
        refuses(
                () -> onWindow().add(dense("a")).add(dense("b"), "window", "a"),
                "layer \"b\" (Dense) takes one input, but has 2");
    }

    @Test
    void refusesAnEmbeddingOfValuesAndIdsWithoutOne() {
        refuses(
                () -> onWindow().add(new Embedding("embedding", 3, 2, true)),
                "layer \"embedding\" looks up ids and needs an input of ids, but has [window]");
        refuses(
                () -> Network.builder("net").input(IDS).add(dense("dense")),
                "the input of ids needs an Embedding, but layer \"dense\" is a Dense");
    }

    @Test
    void refusesLayersThatAreNotJoinedUp() {
        refuses(() -> Network.builder("net").add(dense("dense")), "the input comes before layer \"dense\"");
        refuses(() -> Network.builder("net").build(), "network \"net\" has no input");
        refuses(
                () -> onWindow().add(dense("dense"), "windw"),
                "layer \"dense\" needs \"windw\", which is not there; before it are [window]");
        refuses(() -> onWindow().add(dense("a")).add(dense("a")), "has two layers named \"a\"");
        refuses(
                () -> onWindow()
                        .add(dense("a"))
                        .add(dense("b"), "window")
                        .output("b")
                        .build(),
                "layer \"a\" leads to no output");
        refuses(() -> onWindow().add(dense("a")).output("b").build(), "has no output \"b\"; it has [window, a]");
        refuses(() -> onWindow().input(IDS), "has one input, \"window\", and cannot take another, \"ids\"");
        refuses(() -> onWindow().add(IDS), "has one input, \"window\", and cannot take another, \"ids\"");
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ModelException.class).hasMessageContaining(message);
    }
}
