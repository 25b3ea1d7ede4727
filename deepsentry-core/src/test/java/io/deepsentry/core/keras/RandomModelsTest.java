package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.InteropResults;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.tensorflow.SavedModelFolder;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Reads the models of random architectures that interop/random_models.py wrote, compares, and writes them for real
 * Keras to read again.
 */
class RandomModelsTest {
    private static Path folder() {
        @Nullable String folder = System.getenv("DEEPSENTRY_INTEROP_RANDOM");
        assumeTrue(folder != null, "DEEPSENTRY_INTEROP_RANDOM names no folder with models of interop/random_models.py");
        return Path.of(String.valueOf(folder));
    }

    /** The models of a folder that end in one of the extensions. */
    private static List<Path> models(Path folder, String prefix, String extensions) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(prefix + ".*\\.(" + extensions + ")"))
                    .sorted()
                    .toList();
        }
    }

    private static String version(Path folder, int keras) throws IOException {
        return Files.readString(folder.resolve("k" + keras + "_version.txt"));
    }

    /** A few that together have nearly every option; see interop/README.md. */
    @Test
    void predictsWhatKerasPredictedOfTheFixtures() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(RandomModelsTest.class.getResource("random"))
                .toURI());
        List<Path> models = models(folder, "k", "h5|keras");
        assertThat(compared(models, new InteropResults("fixtures", ""))).isEmpty();
        assertThat(models).isNotEmpty();
    }

    @Test
    void predictsWhatKerasPredicted() throws IOException {
        Path folder = folder();
        List<String> problems = new ArrayList<>();
        for (int keras : List.of(2, 3)) {
            for (String extension : List.of("h5", "keras")) {
                InteropResults results =
                        new InteropResults("random models read, ." + extension, version(folder, keras));
                problems.addAll(compared(models(folder, "k" + keras + "_", extension), results));
                problems.addAll(results.write());
            }
        }
        assertThat(problems).isEmpty();
    }

    private static List<String> compared(List<Path> models, InteropResults results) {
        List<String> problems = new ArrayList<>();
        for (Path file : models) {
            try {
                double off = KerasOutputs.farthest(file, KerasFile.read(file).model());
                if (off <= 1e-5) {
                    results.passed(off);
                    continue;
                }
                problems.add(file.getFileName() + " is off by " + off);
            } catch (ModelException | IllegalArgumentException e) {
                problems.add(file.getFileName() + ": " + e.getMessage());
            }
            results.failed(problems.get(problems.size() - 1));
        }
        return problems;
    }

    @Test
    void predictsWhatSavedModelsOfKerasDo() throws IOException {
        Path folder = folder();
        List<String> problems = new ArrayList<>();
        for (int keras : List.of(2, 3)) {
            InteropResults results = new InteropResults("random models read, SavedModel", version(folder, keras));
            for (Path model : models(folder, "k" + keras + "_", "h5")) {
                Path saved = folder.resolve(KerasOutputs.stem(String.valueOf(model.getFileName())));
                if (!SavedModelFolder.is(saved)) {
                    continue;
                }
                float[] input = Npy.read(Path.of(saved + "_input.npy")).toArray();
                float[] expected = Npy.read(Path.of(saved + "_output.npy")).toArray();
                try (Predictor predictor = SavedModelFolder.open(saved, Device.CPU)) {
                    double off = KerasOutputs.farthest(KerasOutputs.predict(predictor, input), expected);
                    if (off <= 1e-5) {
                        results.passed(off);
                    } else {
                        results.failed(saved + " is off by " + off);
                    }
                } catch (ModelException e) {
                    results.failed(saved + ": " + e.getMessage());
                }
            }
            problems.addAll(results.write());
        }
        assertThat(problems).isEmpty();
    }

    /** A model that .h5 or .keras cannot hold for its readers is refused; all others of the folder are written. */
    @Test
    void writesWhatItRead() throws IOException {
        Path folder = folder();
        Path written = Files.createDirectories(folder.resolve("written"));
        for (Path file : models(folder, "k", "h5|keras")) {
            String name = file.getFileName().toString();
            String stem = KerasOutputs.stem(name);
            Model model = KerasFile.read(file).model();
            Path target = written.resolve(name);
            if (SavedModelFolder.is(folder.resolve(stem)) && name.endsWith(".h5")) {
                SavedModelFolder.write(written.resolve(stem), model, Map.of());
                Files.writeString(
                        written.resolve(stem + "_type.txt"),
                        model.network().input().integer() ? "int32" : "float32");
            }
            try {
                KerasFile.write(target, model, Map.of());
                assertThat(KerasFile.read(target).model()).isEqualTo(model);
            } catch (ModelException e) {
                assertThat(e)
                        .hasMessageContaining("Keras 2")
                        .hasMessageContaining(name.endsWith(".h5") ? ".h5" : "Keras 3");
            }
            Path input = folder.resolve(stem + "_input.npy");
            Files.copy(input, written.resolve(stem + "_input.npy"), StandardCopyOption.REPLACE_EXISTING);
            try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
                FloatArray output = Npy.read(folder.resolve(stem + "_output.npy"));
                float[] found = KerasOutputs.predict(predictor, Npy.read(input).toArray());
                Npy.write(written.resolve(stem + "_output.npy"), FloatArray.of(output.shape(), found));
            }
        }
    }
}
