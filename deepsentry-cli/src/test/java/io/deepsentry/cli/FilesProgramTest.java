package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Pickle;
import io.deepsentry.core.keras.KerasFile;
import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code deepsentry convert} and {@code deepsentry inspect}. */
class FilesProgramTest {
    private Path folder = Path.of("");

    @BeforeEach
    void workIn(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void an_array_goes_from_numpy_to_pickle_and_back_unchanged() {
        FloatArray array = FloatArray.of(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, Float.MIN_VALUE});
        Npy.write(folder.resolve("a.npy"), array);

        ProgramRun there = ProgramRun.in(folder, "convert", "a.npy", "b.pkl");
        ProgramRun back = ProgramRun.in(folder, "convert", "b.pkl", "c.npy");

        assertThat(there.code()).isZero();
        assertThat(back.code()).isZero();
        assertThat(Npy.read(folder.resolve("c.npy"))).isEqualTo(array);
    }

    @Test
    void a_format_that_no_name_says_is_wrong_use() throws IOException {
        Files.createFile(folder.resolve("a.txt"));

        ProgramRun run = ProgramRun.in(folder, "convert", "a.txt", "b.pkl");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("a.txt")
                .contains(".npy");
    }

    @Test
    void a_corrupt_pickle_fails_and_leaves_no_file() throws IOException {
        Files.write(folder.resolve("a.pkl"), new byte[] {(byte) 0x80, 4, 'X', 1});

        ProgramRun run = ProgramRun.in(folder, "convert", "a.pkl", "b.npy");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines()).singleElement().asString().contains("a.pkl");
        assertThat(folder.resolve("b.npy")).doesNotExist();
    }

    @Test
    void what_a_file_is_is_seen_from_its_content() throws IOException {
        Npy.write(folder.resolve("vectors"), FloatArray.of(new int[] {4, 2}, new float[8]));
        Pickle.writeWordIds(folder.resolve("words"), Map.of("<pad>", 0));
        Files.writeString(folder.resolve("lines"), "220115 142345 hello\n");

        ProgramRun run = ProgramRun.in(folder, "inspect", "vectors", "words", "lines", ".");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("numpy array")
                .containsPattern("rows +4")
                .containsPattern("columns +2")
                .contains("pickled vocabulary")
                .contains("'utah'")
                .contains("lines vectors words");
    }

    @Test
    void a_pretrained_encoder_is_shown_by_its_name() {
        ProgramRun run = ProgramRun.in(folder, "inspect", "server-logs");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^path +server-logs, a pretrained encoder$")
                .containsPattern("(?m)^layer 2 +Embedding.*parameters$")
                .containsPattern("(?m)^digest +as metadata.json says$")
                .contains("token_reconstruction_accuracy");
    }

    @Test
    void a_file_that_is_not_there_is_missing_data() {
        ProgramRun run = ProgramRun.in(folder, "inspect", "nowhere");

        assertThat(run.code()).isEqualTo(3);
    }

    private Model model() {
        return Model.initialise(
                Network.builder("encoder")
                        .input(new InputLayer("ids", List.of(4), true))
                        .add(new Embedding("embedding", 5, 2, true))
                        .add(Lstm.of("lstm", 3, false))
                        .build(),
                1);
    }

    @Test
    void a_model_goes_through_every_format_unchanged() {
        Model model = model();
        Map<String, String> texts = Map.of("vocabulary", "[]");
        KerasFile.write(folder.resolve("a.h5"), model, texts);
        String[] names = {"a.h5", "b.keras", "c", "d.h5", "e", "f.keras", "g.h5"};

        for (int i = 1; i < names.length; i++) {
            ProgramRun run = ProgramRun.in(folder, "convert", names[i - 1], names[i]);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).isEqualToIgnoringNewLines(names[i] + ": encoder [4] -> [3], 82 weights");
        }

        assertThat(KerasFile.read(folder.resolve("g.h5"))).isEqualTo(new KerasFile(model, texts));
    }

    @Test
    void models_of_every_format_are_shown_with_their_layers() {
        KerasFile.write(folder.resolve("a.keras"), model(), Map.of("vocabulary", "[]"));
        ModelConversion.run(folder.resolve("a.keras"), folder.resolve("b.h5"));
        ModelConversion.run(folder.resolve("a.keras"), folder.resolve("c"));

        for (String name : List.of("a.keras", "b.h5", "c")) {
            ProgramRun run = ProgramRun.in(folder, "inspect", name);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out())
                    .containsPattern("kind +" + (name.equals("c") ? "TensorFlow SavedModel" : "Keras model"))
                    .containsPattern("layer 2 .*embedding.*-> \\[4, 2\\], 10 parameters")
                    .containsPattern("layer 3 .*lstm.*-> \\[3\\], 72 parameters")
                    .containsPattern("carries .*vocabulary");
        }
        assertThat(ProgramRun.in(folder, "inspect", "c").out())
                .containsPattern("signatures +serving_default")
                .containsPattern("input +ids \\[4\\]");
    }

    @Test
    void a_damaged_saved_model_is_shown_with_what_is_wrong_and_not_converted() throws IOException {
        KerasFile.write(folder.resolve("a.h5"), model(), Map.of());
        ModelConversion.run(folder.resolve("a.h5"), folder.resolve("b"));
        Files.delete(folder.resolve("b/variables/variables.index"));

        ProgramRun inspected = ProgramRun.in(folder, "inspect", "b");
        ProgramRun converted = ProgramRun.in(folder, "convert", "b", "c.h5");

        assertThat(inspected.code()).isZero();
        assertThat(inspected.out()).contains("its graph has variables, but there is no");
        assertThat(converted.code()).isEqualTo(1);
        assertThat(converted.err().lines()).singleElement().asString().contains("copy the whole folder again");
        assertThat(folder.resolve("c.h5")).doesNotExist();
    }
}
