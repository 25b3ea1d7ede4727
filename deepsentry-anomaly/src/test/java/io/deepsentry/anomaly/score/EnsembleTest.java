package io.deepsentry.anomaly.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepsentry.anomaly.TrainedOnSmallData;
import io.deepsentry.anomaly.internal.detector.ViewModel;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.core.ModelException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Device;
import io.deepsentry.text.prepare.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnsembleTest {
    private static Path detector = Path.of("");

    @BeforeAll
    static void train(@TempDir Path root) throws IOException {
        PreparedData unused =
                TrainedOnSmallData.prepare(root, TrainedOnSmallData.lines(200, TrainedOnSmallData.NORMAL), true);
        DetectorTrainSettings settings = TrainedOnSmallData.settings(root, Map.of("members", "3", "epochs", "3"));
        DetectorTrainingResult unusedResult = DetectorTraining.run(settings, RunContext.quiet());
        detector = settings.outputModelDir().resolve(DetectorTraining.DETECTOR);
    }

    private static Matrix matrix(float[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * rows[i].length, rows[i].length);
        }
        return Matrix.of(rows.length, rows[0].length, values);
    }

    private static float[][] session(List<String> steps) {
        return TrainedOnSmallData.session(steps).toArray(float[][]::new);
    }

    @Test
    void membersDifferAndTheirMeanIsTheScore() {
        try (EnsembleAnomalyDetector ensemble = EnsembleAnomalyDetector.open(detector, Device.CPU)) {
            assertThat(ensemble.size()).isEqualTo(3);
            EnsembleScore score = ensemble.scoreWithConfidence(session(TrainedOnSmallData.NORMAL));
            assertThat(score.members()).hasSize(3).doesNotHaveDuplicates();
            assertThat(score.score())
                    .isCloseTo(
                            score.members().stream()
                                    .mapToDouble(Double::doubleValue)
                                    .average()
                                    .orElseThrow(),
                            within(1e-9));
            assertThat(score.confidence()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void theScorerOfEvaluationUsesAllMembersAndTellsAnomaliesFromNormal() {
        List<float[]> odd = TrainedOnSmallData.session(List.of("job opened", "job closed"));
        List<float[]> normal = TrainedOnSmallData.session(TrainedOnSmallData.NORMAL);
        try (SessionScorer all = SessionScorer.open(detector, Device.CPU)) {
            double together = all.score(normal).value();
            List<SessionScorer> members = SessionScorer.openMembers(detector, Device.CPU);
            try {
                assertThat(members.stream().map(member -> member.score(normal).value()))
                        .hasSize(3)
                        .doesNotContain(together);
            } finally {
                members.forEach(SessionScorer::close);
            }
            assertThat(together).isLessThan(all.threshold().value());
            assertThat(all.score(odd).value()).isGreaterThan(all.threshold().value());
        }
    }

    @Test
    void combinedSurpriseIsThatOfTheMeanProbability() {
        double[] combined = ViewModel.combine(
                new double[][] {{-Math.log(0.5), 30, 0.7}, {-Math.log(0.1), 0, 0.7}, {-Math.log(0.3), 30, 0.7}});
        assertThat(combined[0]).isCloseTo(-Math.log(0.3), within(1e-12));
        assertThat(combined[1]).isCloseTo(Math.log(3), within(1e-9));
        assertThat(combined[2]).isCloseTo(0.7, within(1e-12));
    }

    @Test
    void aMissingMemberIsAnError(@TempDir Path copy) throws IOException {
        try (var files = Files.list(detector.getParent())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        Files.delete(copy.resolve("session_detector_3.h5"));
        assertThatThrownBy(() -> SessionScorer.open(copy.resolve("detector.h5"), Device.CPU))
                .hasMessageContaining("session_detector_3.h5");
        Files.writeString(
                copy.resolve("metadata.json"),
                Files.readString(copy.resolve("metadata.json"))
                        .replace("\"members\" : 3,\n  \"", "\"members\" : 0,\n  \""));
        assertThatThrownBy(() -> SessionScorer.open(copy.resolve("detector.h5"), Device.CPU))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("members must be 1 to 64, but was 0");
    }

    @Test
    void confidenceFollowsTheFormulaAndStaysBetweenNoneAndFull() {
        assertThat(EnsembleScore.of(List.of(2.0, 2.0, 2.0)).confidence()).isEqualTo(1);
        EnsembleScore two = EnsembleScore.of(List.of(1.0, 3.0));
        assertThat(two.score()).isEqualTo(2);
        assertThat(two.confidence()).isCloseTo(1 - 1 / (2 + 1e-6), within(1e-12));
        assertThat(EnsembleScore.of(List.of(0.0, 9.0, 0.0)).confidence()).isZero();
        assertThat(EnsembleScore.of(List.of(0.0, 0.0)).confidence()).isEqualTo(1);
        assertThat(EnsembleScore.of(List.of(4.0)).confidence()).isEqualTo(1);
    }

    @Test
    void detectorsOfAnyScaleCountAlikeOnceTheirNormalScoresAreKnown() {
        Random random = new Random(3);
        double[] small = random.doubles(400).map(x -> 0.001 * x).toArray();
        double[] large =
                java.util.Arrays.stream(small).map(x -> 1_000 + 1e6 * x).toArray();
        TailScale ofSmall = TailScale.of(small);
        TailScale ofLarge = TailScale.of(large);
        for (double x : new double[] {0, 0.0003, 0.0005, 0.0009, 0.00099, 0.002, 0.01}) {
            assertThat(ofLarge.nats(1_000 + 1e6 * x)).isCloseTo(ofSmall.nats(x), within(1e-6));
        }
        assertThat(ofSmall.nats(0.0005)).isCloseTo(Math.log(2), within(0.1));
        double[] rising = IntStream.range(0, 2_000)
                .mapToDouble(i -> ofSmall.nats(i * 1e-6))
                .toArray();
        assertThat(rising).isSorted();
        assertThat(rising[0]).isZero();
        assertThatThrownBy(() -> TailScale.of(new double[19])).hasMessageContaining("at least 20");
        assertThat(TailScale.of(new double[20]).nats(0)).isFinite();
        assertThatThrownBy(() -> ofSmall.nats(Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void windowDetectorsFromElsewhereJudgeTogether() {
        Random random = new Random(1);
        float[][][] normal = new float[40][4][TrainedOnSmallData.DIMENSION];
        for (float[][] window : normal) {
            window[0] = TrainedOnSmallData.vector("job opened <job>");
            window[1] = TrainedOnSmallData.vector("reading input <job>");
            window[2] = TrainedOnSmallData.vector("reading input <job>");
            window[3] = TrainedOnSmallData.vector("writing output <job>");
            window[3][0] += (float) (random.nextGaussian() * 0.01);
        }
        float[][] strange =
                TrainedOnSmallData.vectors(List.of("a", "b", "c", "d")).toArray(float[][]::new);
        try (EnsembleAnomalyDetector ensemble = EnsembleAnomalyDetector.builder()
                .add(detector, normal)
                .add(detector.resolveSibling("detector_2.h5"), normal)
                .device(Device.CPU)
                .open()) {
            EnsembleScore score = ensemble.scoreWithConfidence(strange);
            assertThat(score.score()).isGreaterThan(ensemble.score(normal[0]) + 2);
            assertThat(ensemble.score(matrix(strange))).isEqualTo(score.score());
        }
        assertThatThrownBy(() -> EnsembleAnomalyDetector.builder().open()).hasMessageContaining("at least one member");
    }
}
