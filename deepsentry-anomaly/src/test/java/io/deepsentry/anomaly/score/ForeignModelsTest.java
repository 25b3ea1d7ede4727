package io.deepsentry.anomaly.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ModelException;
import io.deepsentry.core.array.Npy;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders and detectors that Keras saved as SavedModel. */
class ForeignModelsTest {
    private static final Path FIXTURES = Path.of("../deepsentry-core/src/test/resources/io/deepsentry/core/tensorflow");

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

    private Path vocabulary(int words) {
        Path file = folder.resolve(words + ".pkl");
        Vocabulary.ofWords(IntStream.range(0, words)
                        .mapToObj(i -> "word" + (char) ('a' + i))
                        .toList())
                .save(file);
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras2_savedmodel_encoder", "keras3_savedmodel_encoder"})
    void opensASavedModelOfKeras(String name) throws IOException {
        Path model = unpacked(name);
        try (TextEncoderHandle encoder = TextEncoderHandle.open(model, vocabulary(5))) {
            assertThat(encoder.dimension()).isEqualTo(4);
            assertThat(encoder.messageTokens()).isEqualTo(6);
            assertThat(encoder.encode("wordb wordc"))
                    .hasSize(4)
                    .isEqualTo(
                            encoder.encodeBatch(List.of("wordd", "wordb wordc")).row(1))
                    .isNotEqualTo(encoder.encode("wordb"));
        }
        assertThatThrownBy(() -> TextEncoderHandle.open(model, vocabulary(20)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must know every word of its vocabulary, but fails on the last of");
        assertThatThrownBy(() -> TextEncoderHandle.open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must carry its vocabulary, but has none");
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
