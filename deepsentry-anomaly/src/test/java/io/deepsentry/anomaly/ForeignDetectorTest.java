package io.deepsentry.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detectors that Keras saved as SavedModel. */
class ForeignDetectorTest {
    private static final Path FIXTURES = Path.of("../deepsentry-core/src/test/resources/io/deepsentry/core/nn");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path unpacked(String name) throws IOException {
        Path target = folder.resolve(name);
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(FIXTURES.resolve(name + ".zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = target.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.copy(zip, file);
                }
            }
        }
        return target;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras2_savedmodel_detector", "keras3_savedmodel_detector"})
    void scoresAWindowByWhatKerasPredicts(String name) throws IOException {
        float[] values = Npy.read(FIXTURES.resolve(name + "_input.npy")).toArray();
        float[] predicted = Npy.read(FIXTURES.resolve(name + "_output.npy")).toArray();
        float[][] window = new float[5][4];
        double expected = 0;
        for (int i = 0; i < 20; i++) {
            window[i / 4][i % 4] = values[i];
            expected += Math.abs(predicted[i] - values[i]) / 20;
        }
        try (BidirectionalLstmAnomalyDetectorHandle detector =
                BidirectionalLstmAnomalyDetectorHandle.open(unpacked(name))) {
            assertThat(detector.sequenceLength()).isEqualTo(5);
            assertThat(detector.dimension()).isEqualTo(4);
            assertThat(Math.abs(detector.anomalyScore(window) - expected)).isLessThan(1e-6);
        }
    }

    @Test
    void refusesAnEncoder() throws IOException {
        Path encoder = unpacked("keras3_savedmodel_encoder");
        assertThatThrownBy(() -> BidirectionalLstmAnomalyDetectorHandle.open(encoder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("a detector must map windows");
    }
}
