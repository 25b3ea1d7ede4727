package io.deepsentry.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxTest {
    private static final int STEPS = 7;
    private static final int WORDS = 23;
    private static final int FEATURES = 12;
    private static final int ROWS = 41;

    private Path folder;

    @BeforeEach
    void useFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    private static Network.Builder ofIds(String name) {
        return Network.builder(name)
                .input(new InputLayer("ids", List.of(STEPS), true))
                .add(new Embedding("embedding", WORDS, 6, true));
    }

    private static Network.Builder ofValues(String name) {
        return Network.builder(name).input(new InputLayer("window", List.of(STEPS, FEATURES), false));
    }

    private static Network encoder() {
        return ofIds("encoder")
                .add(new Dropout("dropout", 0.2))
                .add(Lstm.of("lstm", 16, false))
                .add(new Dense("encoding", FEATURES, Activation.TANH, true))
                .build();
    }

    private static Network detector() {
        return ofValues("detector")
                .add(Bidirectional.of("both", Lstm.of("lstm", 16, true), MergeMode.NONE))
                .add(new Cropping1D("before", 0, 1), "both")
                .add(new ZeroPadding1D("before_shifted", 1, 0))
                .add(new Cropping1D("after", 1, 0), "both:1")
                .add(new ZeroPadding1D("after_shifted", 0, 1))
                .add(new Concatenate("context"), "before_shifted", "after_shifted")
                .add(new Dense("expected", FEATURES, Activation.LINEAR, true))
                .build();
    }

    static Stream<Network> networks() {
        Lstm odd = new Lstm("odd", 5, true, true, Activation.RELU, Activation.HARD_SIGMOID, false);
        return Stream.of(
                encoder(),
                detector(),
                ofIds("both_ways")
                        .add(Bidirectional.of("sequence", Lstm.of("lstm", 4, true), MergeMode.CONCAT))
                        .add(Bidirectional.of("last", Lstm.of("lstm2", 4, false), MergeMode.AVE))
                        .add(new Dense("class", WORDS, Activation.SOFTMAX, true))
                        .build(),
                ofValues("stacked")
                        .add(Lstm.of("lower", 6, true))
                        .add(Lstm.of("upper", 5, true))
                        .add(odd)
                        .add(new TimeDistributed("each", new Dense("one", 4, Activation.SIGMOID, false)))
                        .build(),
                ofValues("repeated")
                        .add(new Lstm("back", 6, false, true, Activation.TANH, Activation.SIGMOID, true))
                        .add(new RepeatVector("repeat", 3))
                        .add(Bidirectional.of("sum", Lstm.of("lstm", 4, true), MergeMode.SUM))
                        .add(new Dense("hard", 4, Activation.HARD_SIGMOID_SIXTH, true))
                        .add(Bidirectional.of("product", Lstm.of("lstm3", 4, true), MergeMode.MUL))
                        .add(new Dense("ramp", 4, Activation.RELU, true))
                        .build(),
                ofValues("linear")
                        .add(new Lstm("lstm", 4, true, false, Activation.LINEAR, Activation.SIGMOID, true))
                        .build());
    }

    private static Object rows(Network network) {
        Random random = new Random(5);
        if (!network.input().integer()) {
            float[] values = new float[ROWS * STEPS * FEATURES];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.tanh(random.nextGaussian());
            }
            return values;
        }
        int[] ids = new int[ROWS * STEPS];
        for (int row = 0; row < ROWS; row++) {
            // The first row is nothing but padding.
            for (int step = 0; step < Math.min(row, 1 + random.nextInt(STEPS)); step++) {
                ids[row * STEPS + step] = 1 + random.nextInt(WORDS - 1);
            }
        }
        return ids;
    }

    private static float[] predict(Predictor predictor, Object rows, int from, int to) {
        int length = predictor.inputShape().stream().reduce(1, (a, b) -> a * b);
        return rows instanceof int[] ids
                ? predictor.predict(Arrays.copyOfRange(ids, from * length, to * length), to - from)
                : predictor.predict(Arrays.copyOfRange((float[]) rows, from * length, to * length), to - from);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void inFloatsItGivesWhatTensorFlowGives(Network network) {
        Model model = Model.initialise(network, 3);
        Path file = folder.resolve("model.onnx");
        OnnxFile.write(file, model, Precision.FLOAT32, null, Map.of(), null);
        Object rows = rows(network);
        try (Predictor ours = TensorFlow.predictor(model, Device.CPU);
                Predictor translated = OnnxRuntime.open(model);
                Predictor onnx = OnnxRuntime.open(file)) {
            float[] expected = predict(ours, rows, 0, ROWS);
            float[] found = predict(onnx, rows, 0, ROWS);
            assertThat(onnx.inputShape()).isEqualTo(ours.inputShape());
            assertThat(onnx.outputShape()).isEqualTo(ours.outputShape());
            assertThat(onnx.words()).isEqualTo(ours.words());
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) found[i])
                        .isCloseTo(
                                expected[i],
                                org.assertj.core.data.Offset.offset(1e-5 * Math.max(1, Math.abs(expected[i]))));
            }
            assertThat(predict(translated, rows, 0, ROWS)).isEqualTo(found);
            for (int row = 0; row < ROWS; row++) {
                assertThat(predict(onnx, rows, row, row + 1))
                        .isEqualTo(
                                Arrays.copyOfRange(found, row * found.length / ROWS, (row + 1) * found.length / ROWS));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void inEightBitsItIsNearAndARowDoesNotDependOnOthers(Network network) {
        Model model = Model.initialise(network, 3);
        Path file = folder.resolve("model.onnx");
        OnnxFile.write(file, model, Precision.INT8, 1f, Map.of(), null);
        Object rows = rows(network);
        try (Predictor ours = TensorFlow.predictor(model, Device.CPU);
                Predictor onnx = OnnxRuntime.open(file)) {
            float[] expected = predict(ours, rows, 0, ROWS);
            float[] found = predict(onnx, rows, 0, ROWS);
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                error += Math.abs(expected[i] - found[i]) / expected.length;
            }
            assertThat(error).isPositive().isLessThan(0.01);
            int length = found.length / ROWS;
            for (int row = 0; row < ROWS; row++) {
                assertThat(predict(onnx, rows, row, row + 1))
                        .as("row %s alone", row)
                        .isEqualTo(Arrays.copyOfRange(found, row * length, (row + 1) * length));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aStepAloneHasTheBitsOfTheWhole(Precision precision) {
        int rows = 70;
        float[] values = new float[rows * STEPS * FEATURES];
        Random random = new Random(7);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.tanh(random.nextGaussian());
        }
        for (Network network :
                networks().filter(each -> !each.input().integer()).toList()) {
            Path file = folder.resolve(network.name() + ".onnx");
            OnnxFile.write(file, Model.initialise(network, 3), precision, 1f, Map.of(), null);
            try (Predictor onnx = OnnxRuntime.open(file)) {
                float[] whole = onnx.predict(values, rows);
                int steps = onnx.outputShape().get(0);
                int width = onnx.outputShape().get(1);
                for (int step = 0; step < steps; step++) {
                    float[] alone = onnx.predictStep(values, rows, step);
                    for (int row = 0; row < rows; row++) {
                        int at = (row * steps + step) * width;
                        assertThat(Arrays.copyOfRange(alone, row * width, (row + 1) * width))
                                .as("%s, row %s, step %s", network.name(), row, step)
                                .isEqualTo(Arrays.copyOfRange(whole, at, at + width));
                    }
                }
                assertThatThrownBy(() -> onnx.predictStep(values, rows, steps))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("step must be one of a sequence of steps, but was " + steps);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void theStepsOfADetectorAreComputedAlone(Precision precision) throws IOException {
        Path file = folder.resolve("detector.onnx");
        OnnxFile.write(file, Model.initialise(detector(), 3), precision, 1f, Map.of(), null);
        byte[] bytes = Files.readAllBytes(file);
        for (int step = 0; step < STEPS; step++) {
            assertThat(OnnxStep.of(bytes, OnnxCheck.shapes(bytes), step))
                    .as("step %s", step)
                    .isPresent();
        }
        assertThat(OnnxStep.of(bytes, OnnxCheck.shapes(bytes), STEPS)).isEmpty();
    }

    @Test
    void eightBitsTakeLessThanTheirShareOfTheBytes() throws IOException {
        Network large = ofValues("large")
                .add(Bidirectional.of("both", Lstm.of("lstm", 64, true), MergeMode.CONCAT))
                .add(new Dense("expected", FEATURES, Activation.LINEAR, true))
                .build();
        Model model = Model.initialise(large, 1);
        Path whole = folder.resolve("whole.h5");
        Path small = folder.resolve("small.onnx");
        KerasFile.write(whole, model, Map.of());
        OnnxFile.write(small, model, Precision.INT8, 1f, Map.of(), null);
        assertThat((double) Files.size(whole) / Files.size(small)).isGreaterThan(2.5);
    }

    @Test
    void valuesBeyondTheBoundAreCutAndAnUnknownBoundKeepsTheInputInFloats() {
        Model model = Model.initialise(detector(), 2);
        Path bounded = folder.resolve("bounded.onnx");
        Path unbounded = folder.resolve("unbounded.onnx");
        OnnxFile.write(bounded, model, Precision.INT8, 1f, Map.of(), null);
        OnnxFile.write(unbounded, model, Precision.INT8, null, Map.of(), null);
        assertThat(OnnxFile.read(bounded).operators())
                .containsEntry("DynamicQuantizeLSTM", 2)
                .containsEntry("MatMulInteger", 1)
                .doesNotContainKey("LSTM");
        assertThat(OnnxFile.read(unbounded).operators())
                .containsEntry("LSTM", 2)
                .containsEntry("MatMulInteger", 1);
        float[] one = new float[STEPS * FEATURES];
        float[] far = one.clone();
        Arrays.fill(one, 1);
        Arrays.fill(far, 50);
        try (Predictor cut = OnnxRuntime.open(bounded);
                Predictor ours = TensorFlow.predictor(model, Device.CPU);
                Predictor whole = OnnxRuntime.open(unbounded)) {
            assertThat(cut.predict(far, 1)).isEqualTo(cut.predict(one, 1));
            float[] expected = ours.predict(far, 1);
            float[] found = whole.predict(far, 1);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) found[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(0.05));
            }
        }
    }

    @Test
    void aFileSaysWhatItIsAndCarriesTexts() {
        Path file = folder.resolve("encoder.onnx");
        OnnxFile.write(
                file, Model.initialise(encoder(), 1), Precision.INT8, null, Map.of("vocabulary", "[\"\u00e4\"]"), "ab");
        OnnxFile described = OnnxFile.read(file);
        assertThat(described.producer()).isEqualTo("DeepSentry");
        assertThat(described.extras()).containsExactly(Map.entry("vocabulary", "[\"\u00e4\"]"));
        assertThat(described.metadata())
                .containsEntry("deepsentry.precision", "int8")
                .containsEntry("deepsentry.source_sha256", "ab");
        assertThat(described.operatorSets()).containsKeys("", "com.microsoft");
        assertThat(described.parameters()).isGreaterThan(1000);
        try (OpenModel opened = OpenModel.open(file, Device.AUTO)) {
            assertThat(opened.extras()).isEqualTo(described.extras());
        }
    }

    private static Network masked() {
        return ofValues("masked")
                .add(new Masking("mask", 0))
                .add(Lstm.of("lstm", 2, false))
                .build();
    }

    @Test
    void whatCannotBeSaidInOnnxIsRefusedByItsName() {
        Network masked = masked();
        Network sequences = ofIds("sequences").add(Lstm.of("lstm", 2, true)).build();
        assertThatThrownBy(() -> OnnxRuntime.open(Model.initialise(masked, 1)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layer \"mask\" (Masking)")
                .hasMessageContaining("supported are");
        assertThatThrownBy(() -> OnnxRuntime.open(Model.initialise(sequences, 1)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layer \"lstm\" (Lstm) gives whole sequences of masked input");
    }

    @Test
    void inputThatDoesNotFitIsRefused() {
        try (Predictor encoder = OnnxRuntime.open(Model.initialise(encoder(), 1));
                Predictor detector = OnnxRuntime.open(Model.initialise(detector(), 1))) {
            assertThatThrownBy(() -> encoder.predict(new int[] {1, 0, 2, 0, 0, 0, 0}, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("only at the end");
            assertThatThrownBy(() -> encoder.predict(new int[] {1, WORDS, 0, 0, 0, 0, 0}, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("was " + WORDS);
            assertThatThrownBy(() -> encoder.predict(new float[STEPS], 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> detector.predict(new float[3], 1)).isInstanceOf(IllegalArgumentException.class);
            assertThat(encoder.predict(new int[0], 0)).isEmpty();
            // Padding at the end of one row, then another row.
            assertThat(encoder.predict(new int[] {1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}, 2))
                    .hasSize(2 * FEATURES);
        }
    }

    @Test
    void aProcessThatIsKilledLeavesNoLibraryBehind() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        assumeTrue(Files.exists(maps), "/proc/self/maps is needed, which this system does not have");
        try (Predictor detector = OnnxRuntime.open(Model.initialise(detector(), 1))) {
            assertThat(detector.predict(new float[0], 0)).isEmpty();
            assertThat(Files.readAllLines(maps))
                    .filteredOn(line -> line.contains("libonnxruntime"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith("(deleted)"));
        }
    }

    @Test
    void aClosedPredictorSaysSo() {
        Predictor predictor = OnnxRuntime.open(Model.initialise(detector(), 1));
        predictor.close();
        predictor.close();
        assertThatThrownBy(() -> predictor.predict(new float[STEPS * FEATURES], 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void theRuntimeIsAChoiceWhereThereIsOne() {
        Path keras = folder.resolve("detector.h5");
        Path onnx = folder.resolve("detector.onnx");
        Model model = Model.initialise(detector(), 1);
        KerasFile.write(keras, model, Map.of("a", "b"));
        OnnxFile.write(onnx, model, Precision.FLOAT32, null, Map.of(), null);
        try (OpenModel opened = OpenModel.open(keras, Device.AUTO, ModelRuntime.ONNXRUNTIME)) {
            assertThat(opened.extras()).containsEntry("a", "b");
            assertThat(opened.predictor()).isInstanceOf(OnnxPredictor.class);
        }
        try (OpenModel opened = OpenModel.open(keras, Device.AUTO)) {
            assertThat(opened.predictor()).isInstanceOf(OnnxPredictor.class);
        }
        try (OpenModel opened = OpenModel.open(keras, Device.AUTO, ModelRuntime.TENSORFLOW)) {
            assertThat(opened.predictor()).isNotInstanceOf(OnnxPredictor.class);
        }
        Path other = folder.resolve("masked.h5");
        KerasFile.write(other, Model.initialise(masked(), 1), Map.of());
        try (OpenModel opened = OpenModel.open(other, Device.AUTO)) {
            assertThat(opened.predictor()).isNotInstanceOf(OnnxPredictor.class);
        }
        assertThatThrownBy(() -> OpenModel.open(onnx, Device.AUTO, ModelRuntime.TENSORFLOW))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("detector.onnx");
        assertThatThrownBy(() -> OpenModel.open(onnx, Device.GPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("GPU");
    }

    @Test
    void damagedFilesAreRefusedOrRun() throws IOException {
        Path whole = folder.resolve("whole.onnx");
        OnnxFile.write(whole, Model.initialise(encoder(), 1), Precision.INT8, null, Map.of("a", "b"), null);
        byte[] bytes = Files.readAllBytes(whole);
        Path file = folder.resolve("damaged.onnx");
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            byte[] damaged =
                    random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            for (int i = 0; i < 3 && damaged.length > 0; i++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            try (Predictor predictor = OnnxRuntime.open(file)) {
                if (predictor.takesIds() && predictor.inputShape().equals(List.of(STEPS))) {
                    float[] unused = predictor.predict(new int[STEPS], 1);
                }
            } catch (ModelException | MissingDataException | IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("damaged.onnx");
            }
        }
    }

    @Test
    void writesModelsForPython() {
        @Nullable String interop = System.getenv("DEEPSENTRY_INTEROP");
        assumeTrue(interop != null, "DEEPSENTRY_INTEROP names no folder to write models to");
        Path target = Path.of(String.valueOf(interop));
        for (Network network : networks().toList()) {
            for (Precision precision : Precision.values()) {
                Model model = Model.initialise(network, 3);
                String stem = target + "/onnx_" + network.name() + "_" + precision;
                Path file = Path.of(stem + ".onnx");
                OnnxFile.write(file, model, precision, 1f, Map.of("note", "\u00e4"), null);
                Object rows = rows(network);
                try (Predictor predictor = OnnxRuntime.open(file)) {
                    save(stem + "_input.npy", predictor.inputShape(), rows);
                    save(stem + "_output.npy", predictor.outputShape(), predict(predictor, rows, 0, ROWS));
                }
            }
        }
    }

    private static void save(String file, List<Integer> shape, Object rows) {
        int[] all = Stream.concat(Stream.of(ROWS), shape.stream())
                .mapToInt(Integer::intValue)
                .toArray();
        float[] values;
        if (rows instanceof int[] ids) {
            values = new float[ids.length];
            for (int i = 0; i < ids.length; i++) {
                values[i] = ids[i];
            }
        } else {
            values = (float[]) rows;
        }
        Npy.write(Path.of(file), FloatArray.of(all, values));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void damagedFilesAreRefusedBeforeNativeCodeReadsThem(Precision precision) throws Exception {
        Path file = folder.resolve("model.onnx");
        Model model = Model.initialise(precision == Precision.INT8 ? detector() : encoder(), 5);
        OnnxFile.write(file, model, precision, precision == Precision.INT8 ? 1f : null, Map.of(), null);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OnnxMutants.class.getName(),
                        file.toString(),
                        "500",
                        "1")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).contains("refused ", " computed ");
    }

    @Test
    void aGraphThatWouldEndTheProcessIsRefused() {
        String data = System.getenv("DEEPSENTRY_TEST_DATA");
        assumeTrue(data != null, "DEEPSENTRY_TEST_DATA is not set");

        assertThatThrownBy(() -> OnnxRuntime.open(Path.of(data, "field", "hostile", "abort_371.onnx")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is not an ONNX model as DeepSentry writes them")
                .hasMessageContaining("--trust");
    }
}
