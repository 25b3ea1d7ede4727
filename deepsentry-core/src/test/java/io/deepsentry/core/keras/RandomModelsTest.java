package io.deepsentry.core.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.nn.SavedModelFolder;
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

/** Reads the models of random architectures that interop/random_models.py wrote, compares, and writes them for real Keras to read again. */
class RandomModelsTest {
    private static Path folder() {
        @Nullable String folder = System.getenv("DEEPSENTRY_INTEROP_RANDOM");
        assumeTrue(folder != null, "DEEPSENTRY_INTEROP_RANDOM names no folder with models of interop/random_models.py");
        return Path.of(String.valueOf(folder));
    }

    private static List<Path> models(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(h5|keras)"))
                    .sorted()
                    .toList();
        }
    }

    /** A few that together have nearly every option; see interop/README.md. */
    @Test
    void predictsWhatKerasPredictedOfTheFixtures() throws IOException, URISyntaxException {
        requireAlike(Path.of(Objects.requireNonNull(RandomModelsTest.class.getResource("random"))
                .toURI()));
    }

    @Test
    void predictsWhatKerasPredicted() throws IOException {
        requireAlike(folder());
    }

    private static void requireAlike(Path folder) throws IOException {
        List<String> problems = new ArrayList<>();
        List<Path> models = models(folder);
        double worst = 0;
        for (Path file : models) {
            try {
                double off = KerasOutputs.farthest(file, KerasFile.read(file).model());
                worst = Math.max(worst, off);
                if (!(off <= 1e-5)) {
                    problems.add(file.getFileName() + " is off by " + off);
                }
            } catch (ModelException | IllegalArgumentException e) {
                problems.add(file.getFileName() + ": " + e.getMessage());
            }
        }
        report(models.size() + " files of Keras, at most " + worst + " off");
        assertThat(problems).isEmpty();
        assertThat(models).isNotEmpty();
    }

    @Test
    void predictsWhatSavedModelsOfKerasDo() throws IOException {
        List<Path> folders;
        try (Stream<Path> files = Files.list(folder())) {
            folders = files.filter(SavedModelFolder::is).sorted().toList();
        }
        double worst = 0;
        for (Path folder : folders) {
            float[] input = Npy.read(Path.of(folder + "_input.npy")).toArray();
            float[] expected = Npy.read(Path.of(folder + "_output.npy")).toArray();
            try (Predictor predictor = SavedModelFolder.open(folder, Device.CPU)) {
                double off = KerasOutputs.farthest(KerasOutputs.predict(predictor, input), expected);
                worst = Math.max(worst, off);
                assertThat(off).as(folder.toString()).isLessThanOrEqualTo(1e-5);
            }
        }
        report(folders.size() + " files of Keras are SavedModels, at most " + worst + " off");
    }

    private static void report(String line) {
        System.getLogger(RandomModelsTest.class.getName()).log(System.Logger.Level.INFO, line);
    }

    /** A model that Keras 2 and 3 understand differently is refused for .h5; the others of the folder are written. */
    @Test
    void writesWhatItRead() throws IOException {
        Path folder = folder();
        Path written = Files.createDirectories(folder.resolve("written"));
        for (Path file : models(folder)) {
            String name = file.getFileName().toString();
            Model model = KerasFile.read(file).model();
            Path target = written.resolve(name);
            try {
                KerasFile.write(target, model, Map.of());
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining("Keras 2 and 3");
                continue;
            }
            assertThat(KerasFile.read(target).model()).isEqualTo(model);
            String stem = KerasOutputs.stem(name);
            Path input = folder.resolve(stem + "_input.npy");
            Files.copy(input, written.resolve(stem + "_input.npy"), StandardCopyOption.REPLACE_EXISTING);
            try (Predictor predictor = Predictor.open(model, Device.CPU)) {
                FloatArray output = Npy.read(folder.resolve(stem + "_output.npy"));
                float[] found = KerasOutputs.predict(predictor, Npy.read(input).toArray());
                Npy.write(written.resolve(stem + "_output.npy"), FloatArray.of(output.shape(), found));
            }
        }
    }
}
