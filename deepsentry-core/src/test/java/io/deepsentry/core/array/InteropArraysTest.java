package io.deepsentry.core.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.InteropResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Converts the arrays that interop/check_arrays.py wrote, for it to read again. */
class InteropArraysTest {
    @Test
    void convertsWhatNumpyWrote() throws IOException {
        @Nullable String given = System.getenv("DEEPSENTRY_INTEROP_ARRAYS");
        assumeTrue(given != null, "DEEPSENTRY_INTEROP_ARRAYS names no folder with arrays of interop/check_arrays.py");
        Path folder = Path.of(String.valueOf(given));
        Path converted = Files.createDirectories(folder.resolve("converted"));
        List<String> problems = new ArrayList<>();
        for (String numpy : List.of("numpy1", "numpy2")) {
            InteropResults results = new InteropResults(
                    "arrays and word ids read and converted", Files.readString(folder.resolve(numpy + "/version.txt")));
            try (Stream<Path> files = Files.list(folder.resolve(numpy))) {
                for (Path file : files.filter(each -> !each.toString().endsWith(".txt"))
                        .sorted()
                        .toList()) {
                    try {
                        convert(file, converted, numpy);
                        results.passed(0);
                    } catch (DeepSentryException e) {
                        results.failed(file + ": " + e.getMessage());
                    }
                }
            }
            problems.addAll(results.write());
            writeRowsOnce(folder.resolve(numpy + "/float32.npy"), converted.resolve("rows_once_" + numpy + ".pkl"));
        }
        assertThat(problems).isEmpty();
    }

    private static void writeRowsOnce(Path vectors, Path target) {
        Matrix matrix = Npy.read(vectors).toMatrix();
        try (VectorFileWriter writer = VectorFileWriter.createDistinct(target, matrix.rows(), matrix.columns())) {
            for (int row = 0; row < matrix.rows(); row++) {
                writer.write(matrix.row(row));
            }
        }
    }

    private static void convert(Path file, Path converted, String numpy) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith("words")) {
            Pickle.writeWordIds(
                    converted.resolve(name.replace(".pkl", "_" + numpy + ".pkl")), Pickle.readWordIds(file));
            return;
        }
        for (String extension : List.of(".pkl", ".npy", ".npz")) {
            ArrayConversion.run(file, converted.resolve(name.replace('.', '_') + "_" + numpy + extension), null);
        }
    }
}
