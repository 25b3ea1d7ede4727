package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Add;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.LayerNormalization;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Masking;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.NdArray;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.nn.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients that training follows are those of the loss it reports, for every weight, by central differences. */
class GradientTest {
    private static final int STEPS = 4;
    private static final int SIZE = 3;
    private static final int WORDS = 5;
    /** So small a loss that Adam's first step is proportional to the gradient instead of to its sign. */
    private static final float TINY = 1e-10f;

    /**
     * What Adam's first step divides a gradient by when the gradient is far below epsilon:
     * {@code epsilon / sqrt(1 - beta2)}.
     */
    private static final double FIRST_STEP = 1e-7 / Math.sqrt(1 - 0.999);

    private static final Loss TABLE =
            new Loss.VectorSoftmax(Matrix.of(WORDS, SIZE, NetworksForTests.gaussians(WORDS * SIZE, 3)), 0.7f);

    @BeforeAll
    static void loadTensorFlow() {
        Engine.load();
    }

    static List<Arguments> cases() {
        Batch ids = idsToIds();
        Batch values = valuesToBoth();
        Network detector = NetworksForTests.detector(STEPS, SIZE, 2);
        return List.of(
                of(
                        "cross-entropy",
                        NetworksForTests.autoencoder(STEPS, WORDS),
                        ids,
                        new Loss.SparseCategoricalCrossentropy()),
                of(
                        "cross-entropy, a vector longer than the batch",
                        NetworksForTests.autoencoder(STEPS, WORDS, 4),
                        idsToIds(),
                        new Loss.SparseCategoricalCrossentropy()),
                of(
                        "cross-entropy, padding anywhere",
                        NetworksForTests.autoencoder(STEPS, WORDS),
                        paddingAnywhere(),
                        new Loss.SparseCategoricalCrossentropy()),
                of(
                        "cross-entropy, both ways",
                        NetworksForTests.classifier(STEPS, WORDS),
                        idsToClass(),
                        new Loss.SparseCategoricalCrossentropy()),
                of("vector softmax", detector, values, TABLE),
                of("squared error", detector, values, new Loss.MeanSquaredError()),
                of("absolute error", detector, values, new Loss.MeanAbsoluteError()),
                of(
                        "sum",
                        detector,
                        values,
                        new Loss.Sum(List.of(
                                new Loss.Weighted(0.5f, TABLE),
                                new Loss.Weighted(2, new Loss.MeanSquaredError()),
                                new Loss.Weighted(0.1f, new Loss.MeanAbsoluteError())))),
                of("masked values", masked(), values, new Loss.MeanSquaredError()),
                of("backward only", NetworksForTests.backwardOnly(STEPS, SIZE), values, new Loss.MeanSquaredError()),
                of("GRU", gru(true, false), values, new Loss.MeanSquaredError()),
                of("GRU, reset before the product, backwards", gru(false, true), values, new Loss.MeanSquaredError()),
                of("layer normalization", normalized(), values, new Loss.MeanSquaredError()),
                of("Add as in Keras 2", added(Add.Masks.ALL), values, new Loss.MeanSquaredError()),
                of("Add as in Keras 3", added(Add.Masks.ANY), values, new Loss.MeanSquaredError()),
                of("directions summed", merged(MergeMode.SUM), values, new Loss.MeanSquaredError()),
                of("directions multiplied", merged(MergeMode.MUL), values, new Loss.MeanSquaredError()),
                of("directions averaged", merged(MergeMode.AVE), values, new Loss.MeanSquaredError()),
                of("directions side by side", merged(MergeMode.CONCAT), values, new Loss.MeanSquaredError()));
    }

    private static Arguments of(String name, Network network, Batch batch, Loss loss) {
        return Arguments.of(Named.of(name, network), batch, loss);
    }

    private static Network masked() {
        return Network.builder("masked")
                .input(new InputLayer("window", List.of(STEPS, SIZE), false))
                .add(new Masking("masking", 0))
                .add(new Lstm("lstm", 3, true, true, Activation.TANH, Activation.HARD_SIGMOID, false))
                .add(new Dense("prediction", SIZE, Activation.LINEAR, false))
                .build();
    }

    private static Network gru(boolean resetAfter, boolean backwards) {
        return Network.builder("gru")
                .input(new InputLayer("window", List.of(STEPS, SIZE), false))
                .add(new Masking("masking", 0))
                .add(new Gru("gru", 3, true, backwards, Activation.TANH, Activation.SIGMOID, true, resetAfter))
                .add(new Dense("prediction", SIZE, Activation.LINEAR, true))
                .build();
    }

