package io.deepsentry.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.anomaly.score.BidirectionalLstmAnomalyDetectorHandle;
import io.deepsentry.anomaly.score.EnsembleAnomalyDetector;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.encode.CachedEncoder;
import io.deepsentry.text.encode.TextEncoder;
import io.deepsentry.text.encode.TextEncoderHandle;
import io.deepsentry.text.token.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** ND4J's native backend and TensorFlow in one process, with models that Keras saved. */
class Nd4jTest {
    private static final Path FIXTURES = Path.of("../deepsentry-core/src/test/resources/io/deepsentry/core/tensorflow");
    private static final int LENGTH = 5;
    private static final int DIMENSION = 4;

    private static Path encoderModel = Path.of("");
    private static Path detectorModel = Path.of("");
    private static Path vocabulary = Path.of("");

    @BeforeAll
    static void unpackModels(@TempDir Path folder) throws IOException {
        encoderModel = unpack("keras3_savedmodel_encoder", folder);
        detectorModel = unpack("keras3_savedmodel_detector", folder);
        vocabulary = folder.resolve("vocab.pkl");
        Vocabulary.ofWords(List.of("worda", "wordb", "wordc", "wordd", "worde")).save(vocabulary);
    }

    private static Path unpack(String name, Path folder) throws IOException {
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

    private static Matrix random(Random random, int rows) {
        float[] values = new float[rows * DIMENSION];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Matrix.of(rows, DIMENSION, values);
    }

    @Test
    void encodesAsThePlainFormsDo() {
        try (TextEncoderHandle handle = TextEncoderHandle.open(encoderModel, vocabulary)) {
            for (TextEncoder plain : List.of(handle, new CachedEncoder(handle))) {
                Nd4jEncoder encoder = new Nd4jEncoder(plain);
                List<String> messages = List.of("wordb wordc", "wordd", "wordb wordc");
                try (INDArray vector = encoder.encode("wordb wordc");
                        INDArray vectors = encoder.encodeBatch(messages);
                        INDArray identities = encoder.encodeIdentities(messages);
                        INDArray none = encoder.encodeBatch(List.of())) {
                    assertThat(vector.shape()).containsExactly(DIMENSION);
                    assertThat(vector.dataType()).isEqualTo(DataType.FLOAT);
                    assertThat(vector.toFloatVector()).isEqualTo(plain.encode("wordb wordc"));
                    assertThat(vectors.shape()).containsExactly(3, DIMENSION);
                    assertThat(Nd4jArrays.toMatrix(vectors)).isEqualTo(plain.encodeBatch(messages));
                    assertThat(Nd4jArrays.toMatrix(identities)).isEqualTo(plain.encodeIdentities(messages));
                    assertThat(none.shape()).containsExactly(0, DIMENSION);
                }
            }
        }
    }

    @Test
    void scoresWindowsAsThePlainFormsDo() {
        Random random = new Random(1);
        List<Matrix> windows =
                Stream.generate(() -> random(random, LENGTH)).limit(3).toList();
        try (BidirectionalLstmAnomalyDetectorHandle plain = BidirectionalLstmAnomalyDetectorHandle.open(detectorModel);
                INDArray batch =
                        Nd4j.stack(0, windows.stream().map(Nd4jArrays::toArray).toArray(INDArray[]::new))) {
            Nd4jDetector detector = new Nd4jDetector(plain);
            assertThat(batch.shape()).containsExactly(3, LENGTH, DIMENSION);
            assertThat(detector.batchScore(batch)).isEqualTo(plain.batchScore(windows));
            for (Matrix window : windows) {
                double score = plain.anomalyScore(window);
                assertThat(score).isPositive();
                assertThat(detector.anomalyScore(Nd4jArrays.toArray(window))).isEqualTo(score);
            }
            assertThat(detector.batchScore(Nd4j.create(DataType.FLOAT, 0, LENGTH, DIMENSION)))
                    .isEmpty();
        }
    }

    @Test
    void encodedMessagesAreAWindow() {
        List<String> messages = List.of("worda", "wordb", "wordc", "wordd", "worde");
        try (TextEncoderHandle encoder = TextEncoderHandle.open(encoderModel, vocabulary);
                BidirectionalLstmAnomalyDetectorHandle detector =
                        BidirectionalLstmAnomalyDetectorHandle.open(detectorModel)) {
            assertThat(new Nd4jDetector(detector).anomalyScore(new Nd4jEncoder(encoder).encodeBatch(messages)))
                    .isEqualTo(detector.anomalyScore(encoder.encodeBatch(messages)));
        }
    }

    @Test
    void ensemblesScoreAsThePlainFormsDo() {
        Random random = new Random(2);
        float[][][] normal = IntStream.range(0, 20)
                .mapToObj(i -> {
                    Matrix window = random(random, LENGTH);
                    return IntStream.range(0, LENGTH).mapToObj(window::row).toArray(float[][]::new);
                })
                .toArray(float[][][]::new);
        Matrix strange = random(new Random(3), LENGTH);
        try (EnsembleAnomalyDetector plain = EnsembleAnomalyDetector.builder()
                .add(detectorModel, normal)
                .device(Device.CPU)
                .open()) {
            Nd4jEnsemble ensemble = new Nd4jEnsemble(plain);
            INDArray sequence = Nd4jArrays.toArray(strange);
            assertThat(ensemble.score(sequence)).isEqualTo(plain.score(strange));
            assertThat(ensemble.scoreWithConfidence(sequence)).isEqualTo(plain.scoreWithConfidence(strange));
        }
    }

    @Test
    void viewsOrdersAndTypesOfArraysMakeNoDifference() {
        Matrix expected = Matrix.of(2, 3, new float[] {1, 2, 3, 4, 5, 6});
        INDArray wide = Nd4j.createFromArray(new float[][] {{0, 1, 2, 3, 0}, {0, 4, 5, 6, 0}});
        INDArray view = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 4));
        assertThat(Nd4jArrays.toMatrix(view)).isEqualTo(expected);
        assertThat(Nd4jArrays.toMatrix(view.dup('f'))).isEqualTo(expected);
        assertThat(Nd4jArrays.toMatrix(view.castTo(DataType.DOUBLE))).isEqualTo(expected);
        assertThat(Nd4jArrays.toMatrix(view.castTo(DataType.INT64))).isEqualTo(expected);
        assertThat(Nd4jArrays.toMatrix(Nd4j.createFromArray(new float[][] {{1, 4}, {2, 5}, {3, 6}})
                        .transpose()))
                .isEqualTo(expected);
        assertThat(Nd4jArrays.toMatrix(Nd4jArrays.toArray(expected))).isEqualTo(expected);
        Matrix empty = Matrix.of(0, 3, new float[0]);
        assertThat(Nd4jArrays.toMatrix(Nd4jArrays.toArray(empty))).isEqualTo(empty);
    }

    @Test
    void refusesOtherShapes() {
        try (BidirectionalLstmAnomalyDetectorHandle plain =
                BidirectionalLstmAnomalyDetectorHandle.open(detectorModel)) {
            Nd4jDetector detector = new Nd4jDetector(plain);
            assertThatThrownBy(() -> detector.anomalyScore(Nd4j.zeros(DataType.FLOAT, LENGTH)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must have the shape [rows, columns] to become a matrix, but has [5]");
            assertThatThrownBy(() -> detector.anomalyScore(Nd4j.zeros(DataType.FLOAT, LENGTH + 1, DIMENSION)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[5, 4]")
                    .hasMessageContaining("has [6, 4]");
            assertThatThrownBy(() -> detector.batchScore(Nd4j.zeros(DataType.FLOAT, LENGTH, DIMENSION)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("windows must have the shape [n, 5, 4], but have [5, 4]");
            assertThatThrownBy(() -> detector.batchScore(Nd4j.zeros(DataType.FLOAT, 2, LENGTH, DIMENSION - 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has [5, 3]");
        }
    }
}
