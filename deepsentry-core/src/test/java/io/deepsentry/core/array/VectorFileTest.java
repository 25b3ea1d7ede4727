package io.deepsentry.core.array;

import static io.deepsentry.core.array.PickleTest.MATRIX;
import static io.deepsentry.core.array.PickleTest.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFileTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "matrix_p0_numpy1.pkl",
                "matrix_p2_numpy2.pkl",
                "matrix_p3_numpy1.pkl",
                "matrix_p4_numpy2.pkl",
                "matrix_p5_numpy1.pkl",
                "matrix_p5_numpy2.pkl",
                "double_fortran_p4_numpy2.pkl",
                "double_fortran_p5_numpy2.pkl",
                "big_endian_p4_numpy1.pkl",
                "rows_p4_numpy2.pkl",
                "matrix_v1.npy",
                "double_big_endian.npy",
                "double_fortran.npy"
            })
    void readsRowsInAnyOrderFromEveryLayout(String name) {
        try (VectorFile vectors = VectorFile.open(Fixtures.file(name))) {
            assertThat(vectors.rows()).isEqualTo(3);
            assertThat(vectors.columns()).isEqualTo(4);
            for (int row : new int[] {2, 0, 1, 2, 2, 0}) {
                float[] target = new float[6];
                vectors.read(row, target, 1);
                assertThat(target)
                        .containsExactly(0, row / 2f, row / 2f + 0.125f, row / 2f + 0.25f, row / 2f + 0.375f, 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v.pkl", "v.npy"})
    void readsBackWhatTheWriterStreamed(String name, @TempDir Path folder) {
        Path file = folder.resolve("new").resolve(name);
        int rows = 3000;
        int columns = 128;
        try (VectorFileWriter writer = VectorFileWriter.create(file, rows, columns)) {
            for (int row = 0; row < rows; row++) {
                writer.write(row(row, columns));
            }
        }
        try (VectorFile vectors = VectorFile.open(file)) {
            assertThat(vectors.rows()).isEqualTo(rows);
            float[] target = new float[columns];
            for (int row = 0; row < rows; row++) {
                vectors.read(row, target, 0);
                assertThat(target).isEqualTo(row(row, columns));
            }
            Random random = new Random(1);
            for (int i = 0; i < 1000; i++) {
                int row = random.nextInt(rows);
                vectors.read(row, target, 0);
                assertThat(target).isEqualTo(row(row, columns));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 65_536, 65_537})
    void readsBackRowsThatStandOnce(int distinct, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.pkl");
        int rows = 2 * distinct + 1;
        Random random = new Random(2);
        int[] which = random.ints(rows, 0, distinct).toArray();
        for (int i = 0; i < distinct; i++) {
            which[i] = i;
        }
        try (VectorFileWriter writer = VectorFileWriter.createDistinct(file, rows, 3)) {
            for (int i : which) {
                writer.write(row(i, 3));
            }
        }
        assertThat(Files.size(file)).isLessThan(600 + 12L * distinct + 4L * rows);
        try (VectorFile vectors = VectorFile.open(file)) {
            assertThat(vectors.rows()).isEqualTo(rows);
            assertThat(vectors.columns()).isEqualTo(3);
            float[] target = new float[3];
            for (int i = 0; i < rows; i++) {
                vectors.read(i, target, 0);
                assertThat(target).isEqualTo(row(which[i], 3));
            }
            for (int i = 0; i < 1000; i++) {
                int row = random.nextInt(rows);
                vectors.read(row, target, 0);
                assertThat(target).isEqualTo(row(which[row], 3));
            }
            assertThatThrownBy(() -> vectors.read(rows, target, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void readsRowsThatStandOnceAsOneArray(@TempDir Path folder) {
        Path file = folder.resolve("v.pkl");
        writeTwice(MATRIX.toMatrix(), file, true);
        Path whole = folder.resolve("whole.pkl");
        writeTwice(MATRIX.toMatrix(), whole, false);
        FloatArray expected = Pickle.readFloats(whole);
        assertThat(expected.shape()).containsExactly(6, 4);
        assertThat(Pickle.readFloats(file)).isEqualTo(expected);
        for (String name : new String[] {"converted.npy", "converted.pkl", "converted.npz"}) {
            Path converted = folder.resolve(name);
            assertThat(ArrayConversion.run(file, converted, null).values()).containsExactly(new int[] {6, 4});
            try (VectorFile vectors = VectorFile.open(converted)) {
                float[] target = new float[4];
                vectors.read(4, target, 0);
                assertThat(target).isEqualTo(MATRIX.toMatrix().row(1));
            }
        }
        assertThat(folder.resolve("converted.pkl")).hasSameBinaryContentAs(whole);
    }

    private static void writeTwice(Matrix matrix, Path file, boolean once) {
        try (VectorFileWriter writer = once
                ? VectorFileWriter.createDistinct(file, 2L * matrix.rows(), matrix.columns())
                : VectorFileWriter.create(file, 2L * matrix.rows(), matrix.columns())) {
            for (int i = 0; i < 2 * matrix.rows(); i++) {
                writer.write(matrix.row(i % matrix.rows()));
            }
        }
    }

    @Test
    void forgetsRowsBeyondItsMemoryAndKeepsAllOfThem(@TempDir Path folder) {
        Path file = folder.resolve("v.pkl");
        int columns = 1 << 20;
        // Eight rows of this length are remembered.
        int[] which = {0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 0, 8, 1};
        try (VectorFileWriter writer = VectorFileWriter.createDistinct(file, which.length, columns)) {
            for (int i : which) {
                writer.write(row(i, columns));
            }
        }
        try (VectorFile vectors = VectorFile.open(file)) {
            float[] target = new float[columns];
            for (int i = which.length - 1; i >= 0; i--) {
                vectors.read(i, target, 0);
                assertThat(target).isEqualTo(row(which[i], columns));
            }
        }
    }

    @Test
    void refusesARowThatTheTableDoesNotHave(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.pkl");
        writeTwice(MATRIX.toMatrix(), file, true);
        byte[] bytes = Files.readAllBytes(file);
        // The numbers 0, 1, 2, 0, 1, 2 stand before four instructions and the end.
        assertThat(bytes[bytes.length - 6]).isEqualTo((byte) 2);
        bytes[bytes.length - 6] = 3;
        Files.write(file, bytes);
        try (VectorFile vectors = VectorFile.open(file)) {
            assertThatThrownBy(() -> vectors.read(5, new float[4], 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("row 5 is row 3 of a table that has 3");
        }
        assertThatThrownBy(() -> Pickle.readFloats(file)).isInstanceOf(DataException.class);
    }

    private static float[] row(int row, int columns) {
        float[] values = new float[columns];
        for (int i = 0; i < columns; i++) {
            values[i] = row * 1000 + i;
        }
        return values;
    }

    @Test
    void writesTheSameBytesStreamedAsAtOnce(@TempDir Path folder) throws IOException {
        for (String end : new String[] {".pkl", ".npy"}) {
            Path streamed = folder.resolve("streamed" + end);
            try (VectorFileWriter writer = VectorFileWriter.create(streamed, 3, 4)) {
                for (int row = 0; row < 3; row++) {
                    writer.write(MATRIX.toMatrix().row(row));
                }
            }
            Path whole = folder.resolve("whole" + end);
            if (end.equals(".npy")) {
                Npy.write(whole, MATRIX);
            } else {
                Pickle.writeFloats(whole, MATRIX);
            }
            assertThat(streamed).hasSameBinaryContentAs(whole);
        }
    }

    @Test
    void streamsArraysOfOneDimension(@TempDir Path folder) {
        for (String end : new String[] {".pkl", ".npy"}) {
            Path file = folder.resolve("scores" + end);
            try (VectorFileWriter writer = VectorFileWriter.create(file, 5, 0)) {
                for (float value : counting(5)) {
                    writer.write(value);
                }
            }
            try (VectorFile vectors = VectorFile.open(file)) {
                assertThat(vectors.rows()).isEqualTo(5);
                assertThat(vectors.columns()).isEqualTo(1);
                float[] target = new float[1];
                vectors.read(4, target, 0);
                assertThat(target).containsExactly(4);
            }
        }
        assertThat(Pickle.readFloats(folder.resolve("scores.pkl"))).isEqualTo(FloatArray.ofVector(counting(5)));
        assertThat(Npy.read(folder.resolve("scores.npy"))).isEqualTo(FloatArray.ofVector(counting(5)));
    }

    @Test
    void leavesNothingBehindWithoutAllRows(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.pkl");
        VectorFileWriter incomplete = VectorFileWriter.create(file, 2, 3);
        incomplete.write(new float[3]);
        assertThatThrownBy(incomplete::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must have 2 rows, but 1 were written");
        VectorFileWriter aborted = VectorFileWriter.create(file, 1, 3);
        aborted.write(new float[3]);
        aborted.abort();
        aborted.close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void refusesRowsOfAnotherShapeOrNumber(@TempDir Path folder) {
        try (VectorFileWriter writer = VectorFileWriter.create(folder.resolve("v.pkl"), 1, 3)) {
            assertThatThrownBy(() -> writer.write(new float[2])).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> writer.write(1f)).isInstanceOf(IllegalArgumentException.class);
            writer.write(new float[3]);
            assertThatThrownBy(() -> writer.write(new float[3])).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void takesAFileWithoutRows(@TempDir Path folder) {
        Path file = folder.resolve("v.pkl");
        VectorFileWriter.create(file, 0, 128).close();
        try (VectorFile vectors = VectorFile.open(file)) {
            assertThat(vectors.rows()).isZero();
            assertThat(vectors.columns()).isEqualTo(128);
            assertThatThrownBy(() -> vectors.read(0, new float[128], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void refusesWhatIsNotThereOrNoVectors(@TempDir Path folder) {
        assertThatThrownBy(() -> VectorFile.open(folder.resolve("none.pkl"))).isInstanceOf(MissingDataException.class);
        assertThatThrownBy(() -> VectorFile.open(Fixtures.file("cube.pkl")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("[2, 3, 4]");
        assertThatThrownBy(() -> VectorFile.open(Fixtures.file("scalar.npy"))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> VectorFile.open(Fixtures.file("words_p4.pkl"))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> VectorFile.open(Fixtures.file("refused_command_p4.pkl")))
                .isInstanceOf(DataException.class);
        VectorFile closed = VectorFile.open(Fixtures.file("vector.npy"));
        closed.close();
        assertThatThrownBy(() -> closed.read(0, new float[1], 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void tellsThatAFileShrankWhileItWasRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("v.npy");
        Npy.write(file, FloatArray.of(new int[] {1000, 100}, counting(100_000)));
        try (VectorFile vectors = VectorFile.open(file)) {
            Files.write(file, new byte[200]);
            assertThatThrownBy(() -> vectors.read(999, new float[100], 0))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("became shorter");
        }
    }

    @Test
    void describesArraysLargerThanTwoGibibytes() {
        byte[] before = PickleBytes.beforeArray(new long[] {5_000_000_000L, 128});
        byte[] length = new byte[8];
        System.arraycopy(before, before.length - 8, length, 0, 8);
        assertThat(java.nio.ByteBuffer.wrap(length)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong())
                .isEqualTo(5_000_000_000L * 128 * 4);
    }
}
