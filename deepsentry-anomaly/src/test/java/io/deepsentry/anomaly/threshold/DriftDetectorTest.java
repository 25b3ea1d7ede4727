package io.deepsentry.anomaly.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class DriftDetectorTest {
    private static final int RUNS = 200;

    private static double[] drawn(int count, Random random, ToDoubleFunction<Random> draw) {
        double[] scores = new double[count];
        Arrays.setAll(scores, i -> draw.applyAsDouble(random));
        return scores;
    }

    private static double skewed(Random random) {
        return Math.exp(random.nextGaussian());
    }

    /**
     * In how many of 200 runs the scores, all moved by {@code shift}, raise the sequential test within {@code count}.
     */
    private static int found(
            int baseline, int count, double shift, ToDoubleFunction<Random> draw, boolean meansToo, long seed) {
        int found = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed * 1_000 + run);
            DriftDetector detector = DriftDetector.of(drawn(baseline, random, draw));
            boolean seen = false;
            for (int i = 0; i < count && !seen; i++) {
                detector.update(draw.applyAsDouble(random) + shift);
                if (i % 50 == 49) {
                    Drift drift = detector.detect();
                    seen = drift.shifted() || (meansToo && drift.drifted());
                }
            }
            found += seen ? 1 : 0;
        }
        return found;
    }

    @Test
    void aShiftOfThreeTenthsOfAStandardDeviationIsSeenWithinAThousandScores() {
        assertThat(found(500, 1_000, 0.3, Random::nextGaussian, false, 1)).isGreaterThanOrEqualTo(180);
        assertThat(found(2_000, 1_000, 0.3, Random::nextGaussian, false, 2)).isGreaterThanOrEqualTo(198);
        assertThat(found(2_000, 1_000, -0.3, Random::nextGaussian, false, 3)).isGreaterThanOrEqualTo(198);
        double std = Math.sqrt((Math.E - 1) * Math.E);
        assertThat(found(500, 1_000, 0.3 * std, DriftDetectorTest::skewed, false, 4))
                .isEqualTo(RUNS);
    }

    @Test
    void stationaryScoresRaiseNothingWhateverTheirDistribution() {
        assertThat(found(500, 20_000, 0, Random::nextGaussian, true, 5)).isLessThanOrEqualTo(4);
        assertThat(found(2_000, 20_000, 0, Random::nextGaussian, true, 6)).isZero();
        assertThat(found(2_000, 20_000, 0, DriftDetectorTest::skewed, true, 7)).isZero();
        assertThat(found(2_000, 20_000, 0, random -> random.nextInt(3), true, 8))
                .isZero();
        assertThat(found(2_000, 20_000, 0, random -> Math.max(0, random.nextGaussian() - 2), true, 9))
                .isZero();
    }

    @Test
    void scoresThatHangTogetherRaiseNoMoreThanIndependentOnes() {
        int raised = 0;
        for (int run = 0; run < 50; run++) {
            Random random = new Random(run);
            double[] level = {0};
            ToDoubleFunction<Random> wandering = r -> {
                level[0] = 0.6 * level[0] + r.nextGaussian();
                return level[0];
            };
            DriftDetector detector = DriftDetector.of(drawn(4_000, random, wandering));
            boolean seen = false;
            for (int i = 0; i < 20_000; i++) {
                detector.update(wandering.applyAsDouble(random));
                seen |= i % 50 == 0 && detector.detect().shifted();
            }
            raised += seen ? 1 : 0;
        }
        assertThat(raised).isLessThanOrEqualTo(1);
    }

    @Test
    void theLastDigitsOfScoresAreNoDriftIfTheyAreToBeToleratedButLargerOnesAre() {
        // Most sessions of a regular log: a few kinds whose scores differ by little.
        ToDoubleFunction<Random> regular = random -> random.nextInt(20) == 0 ? 4 : 1 + random.nextInt(3) * 1e-3;
        Random random = new Random(12);
        double[] baseline = drawn(900, random, regular);
        for (double shift : new double[] {2e-3, 2}) {
            DriftDetector exact = DriftDetector.of(baseline);
            DriftDetector tolerant = DriftDetector.of(baseline, 0.5);
            for (int i = 0; i < 1_000; i++) {
                double score = regular.applyAsDouble(random) + shift;
                exact.update(score);
                tolerant.update(score);
            }
            assertThat(exact.detect().shifted()).isTrue();
            assertThat(tolerant.detect().shifted()).isEqualTo(shift == 2);
        }
        assertThatThrownBy(() -> DriftDetector.of(baseline, -1)).hasMessageContaining("but was -1.0");
    }

    /** As of a log whose lines all score the same, when the order of additions changes the last bits of a float. */
    @Test
    void theLastBitsOfOneAndOnlyScoreAreNoDriftButATenthOfTheThresholdIs() {
        double only = 3.5891136558E-4;
        double tolerance = 0.5;
        double[] baseline = new double[300];
        Arrays.fill(baseline, only);
        double[] nearly = baseline.clone();
        nearly[7] = 3.5891136614E-4;
        for (DriftDetector detector : List.of(
                DriftDetector.of(baseline, tolerance),
                DriftDetector.of(nearly, tolerance),
                DriftDetector.of(only, 0, tolerance))) {
            for (int i = 0; i < 300; i++) {
                detector.update(3.5891136614E-4);
            }
            assertThat(detector.detect().any()).isFalse();
            assertThat(detector.detect().magnitude()).isCloseTo(0, within(1e-6));
            for (int i = 0; i < DriftDetector.WINDOW; i++) {
                detector.update(only + 0.99 * tolerance);
            }
            assertThat(detector.detect().any()).isFalse();
            for (int i = 0; i < DriftDetector.WINDOW; i++) {
                detector.update(only + 1.01 * tolerance);
            }
            assertThat(detector.detect().drifted()).isTrue();
        }
    }

    @Test
    void aFewAnomaliesAreNoDriftFromOneAndOnlyScoreEither() {
        DriftDetector detector = DriftDetector.of(new double[300], 0.5);
        for (int i = 0; i < DriftDetector.WINDOW; i++) {
            detector.update(i % 10 == 0 ? 60 : 0);
        }
        assertThat(detector.detect().drifted()).isFalse();
    }

    @Test
    void aFewAnomaliesAreNoDrift() {
        Random random = new Random(10);
        DriftDetector detector = DriftDetector.of(drawn(2_000, random, Random::nextGaussian));
        for (int i = 0; i < 20_000; i++) {
            detector.update(i % 25 == 0 ? 30 : random.nextGaussian());
            assertThat(i % 100 == 0 && detector.detect().any()).isFalse();
        }
    }

    @Test
    void aShiftThatEndsIsForgotten() {
        Random random = new Random(11);
        DriftDetector detector = DriftDetector.of(drawn(2_000, random, Random::nextGaussian));
        for (int i = 0; i < 5_000; i++) {
            detector.update(random.nextGaussian() + 1);
        }
        Drift during = detector.detect();
        assertThat(during.shifted()).isTrue();
        assertThat(during.since()).isBetween(4_900L, 5_000L);
        for (int i = 0; i < 2_000; i++) {
            detector.update(random.nextGaussian());
        }
        assertThat(detector.detect().shifted()).isFalse();
    }

    @Test
    void aTenthOfAnomaliesIsNoDriftButSixTenthsAre() {
        for (int anomalies : new int[] {1, 6}) {
            DriftDetector detector = DriftDetector.of(0, 1);
            for (int i = 0; i < DriftDetector.WINDOW; i++) {
                detector.update(i % 10 < anomalies ? 60 : 0);
            }
            assertThat(detector.detect().drifted()).isEqualTo(anomalies == 6);
        }
    }

    @Test
    void theMeanOfTheLastThousandIsComparedOnceThereAreAHundred() {
        DriftDetector detector = DriftDetector.of(10, 2);
        for (int i = 0; i < 99; i++) {
            detector.update(17);
        }
        assertThat(detector.detect().drifted()).isFalse();
        assertThat(detector.detect().magnitude()).isZero();
        detector.update(17);
        assertThat(detector.detect().drifted()).isTrue();
        assertThat(detector.detect().magnitude()).isCloseTo(3.5, within(1e-12));
        for (int i = 0; i < 999; i++) {
            detector.update(10);
        }
        assertThat(detector.detect().magnitude()).isCloseTo(0.0035, within(1e-12));
        detector.update(10);
        assertThat(detector.detect().magnitude()).isZero();
        assertThat(detector.detect().recent()).isEqualTo(1_000);
    }

    @Test
    void threeStandardDeviationsAreNotYetDrift() {
        DriftDetector detector = DriftDetector.of(0, 1);
        for (int i = 0; i < 100; i++) {
            detector.update(-3);
        }
        assertThat(detector.detect().drifted()).isFalse();
        detector.update(-3.2);
        assertThat(detector.detect().drifted()).isTrue();
        assertThat(detector.detect().shifted()).isFalse();
    }

    @Test
    void aBaselineWithoutSpreadOrWithTooFewScoresHasAnAnswerToo() {
        DriftDetector constant = DriftDetector.of(new double[500]);
        for (int i = 0; i < 200; i++) {
            constant.update(0);
        }
        assertThat(constant.detect().any()).isFalse();
        for (int i = 0; i < 200; i++) {
            constant.update(1e-9);
        }
        assertThat(constant.detect().drifted()).isTrue();
        assertThat(constant.detect().shifted()).isTrue();
        assertThat(constant.detect().toMap()).doesNotContainKey("magnitude");

        DriftDetector small = DriftDetector.of(new double[99]);
        assertThat(small.detect().limit()).isInfinite();
        assertThat(DriftDetector.of(new double[100]).detect().limit()).isFinite();
        assertThatThrownBy(() -> small.update(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> DriftDetector.of(0, -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> DriftDetector.of(new double[0])).hasMessageContaining("at least one");
    }

    @Test
    void aRestoredDetectorGoesOnAsIfItHadNeverStopped() {
        Random random = new Random(12);
        double[] baseline = drawn(1_000, random, Random::nextGaussian);
        for (int before : new int[] {0, 1, 99, 100, 999, 1_000, 1_001, 3_210}) {
            DriftDetector whole = DriftDetector.of(baseline);
            for (int i = 0; i < before; i++) {
                whole.update(random.nextGaussian() + 0.1);
            }
            DriftDetector resumed = DriftDetector.of(baseline);
            resumed.restore(whole.state());
            for (int i = 0; i < 1_500; i++) {
                double score = random.nextGaussian();
                whole.update(score);
                resumed.update(score);
            }
            assertThat(resumed.detect()).isEqualTo(whole.detect());
            assertThat(resumed.state()).isEqualTo(whole.state());
        }
        assertThatThrownBy(() -> new DriftDetector.State(List.of(1.0), 2, 0, 0, 0, 0))
                .hasMessageContaining("must keep the last 2");
    }
}
