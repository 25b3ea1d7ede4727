package io.deepsentry.core.array;

import static io.deepsentry.core.array.PickleTest.MATRIX;
import static io.deepsentry.core.array.PickleTest.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "matrix_v1.npy",
                "matrix_v2.npy",
                "matrix_v3.npy",
                "double_fortran.npy",
                "big_endian.npy",
                "double_big_endian.npy"
            })
    void readsEveryVersionOrderAndWidth(String name) {
        assertThat(Npy.read(Fixtures.file(name))).isEqualTo(MATRIX);
    }

    @Test
    void readsEveryNumberOfDimensions() {
        assertThat(Npy.read(Fixtures.file("scalar.npy"))).isEqualTo(FloatArray.of(new int[0], new float[] {0.5f}));
        assertThat(Npy.read(Fixtures.file("vector.npy"))).isEqualTo(FloatArray.ofVector(counting(5)));
        assertThat(Npy.read(Fixtures.file("empty.npy"))).isEqualTo(FloatArray.of(new int[] {0, 4}, new float[0]));
        assertThat(Npy.read(Fixtures.file("cube_fortran.npy")))
                .isEqualTo(FloatArray.of(new int[] {2, 3, 4}, counting(24)));
    }

    @Test
    void writesTheBytesThatNumpyWrites(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.npy");
        for (String name : List.of("matrix_v1.npy", "vector.npy", "scalar.npy", "empty.npy")) {
            Npy.write(file, Npy.read(Fixtures.file(name)));
            assertThat(Files.readAllBytes(file)).as(name).isEqualTo(Files.readAllBytes(Fixtures.file(name)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"i1", "u1", "big_i2", "u2", "big_i4", "u4", "i8", "big_u8", "bool", "f2", "big_f2"})
    void readsOtherNumbersThatFloat32HasExactly(String kind) {
        assertThat(Npy.read(Fixtures.file("numbers_" + kind + ".npy"))).isEqualTo(FloatArray.ofVector(counting(2)));
    }

    @Test
    void readsHalvesAndSigns() {
        assertThat(Npy.read(Fixtures.file("halves.npy"))).isEqualTo(FloatArray.ofVector(new float[] {
            1.5f, -2, 0, 65504, 0x1p-24f, 0x1p-14f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.0f
        }));
        assertThat(Npy.read(Fixtures.file("negative.npy"))).isEqualTo(FloatArray.ofVector(new float[] {-128, 127}));
        assertThat(Npy.read(Fixtures.file("unsigned.npy"))).isEqualTo(FloatArray.ofVector(new float[] {255, 128}));
    }

    @Test
    void readsTheFirstOfSeveralArrays(@TempDir Path folder) throws IOException {
        byte[] one = Files.readAllBytes(Fixtures.file("matrix_v1.npy"));
        byte[] two = Arrays.copyOf(one, one.length * 2);
        System.arraycopy(one, 0, two, one.length, one.length);
        Path file = Files.write(folder.resolve("two.npy"), two);
        assertThat(Npy.read(file)).isEqualTo(MATRIX);
    }

    @Test
    void refusesEveryTruncation(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.file("matrix_v1.npy"));
        Path file = folder.resolve("cut.npy");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Npy.read(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | cannot have 0 bytes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2305843009213693952,), } | cannot have 0 bytes",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | its shape is",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), } | no shape",
                "{'descr': '=O', 'fortran_order': False, 'shape': (1,), } | an array of =O",
                "{'fortran_order': False, 'shape': (1,), } | no descr",
                "garbage | no descr",
            })
    void refusesAHeaderThatDescribesNoFloats(String header, String message, @TempDir Path folder) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[10 + text.length];
        System.arraycopy(
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, 0}, 0, bytes, 0, 10);
        System.arraycopy(text, 0, bytes, 10, text.length);
        Path file = Files.write(folder.resolve("a.npy"), bytes);
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"structured.npy,no descr", "vector.pkl,not an .npy file"})
    void refusesOtherFiles(String name, String message) {
        assertThatThrownBy(() -> Npy.read(Fixtures.file(name)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