    /** Once over a sequence and once within each step. */
    private static Network normalized() {
        return Network.builder("normalized")
                .input(new InputLayer("window", List.of(STEPS, SIZE), false))
                .add(new Dense("wide", 5, Activation.TANH, true))
                .add(new LayerNormalization("normalization", 0.05, true, true))
                .add(new TimeDistributed("distributed", new LayerNormalization("inner", 0.05, true, false)))
                .add(new Dense("prediction", SIZE, Activation.LINEAR, true))
                .build();
    }

    /** A branch that is masked and one that is not come together. */
    private static Network added(Add.Masks masks) {
        return Network.builder("added")
                .input(new InputLayer("window", List.of(STEPS, SIZE), false))
                .add(new Masking("masking", 0))
                .add(Lstm.of("first", 3, true))
                .add(new Dense("second", 3, Activation.TANH, true), "window")
                .add(new Add("sum", masks), "first", "second")
                .add(Gru.of("after", 3, true))
                .add(new Dense("prediction", SIZE, Activation.LINEAR, true))
                .build();
    }

    /** Two kinds of layers, one a direction. */
    private static Network merged(MergeMode mode) {
        return Network.builder("merged")
                .input(new InputLayer("window", List.of(STEPS, SIZE), false))
                .add(new Masking("masking", 0))
                .add(new Bidirectional(
                        "both",
                        Gru.of("there", 3, true),
                        Lstm.of("back", 3, true).reversed("back"),
                        mode))
                .add(new Dense("prediction", SIZE, Activation.LINEAR, true))
                .build();
    }

    private static Batch idsToIds() {
        int[] ids = {1, 2, 3, 4, 4, 1, 0, 0, 2, 2, 3, 0};
        float[] weights = {1, 1, 1, 1, 2, 2, 0, 0, 0.5f, 0.5f, 0.5f, 0};
        return Batch.of(3).input(ids).target(ids).sampleWeights(weights).build();
    }

    /** A message of padding alone, and steps that do not count between others that do. */
    private static Batch paddingAnywhere() {
        int[] ids = {0, 0, 0, 0, 0, 3, 0, 1, 2, 4, 0, 0};
        float[] weights = {0, 1, 0, 0, 0, 0, 0, 2, 1, 0, 1, 0};
        return Batch.of(3)
                .input(ids)
                .target(new int[] {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4})
                .sampleWeights(weights)
                .build();
    }

    private static Batch idsToClass() {
        int[] ids = {1, 2, 3, 4, 4, 1, 0, 0, 2, 2, 3, 0};
        return Batch.of(3)
                .input(ids)
                .target(new int[] {3, 0, 1})
                .sampleWeights(new float[] {1, 2, 3})
                .build();
    }

    /** Targets far from any output, where the absolute error has no corner; the last steps are padding. */
    private static Batch valuesToBoth() {
        float[] values = NetworksForTests.gaussians(2 * STEPS * SIZE, 1);
        float[] targets = new float[values.length];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = i % 2 == 0 ? 4 : -4;
        }
        for (int i = values.length - SIZE; i < values.length; i++) {
            values[i] = 0;
        }
        return Batch.of(2)
                .input(values)
                .target(targets)
                .target(new int[] {0, 1, 2, 3, 4, 0, 1, 2})
                .sampleWeights(new float[] {1, 1, 1, 1, 2, 2, 1, 0})
                .build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void areThoseOfTheLoss(Network network, Batch batch, Loss loss) {
        Weights weights = everyWeightNonZero(network);
        Model model = new Model(network, weights);
        TrainingSettings settings = TrainingSettings.builder().clipNorm(0).build();
        Weights gradients = gradients(model, batch, loss, settings);
        try (TrainingGraph graph = new TrainingGraph(model, loss, settings, batch.size())) {
            for (String layer : weights.layers()) {
                weights.of(layer).forEach((name, array) -> {
                    float[] gradient = array(gradients, layer, name).data();
                    for (int i = 0; i < array.size(); i++) {
                        assertThat((double) gradient[i])
                                .as("%s/%s[%s]", layer, name, i)
                                .isEqualTo(slope(graph, weights, layer, name, i, batch), within(3e-4));
                    }
                });
            }
            graph.start(weights);
            double square = weights.layers().stream()
                    .flatMap(layer -> gradients.of(layer).values().stream())
                    .mapToDouble(array -> dot(array.data()))
                    .sum();
            assertThat((double) graph.train(batch, 0.001f, 0).gradientNorm())
                    .isEqualTo(Math.sqrt(square), within(1e-3 * Math.sqrt(square)));
        }
    }

