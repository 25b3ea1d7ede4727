package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ModelTest {
    private static final Network DENSE = Network.builder("net")
            .input(new InputLayer("input", List.of(3), false))
            .add(new Dense("dense", 2, Activation.LINEAR, true))
            .build();

    private static NdArray zeros(int... shape) {
        int size = 1;
        for (int dimension : shape) {
            size *= dimension;
        }
        return NdArray.of(shape, new float[size]);
    }

    private static Weights dense(String firstName, NdArray first, NdArray bias) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        arrays.put(firstName, first);
        arrays.put("bias", bias);
        return Weights.of(Map.of("dense", arrays));
    }

    @Test
    void drawsTheSameWeightsForTheSameSeedOnly() {
        Network network = NetworksForTests.autoencoder(5, 7);
        assertThat(Model.initialise(network, 1)).isEqualTo(Model.initialise(network, 1));
        assertThat(Model.initialise(network, 1)).isNotEqualTo(Model.initialise(network, 2));
        assertThat(Model.initialise(network, 1).weights().parameterCount())
                .isEqualTo(7 * 3 + 12 * (3 + 3 + 1) + 2 * (3 + 1) + 12 * (2 + 3 + 1) + 7 * (3 + 1));
    }

    @Test
    void givesItsWeightsToLayersOfTheSameNameInAnotherNetwork() {
        Model whole = Model.initialise(NetworksForTests.autoencoder(5, 7), 1);
        Network encoder = Network.builder("encoder")
                .input(new InputLayer("ids", List.of(5), true))
                .add(new Embedding("embedding", 7, 3, true))
                .add(Lstm.of("encoder", 3, false))
                .build();
        Model part = whole.part(encoder);
        assertThat(part.weights().layers()).containsExactly("embedding", "encoder");
        assertThat(part.weights().of("encoder")).isEqualTo(whole.weights().of("encoder"));
        refuses(
                () -> whole.part(DENSE),
                "network \"net\": layer \"dense\" needs the weights [kernel, bias], but has []");
    }

    @Test
    void refusesWeightsThatAreNotTheNetworks() {
        assertThat(new Model(DENSE, dense("kernel", zeros(3, 2), zeros(2))).network())
                .isEqualTo(DENSE);
        refuses(
                () -> new Model(DENSE, dense("kernel", zeros(2, 3), zeros(2))),
                "weight \"kernel\" of layer \"dense\" needs shape [3, 2], but is NdArray[2, 3]");
        refuses(
                () -> new Model(DENSE, dense("kernel", zeros(6), zeros(2))),
                "weight \"kernel\" of layer \"dense\" needs shape [3, 2], but is NdArray[6]");
        refuses(
                () -> new Model(DENSE, dense("weight", zeros(3, 2), zeros(2))),
                "layer \"dense\" needs the weights [kernel, bias], but has [weight, bias]");
        Map<String, Map<String, NdArray>> more = new LinkedHashMap<>();
        more.put("dense", dense("kernel", zeros(3, 2), zeros(2)).of("dense"));
        more.put("other", Map.of("kernel", zeros(1)));
        refuses(() -> new Model(DENSE, Weights.of(more)), "network \"net\" has no layer \"other\" with weights");
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ModelException.class).hasMessageContaining(message);
    }

    @Test
    void keepsWeightsWhateverHappensToWhatTheyWereMadeOf() {
        float[] values = {1, 2, 3, 4};
        int[] shape = {2, 2};
        NdArray array = NdArray.of(shape, values);
        Map<String, NdArray> arrays = new LinkedHashMap<>(Map.of("kernel", array));
        Map<String, Map<String, NdArray>> layers = new LinkedHashMap<>(Map.of("dense", arrays, "none", Map.of()));
        Weights weights = Weights.of(layers);
        values[0] = 9;
        shape[0] = 9;
        array.toArray()[1] = 9;
        array.shape()[1] = 9;
        arrays.clear();
        layers.clear();
        assertThat(weights.layers()).containsExactly("dense");
        assertThat(weights.of("none")).isEmpty();
        assertThat(weights.of("dense").get("kernel"))
                .isEqualTo(NdArray.of(new int[] {2, 2}, new float[] {1, 2, 3, 4}))
                .hasSameHashCodeAs(NdArray.of(new int[] {2, 2}, new float[] {1, 2, 3, 4}))
                .isNotEqualTo(NdArray.of(new int[] {4}, new float[] {1, 2, 3, 4}));
        assertThatThrownBy(() -> weights.of("dense").clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesArraysWhoseShapeIsNotThatOfTheirValues() {
        assertThat(NdArray.of(new int[] {2, 0}, new float[0]).size()).isZero();
        assertThat(NdArray.of(new int[0], new float[1]).size()).isEqualTo(1);
        assertThatThrownBy(() -> NdArray.of(new int[] {2, 2}, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an array of shape [2, 2] needs 4 values, but there were 3");
        assertThatThrownBy(() -> NdArray.of(new int[] {-1, -4}, new float[4]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an array needs dimensions of at least 0, but was [-1, -4]");
    }
}
