package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavedModelFolderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private static Path fixture(String name) {
        try {
            return Path.of(Objects.requireNonNull(SavedModelFolderTest.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folders lie packed among the fixtures: Keras 2 writes megabytes of repetition. */
    private Path unpacked(String name) throws IOException {
        Path folder = temporary.resolve(name);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(fixture(name + ".zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
        return folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras2_savedmodel", "keras3_savedmodel"})
    void predictsWhatKerasPredicted(String name) throws IOException {
        float[] ids = Npy.read(fixture(name + "_encoder_input.npy")).toArray();
        try (Predictor encoder = SavedModelFolder.open(unpacked(name + "_encoder"), Device.CPU)) {
            assertThat(encoder.takesIds()).isTrue();
            assertThat(encoder.inputShape()).containsExactly(6);
            assertThat(encoder.outputShape()).containsExactly(4);
            int[] rows = new int[ids.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = (int) ids[i];
            }
            assertClose(encoder.predict(rows, 4), name + "_encoder_output.npy");
            assertThatThrownBy(() -> encoder.predict(new float[6], 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("takes ids, not float values");
            assertThatThrownBy(() -> encoder.predict(new int[] {1, 2, 3, 4, 5, 99}, 1))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(name + "_encoder failed to predict");
        }
        float[] windows = Npy.read(fixture(name + "_detector_input.npy")).toArray();
        Predictor detector = SavedModelFolder.open(unpacked(name + "_detector"), "serving_default", Device.CPU);
        assertThat(detector.takesIds()).isFalse();
        assertThat(detector.inputShape()).containsExactly(5, 4);
        assertThat(detector.outputShape()).containsExactly(5, 4);
        assertClose(detector.predict(windows, 4), name + "_detector_output.npy");
        assertThat(detector.predict(new float[0], 0)).isEmpty();
        detector.close();
        detector.close();
        assertThatThrownBy(() -> detector.predict(windows, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    private static void assertClose(float[] found, String expectedFile) {
        float[] expected = Npy.read(fixture(expectedFile)).toArray();
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) Math.abs(found[i] - expected[i]))
                    .as("value %s: %s instead of %s", i, found[i], expected[i])
                    .isLessThanOrEqualTo(1e-5 * Math.max(1, Math.abs(expected[i])));
        }
    }

    @Test
    void writesWhatPredictsLikeTheModel() throws IOException {
        Path folder = temporary.resolve("written");
        Model words = Model.initialise(NetworksForTests.classifier(5, 7), 3);
        SavedModelFolder.write(folder, words, Map.of());
        Model windows = Model.initialise(NetworksForTests.detector(5, 3, 4), 3);
        SavedModelFolder.write(folder, windows, Map.of("vocabulary", "täg"));
        assertThat(SavedModelFolder.is(folder)).isTrue();
        assertThat(SavedModelFolder.extras(folder)).containsExactly(Map.entry("vocabulary", "täg"));
        try (var files = Files.list(temporary)) {
            assertThat(files).containsExactly(folder);
        }
        float[] rows = NetworksForTests.gaussians(40 * 15, 3);
        try (Predictor read = SavedModelFolder.open(folder, Device.CPU);
                Predictor direct = TensorFlow.predictor(windows, Device.CPU)) {
            assertThat(read.predict(rows, 40)).containsExactly(direct.predict(rows, 40));
        }
        SavedModelFolder.write(folder, words, Map.of());
        assertThat(SavedModelFolder.extras(folder)).isEmpty();
        int[] ids = {1, 2, 3, 0, 0, 6, 5, 4, 3, 2};
        try (Predictor read = SavedModelFolder.open(folder, Device.CPU);
                Predictor direct = TensorFlow.predictor(words, Device.CPU)) {
            assertThat(read.takesIds()).isTrue();
            assertThat(read.predict(ids, 2)).containsExactly(direct.predict(ids, 2));
        }
    }

    @Test
    void writesOverNothingElse() throws IOException {
        Path folder = Files.createDirectories(temporary.resolve("mine"));
        Files.writeString(folder.resolve("letter.txt"), "keep me");
        Model model = Model.initialise(NetworksForTests.detector(5, 3, 4), 3);
        assertThatThrownBy(() -> SavedModelFolder.write(folder, model, Map.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("something else is there");
        assertThat(folder.resolve("letter.txt")).hasContent("keep me");
        assertThatThrownBy(() -> SavedModelFolder.write(temporary.resolve("x"), model, Map.of("../x", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a plain file name");
    }

    @Test
    void refusesWhatIsNotThere() throws IOException {
        assertThatThrownBy(() -> SavedModelFolder.open(temporary, Device.CPU))
                .isInstanceOf(MissingDataException.class)
                .hasMessageContaining("it has no saved_model.pb");
        Path folder = unpacked("keras3_savedmodel_detector");
        assertThatThrownBy(() -> SavedModelFolder.open(folder, "scoring", Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("it has no signature \"scoring\"; it has [")
                .hasMessageContaining("serving_default");
        Path data = folder.resolve("variables/variables.data-00000-of-00001");
        Files.move(data, folder.resolve("data"));
        assertThatThrownBy(() -> SavedModelFolder.open(folder, Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("the values of its variables are not all there");
        Files.delete(folder.resolve("variables/variables.index"));
        assertThatThrownBy(() -> SavedModelFolder.open(folder, Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its graph has variables, but there is no");
    }

    @Test
    void refusesCutAndFlippedGraphsBeforeTensorFlowSeesThem() throws IOException {
        Path graph = unpacked("keras3_savedmodel_encoder").resolve("saved_model.pb");
        byte[] whole = Files.readAllBytes(graph);
        for (int length : List.of(0, 1, 100, whole.length / 2, whole.length - 1)) {
            Files.write(graph, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> new SavedModelCheck(Objects.requireNonNull(graph.getParent())).read())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("keras3_savedmodel_encoder");
        }
        Random random = new Random(5);
        for (int round = 0; round < 500; round++) {
            byte[] flipped = whole.clone();
            for (int i = 0; i < 20; i++) {
                flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(graph, flipped);
            SavedModelCheck check = new SavedModelCheck(Objects.requireNonNull(graph.getParent()));
            try {
                assertThat(SavedModelSignature.of(check, check.read(), null)).isNotNull();
            } catch (ModelException e) {
                assertThat(e).hasMessageContaining("keras3_savedmodel_encoder");
            }
        }
    }

    @Test
    void refusesADamagedIndexOfVariables() throws IOException {
        Path folder = unpacked("keras2_savedmodel_encoder");
        Path index = folder.resolve("variables/variables.index");
        byte[] whole = Files.readAllBytes(index);
        for (int length : List.of(0, 47, whole.length - 1)) {
            Files.write(index, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SavedModelFolder.open(folder, Device.CPU))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("variables.index is damaged or cut short");
        }
    }

    @Test
    void refusesGraphsThatRunOtherPrograms() throws IOException {
        Path folder = unpacked("keras3_savedmodel_detector");
        Path graph = folder.resolve("saved_model.pb");
        var model = org.tensorflow.proto.SavedModel.parseFrom(Files.readAllBytes(graph)).toBuilder();
        model.getMetaGraphsBuilder(0)
                .getGraphDefBuilder()
                .addNodeBuilder()
                .setName("harm")
                .setOp("WriteFile");
        Files.write(graph, model.build().toByteArray());
        assertThatThrownBy(() -> SavedModelFolder.open(folder, Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("its graph holds [WriteFile], which run other programs or touch files");
    }
}
