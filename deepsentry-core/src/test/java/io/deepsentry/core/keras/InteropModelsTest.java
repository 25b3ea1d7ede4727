package io.deepsentry.core.keras;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.AtomicFile;
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
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.SavedModelFolder;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.ZeroPadding1D;
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
            Model model = Model.initialise(network, 3);
            Map<String, String> texts = Map.of("vocabulary", "word\n".repeat(30_000));
            for (String extension : List.of(".h5", ".keras", "")) {
                // Each kind under a name of its own, so that its inputs and outputs are, too.
                String kind = extension.isEmpty() ? "savedmodel" : extension.substring(1);
                Path file = folder.resolve(network.name() + "_" + kind + extension);
                if (extension.isEmpty()) {
                    SavedModelFolder.write(file, model, texts);
                } else {
                    KerasFile.write(file, model, texts);
                }
                writeInputAndOutput(model, folder.resolve(network.name() + "_" + kind));
            }
        }
    }

    @Test
    void writesInputsAndOutputsOfTrainedModels() throws IOException {
        Path folder = folder();
        @Nullable String trained = System.getenv("DEEPSENTRY_INTEROP_TRAINED");
        assumeTrue(trained != null, "DEEPSENTRY_INTEROP_TRAINED names no data folder with trained models");
        try (Stream<Path> found = Files.walk(Path.of(String.valueOf(trained)))) {
            for (Path file :
                    found.filter(each -> each.toString().endsWith(".h5")).toList()) {
                Path copy = folder.resolve("trained_" + file.getFileName());
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                writeInputAndOutput(
                        KerasFile.read(copy).model(),
                        folder.resolve(KerasOutputs.stem(String.valueOf(copy.getFileName()))));
            }
        }
    }

    private static Path folder() {
        @Nullable String folder = System.getenv("DEEPSENTRY_INTEROP");
        assumeTrue(folder != null, "DEEPSENTRY_INTEROP names no folder to write models to");
        return Path.of(String.valueOf(folder));
    }

    /** Rows of random values, or of random ids that grow shorter and are padded; and what the model makes of them. */
    private static void writeInputAndOutput(Model model, Path stem) {
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
            ids[i] = padding ? 0 : random.nextInt(words);
            input[i] = network.input().integer() ? ids[i] : (float) random.nextGaussian();
        }
        try (Predictor predictor = Predictor.open(model, Device.CPU)) {
            float[] output = network.input().integer() ? predictor.predict(ids, rows) : predictor.predict(input, rows);
            save(stem + "_input.npy", rows, network.input().shape(), input);
            save(stem + "_output.npy", rows, network.shapeOf(network.outputs().get(0)), output);
            AtomicFile.writeText(Path.of(stem + "_type.txt"), network.input().integer() ? "int32" : "float32");
        }
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
