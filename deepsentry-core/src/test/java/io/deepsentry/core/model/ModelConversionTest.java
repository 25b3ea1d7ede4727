package io.deepsentry.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.internal.ModelDirectory;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Gru;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConversionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static Model model(Activation activation) {
        return Model.initialise(
                Network.builder("both_ways")
                        .input(new InputLayer("window", List.of(4, 3), false))
                        .add(new Bidirectional(
                                "both",
                                Lstm.of("there", 2, true),
                                Gru.of("back", 2, true).reversed("back"),
                                MergeMode.SUM))
                        .add(new Dense("dense", 3, activation, true))
                        .build(),
                5);
    }

    @Test
    void bringsAModelThroughEveryFormatUnchanged() {
        Model model = model(Activation.SWISH);
        Map<String, String> extras = Map.of("vocabulary", "täg");
        Path h5 = folder.resolve("a.h5");
        KerasFile.write(h5, model, extras);
        assertThat(ModelConversion.run(h5, folder.resolve("b"))).isEqualTo(model);
        ModelConversion.run(folder.resolve("b"), folder.resolve("c.keras"));
        ModelConversion.run(folder.resolve("c.keras"), folder.resolve("d.hdf5"));
        assertThat(KerasFile.read(folder.resolve("d.hdf5"))).isEqualTo(new KerasFile(model, extras));
        assertThat(ModelConversion.isModel(folder.resolve("b"))).isTrue();
        assertThat(ModelConversion.isModel(folder)).isFalse();
    }

    @Test
    void refusesWhatAFormatCannotHold() {
        Path folderOfTwo = folder.resolve("two");
        KerasFile.write(folder.resolve("three.keras"), model(Activation.HARD_SIGMOID_SIXTH), Map.of());
        ModelConversion.run(folder.resolve("three.keras"), folderOfTwo);
        assertThatThrownBy(() -> ModelConversion.run(folderOfTwo, folder.resolve("x.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("layer \"dense\" has the activation HARD_SIGMOID_SIXTH")
                .hasMessageContaining("write a .keras file, which Keras 3 reads");
        assertThatThrownBy(() -> ModelConversion.run(folderOfTwo, folder.resolve("x.pt")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("as .h5, .keras or, with a name without a dot, as a SavedModel folder");
    }

    @Test
    void refusesNumbersThatAreNotThoseOfTheMetadata() throws IOException {
        Path file = folder.resolve("a.h5");
        ModelDirectory.write(
                folder, Map.of("a.h5", path -> KerasFile.write(path, model(Activation.TANH), Map.of())), Map.of());
        assertThat(ModelConversion.run(file, folder.resolve("b.keras"))).isEqualTo(model(Activation.TANH));
        KerasFile.write(file, model(Activation.SIGMOID), Map.of());
        assertThatThrownBy(() -> ModelConversion.run(file, folder.resolve("c.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("SHA-256");
        assertThat(folder.resolve("c.h5")).doesNotExist();
    }

    @Test
    void saysWhatAGraphAloneDoesNotTell() throws IOException {
        ModelConversion.run(written("a.keras"), folder.resolve("b"));
        Files.delete(folder.resolve("b/assets.extra/deepsentry/architecture"));
        assertThatThrownBy(() -> ModelConversion.run(folder.resolve("b"), folder.resolve("c.h5")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("save the model in Python as .keras or .h5");
    }

    private Path written(String name) {
        KerasFile.write(folder.resolve(name), model(Activation.TANH), Map.of());
        return folder.resolve(name);
    }
}
