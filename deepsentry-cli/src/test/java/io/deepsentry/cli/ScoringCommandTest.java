package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.threshold.DriftDetector;
import org.junit.jupiter.api.Test;

class ScoringCommandTest {
    private static String drift(DriftDetector detector, double score, int count) {
        for (int i = 0; i < count; i++) {
            detector.update(score);
        }
        return ScoringCommand.drift(detector.detect());
    }

    @Test
    void tooFewScoresAreNotCompared() {
        assertThat(drift(DriftDetector.of(0, 1), 2, 0))
                .isEqualTo("none; only 0 scores so far, and a comparison with validation needs 100");
        assertThat(drift(DriftDetector.of(0, 1), 2, 1))
                .isEqualTo("none; only 1 score so far, and a comparison with validation needs 100");
        assertThat(drift(DriftDetector.of(0, 1), 2, 99)).startsWith("none; only 99 scores so far, ");
    }

    @Test
    void bothTestsAreNamedWithTheirLimits() {
        assertThat(drift(DriftDetector.of(0, 1), 2, 100))
                .isEqualTo("none; the last 100 scores are on average 2.0 standard deviations from those of validation"
                        + " (limit 3)");
        assertThat(drift(DriftDetector.of(new double[500], 0.3), 1, 2_000))
                .isEqualTo("yes, train again; the last 1,000 scores are on average 6.0 standard deviations from those"
                        + " of validation (limit 3); slow shift 120 (limit 60.0), since 2,000 scores ago");
        assertThat(drift(DriftDetector.of(3, 0), 4, 300))
                .isEqualTo("yes, train again; the last 300 scores are on average unlike those of validation, which"
                        + " were all equal");
    }
}
