package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Pickle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void a_file_that_is_not_there_is_missing_data() {
        ProgramRun run = ProgramRun.in(folder, "inspect", "nowhere");

        assertThat(run.code()).isEqualTo(3);
    }
}
