package io.deepsentry.core.array;

import static io.deepsentry.core.array.PickleTest.MATRIX;
import static io.deepsentry.core.array.PickleTest.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
    private static final FloatArray VECTOR = FloatArray.ofVector(counting(5));

    @ParameterizedTest
    @ValueSource(strings = {"arrays_numpy1.npz", "arrays_numpy2.npz", "compressed_numpy1.npz", "compressed_numpy2.npz"})
    void readsStoredAndCompressedArrays(String name) {
        assertThat(Npz.read(Fixtures.file(name))).containsExactly(Map.entry("a", MATRIX), Map.entry("b", VECTOR));
    }

    @Test
    void readsBackWhatItWrites(@TempDir Path folder) {
        Path file = folder.resolve("a.npz");
        Map<String, FloatArray> arrays = new LinkedHashMap<>();
        arrays.put("vectors", MATRIX);
        arrays.put("gr\u00f6\u00dfe", FloatArray.ofVector(counting(40_000)));
        arrays.put("one", FloatArray.of(new int[0], new float[] {2}));
        Npz.write(file, arrays);
        assertThat(Npz.read(file)).containsExactlyEntriesOf(arrays);
        Npz.write(file, Map.of("none", FloatArray.of(new int[] {0, 3}, new float[0])));
        assertThat(Npz.read(file)).hasSize(1);
    }

    @Test
    void aFileOfOneArrayServesAsVectors(@TempDir Path folder) {
        try (VectorFile vectors = VectorFile.open(Fixtures.file("one.npz"))) {
            assertThat(vectors.rows()).isEqualTo(3);
            float[] row = new float[4];
            vectors.read(2, row, 0);
            assertThat(row).containsExactly(1, 1.125f, 1.25f, 1.375f);
        }
        assertThatThrownBy(() -> VectorFile.open(Fixtures.file("arrays_numpy2.npz")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 2 (a, b)");
    }

    @Test
    void refusesEveryTruncationAndEveryFlippedValue(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.file("arrays_numpy2.npz"));
        Path file = folder.resolve("cut.npz");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(DataException.class);
        }
        whole[whole.length / 4] ^= 1;
        Files.write(file, whole);
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void refusesAnEntryThatUnpacksToMoreThanMemory(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("bomb.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a.npy"));
            byte[] zeros = new byte[1 << 20];
            for (long left = Runtime.getRuntime().maxMemory() / 3 + zeros.length; left > 0; left -= zeros.length) {
                zip.write(zeros);
            }
            zip.closeEntry();
        }
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("more memory");
    }

    @Test
    void refusesZipsOfOtherThings(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("other.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.closeEntry();
        }
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("config.json");
        assertThatThrownBy(() -> Npz.read(Fixtures.file("vector.pkl")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("not an .npz file");
    }

    @ParameterizedTest
    @CsvSource({
        "matrix_p4_numpy2.pkl, npy",
        "matrix_p0_numpy1.pkl, npz",
        "double_fortran.npy, pkl",
        "big_endian.npy, npz",
        "one.npz, pkl",
        "one.npz, npy",
        "rows_p2_numpy2.pkl, pickle"
    })
    void convertsOneArrayBetweenAllFormats(String from, String ending, @TempDir Path folder) {
        Path to = folder.resolve("to." + ending);
        assertThat(ArrayConversion.run(Fixtures.file(from), to, null).values())
                .singleElement()
                .isEqualTo(new int[] {3, 4});
        FloatArray found =
                switch (ending) {
                    case "npy" -> Npy.read(to);
                    case "npz" -> Npz.read(to).get("arr_0");
                    default -> Pickle.readFloats(to);
                };
        assertThat(found).isEqualTo(MATRIX);
    }

    @Test
    void convertsSeveralArraysAndOneOfThem(@TempDir Path folder) {
        Path pickle = folder.resolve("a.pkl");
        ArrayConversion.run(Fixtures.file("compressed_numpy2.npz"), pickle, null);
        assertThat(Pickle.readArrays(pickle)).containsExactly(Map.entry("a", MATRIX), Map.entry("b", VECTOR));
        Path back = folder.resolve("a.npz");
        ArrayConversion.run(pickle, back, null);
        assertThat(Npz.read(back)).containsExactly(Map.entry("a", MATRIX), Map.entry("b", VECTOR));
        Path one = folder.resolve("b.npy");
        ArrayConversion.run(back, one, "b");
        assertThat(Npy.read(one)).isEqualTo(VECTOR);
        for (String name : List.of("c", "")) {
            assertThatThrownBy(() -> ArrayConversion.run(back, one, name))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("it has a, b");
        }
        assertThatThrownBy(() -> ArrayConversion.run(back, one, null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--array");
        assertThatThrownBy(() -> ArrayConversion.run(back, folder.resolve("a.csv"), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a.csv");
    }
}
