package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
import io.deepsentry.core.onnx.OnnxFile;
import io.deepsentry.core.onnx.OnnxRuntime;
import io.deepsentry.core.onnx.Precision;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
        Path folder = folder();
        for (Network network : List.of(encoder(), decoder(), detector(), KerasFileTest.everyLayer())) {
            Map<String, String> texts = Map.of("vocabulary", "word\n".repeat(30_000));
            write(folder, network.name(), new KerasFile(Model.initialise(network, 3), texts));
        }
    }

    @Test
    void writesTrainedModelsInEveryFormat() throws IOException {
        Path folder = Files.createDirectories(folder().resolve("trained"));
        @Nullable String trained = System.getenv("DEEPSENTRY_INTEROP_TRAINED");
        assumeTrue(trained != null, "DEEPSENTRY_INTEROP_TRAINED names no data folder with trained models");
        try (Stream<Path> found = Files.walk(Path.of(String.valueOf(trained)))) {
            List<Path> files =
                    found.filter(each -> each.toString().endsWith(".h5")).toList();
            assertThat(files).hasSizeGreaterThanOrEqualTo(3);
            for (Path file : files) {
                String name = KerasOutputs.stem(String.valueOf(file.getFileName()));
                KerasFile read = KerasFile.read(file);
                write(folder, name, read);
                // As it was trained, not as it was read and written again.
                Files.copy(file, folder.resolve(name + ".h5"), StandardCopyOption.REPLACE_EXISTING);
                for (Precision precision : Precision.values()) {
                    Path onnx = folder.resolve(name + "_" + precision + ".onnx");
                    OnnxFile.write(onnx, read.model(), precision, null, read.extras(), null);
                    try (Predictor predictor = OnnxRuntime.open(onnx)) {
                        writeInputAndOutput(read.model(), predictor, KerasOutputs.stem(onnx.toString()));
                    }
                }
            }
        }
    }

    /** In every format, with what the model makes of some input. */
    private static void write(Path folder, String name, KerasFile model) {
        KerasFile.write(folder.resolve(name + ".h5"), model.model(), model.extras());
        KerasFile.write(folder.resolve(name + ".keras"), model.model(), model.extras());
        SavedModelFolder.write(folder.resolve(name), model.model(), model.extras());
        try (Predictor predictor = TensorFlow.predictor(model.model(), Device.CPU)) {
            writeInputAndOutput(model.model(), predictor, folder.resolve(name).toString());
        }
    }

    private static Path folder() {
        @Nullable String folder = System.getenv("DEEPSENTRY_INTEROP");
        assumeTrue(folder != null, "DEEPSENTRY_INTEROP names no folder to write models to");
        return Path.of(String.valueOf(folder));
    }

    /** Rows of random values, or of random ids that grow shorter and are padded; and what the model makes of them. */
    private static void writeInputAndOutput(Model model, Predictor predictor, String stem) {
        Network network = model.network();
        Random random = new Random(1);
        int words = network.nodes().stream()
                .map(Network.Node::layer)
                .mapMulti((Layer layer, Consumer<Integer> known) -> {
                    if (layer instanceof Embedding embedding) {
                        known.accept(embedding.words());
                    }
                })
                .findFirst()
                .orElse(1);
        int rows = 5;
        int length = network.input().shape().stream().reduce(1, (a, b) -> a * b);
        float[] input = new float[rows * length];
        int[] ids = new int[rows * length];
        for (int i = 0; i < input.length; i++) {
            boolean padding = i % length >= length - i / length * 2;
            ids[i] = padding || words == 1 ? 0 : 1 + random.nextInt(words - 1);
            input[i] = network.input().integer() ? ids[i] : (float) random.nextGaussian();
        }
        float[] output = network.input().integer() ? predictor.predict(ids, rows) : predictor.predict(input, rows);
        save(stem + "_input.npy", rows, network.input().shape(), input);
        save(stem + "_output.npy", rows, network.shapeOf(network.outputs().get(0)), output);
        AtomicFile.writeText(Path.of(stem + "_type.txt"), network.input().integer() ? "int32" : "float32");
    }

    private static void save(String file, int rows, List<Integer> shape, float[] values) {
        int[] all = new int[shape.size() + 1];
        all[0] = rows;
        for (int i = 0; i < shape.size(); i++) {
            all[i + 1] = shape.get(i);
        }
        Npy.write(Path.of(file), FloatArray.of(all, values));
    }
}