    @Test
    void areCutToTheLengthAskedForAllTogether() {
        Network network = NetworksForTests.detector(STEPS, SIZE, 2);
        Model model = new Model(network, everyWeightNonZero(network));
        Batch batch = valuesToBoth();
        TrainingSettings free = TrainingSettings.builder().clipNorm(0).build();
        TrainingSettings cut = TrainingSettings.builder().clipNorm(0.5e-10).build();
        Weights whole = gradients(model, batch, new Loss.MeanSquaredError(), free);
        Weights shortened = gradients(model, batch, new Loss.MeanSquaredError(), cut);
        double length = Math.sqrt(whole.layers().stream()
                .flatMap(layer -> whole.of(layer).values().stream())
                .mapToDouble(array -> dot(array.data()))
                .sum());
        assertThat(length).isGreaterThan(1);
        float[] all = array(whole, "prediction", "kernel").data();
        float[] less = array(shortened, "prediction", "kernel").data();
        for (int i = 0; i < all.length; i++) {
            assertThat((double) less[i]).isEqualTo(all[i] * 0.5 / length, within(1e-5));
        }
    }

    private static NdArray array(Weights weights, String layer, String name) {
        return Objects.requireNonNull(weights.of(layer).get(name), name);
    }

    private static double dot(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }

    /** The gradient by what one step of Adam takes off. */
    private static Weights gradients(Model model, Batch batch, Loss loss, TrainingSettings settings) {
        Loss tiny = new Loss.Sum(List.of(new Loss.Weighted(TINY, loss)));
        Map<String, Map<String, NdArray>> gradients = new LinkedHashMap<>();
        try (TrainingGraph graph = new TrainingGraph(model, tiny, settings, batch.size())) {
            graph.train(batch, (float) (FIRST_STEP / TINY), 0);
            Weights after = graph.weights();
            for (String layer : after.layers()) {
                Map<String, NdArray> arrays = new LinkedHashMap<>();
                model.weights().of(layer).forEach((name, before) -> {
                    float[] gradient = before.toArray();
                    float[] now = array(after, layer, name).data();
                    for (int i = 0; i < gradient.length; i++) {
                        gradient[i] -= now[i];
                    }
                    arrays.put(name, NdArray.of(before.shape(), gradient));
                });
                gradients.put(layer, arrays);
            }
        }
        return Weights.of(gradients);
    }

    /** The slope of the loss along one weight, of fourth order in the distance. */
    private static double slope(TrainingGraph graph, Weights weights, String layer, String name, int at, Batch batch) {
        double h = 0.03;
        double near =
                lossAt(graph, weights, layer, name, at, h, batch) - lossAt(graph, weights, layer, name, at, -h, batch);
        double far = lossAt(graph, weights, layer, name, at, 2 * h, batch)
                - lossAt(graph, weights, layer, name, at, -2 * h, batch);
        return (8 * near - far) / (12 * h);
    }

    private static double lossAt(
            TrainingGraph graph, Weights weights, String layer, String name, int at, double step, Batch batch) {
        NdArray array = array(weights, layer, name);
        float[] moved = array.toArray();
        moved[at] += (float) step;
        Map<String, Map<String, NdArray>> all = new LinkedHashMap<>();
        for (String other : weights.layers()) {
            Map<String, NdArray> arrays = new LinkedHashMap<>(weights.of(other));
            if (other.equals(layer)) {
                arrays.put(name, NdArray.of(array.shape(), moved));
            }
            all.put(other, arrays);
        }
        graph.start(Weights.of(all));
        return graph.evaluate(batch);
    }

    private static Weights everyWeightNonZero(Network network) {
        Weights start = Model.initialise(network, 2).weights();
        Map<String, Map<String, NdArray>> all = new LinkedHashMap<>();
        for (String layer : start.layers()) {
            Map<String, NdArray> arrays = new LinkedHashMap<>();
            start.of(layer).forEach((name, array) -> {
                float[] values = NetworksForTests.gaussians(array.size(), name.hashCode());
                for (int i = 0; i < values.length; i++) {
                    values[i] *= 0.4f;
                }
                arrays.put(name, NdArray.of(array.shape(), values));
            });
            all.put(layer, arrays);
        }
        return Weights.of(all);
    }
}
