package io.deepsentry.anomaly.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdTest {

    private static double[] oneTo(int n) {
        return IntStream.rangeClosed(1, n).asDoubleStream().toArray();
    }

    @Test
    void quantileIsTheOrderStatisticOfSplitConformalPrediction() {
        // k = ceil(200 x 0.99) = 198
        Threshold threshold = Threshold.recommend(oneTo(199), 0.01);
        assertThat(threshold.value()).isEqualTo(198);
        assertThat(threshold.validationCount()).isEqualTo(199);
    }

    @Test
    void smallestSetThatKeepsThePromiseUsesItsLargestScore() {
        assertThat(Threshold.recommend(oneTo(99), 0.01).value()).isEqualTo(99);
        assertThat(Threshold.recommend(oneTo(98), 0.01).value()).isGreaterThan(98);
        assertThat(Threshold.recommend(oneTo(100), 0.01).value()).isEqualTo(100);
    }

    @Test
    void singleScoreIsItsOwnThreshold() {
        assertThat(Threshold.recommend(new double[] {3}).value()).isEqualTo(3);
    }

    @Test
    void newNormalScoresPassTheThresholdNoMoreOftenThanPromised() {
        Random random = new Random(5);
        int flagged = 0;
        int cases = 0;
        for (int trial = 0; trial < 300; trial++) {
            double[] validation = IntStream.range(0, 400)
                    .mapToDouble(i -> Math.exp(random.nextGaussian()))
                    .toArray();
            double threshold = Threshold.recommend(validation, 0.02).value();
            for (int i = 0; i < 200; i++) {
                flagged += Math.exp(random.nextGaussian()) > threshold ? 1 : 0;
                cases++;
            }
        }
        assertThat((double) flagged / cases).isBetween(0.016, 0.021);
    }

    @Test
    void noScoresAndInfiniteValuesAreRefused() {
        assertThatThrownBy(() -> Threshold.recommend(new double[0])).hasMessageContaining("needs validation scores");
        assertThatThrownBy(() -> Threshold.given(Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void adaptiveThresholdWarmsUpUntilItsWindowIsFull() {
        AdaptiveThreshold threshold = new AdaptiveThreshold(3, 2.0, null);
        assertThat(threshold.judge(1)).isInstanceOf(Verdict.WarmingUp.class);
        assertThat(threshold.judge(2)).isInstanceOf(Verdict.WarmingUp.class);
        assertThat(threshold.judge(3)).isEqualTo(new Verdict.WarmingUp(3, Double.POSITIVE_INFINITY));
        // mean 2, sample deviation 1: threshold 4
        assertThat(threshold.judge(4)).isEqualTo(new Verdict.Normal(4, 4));
    }

    @Test
    void currentScoreDoesNotCountAndAnAnomalousOneNeverWill() {
        AdaptiveThreshold threshold = new AdaptiveThreshold(3, 2.0, null);
        for (double score : oneTo(3)) {
            threshold.judge(score);
        }
        assertThat(threshold.judge(100)).isEqualTo(new Verdict.Anomalous(100, 4));
        assertThat(threshold.judge(100)).isEqualTo(new Verdict.Anomalous(100, 4));
        assertThat(threshold.judge(3)).isEqualTo(new Verdict.Normal(3, 4));
        // now 2, 3, 3
        assertThat(threshold.current()).isEqualTo(8.0 / 3 + 2 * Math.sqrt((4.0 / 9 + 1.0 / 9 + 1.0 / 9) / 2));
    }

    @Test
    void trainedThresholdStandsInWhileWarmingUp() {
        AdaptiveThreshold threshold = new AdaptiveThreshold(2, 2.5, Threshold.given(5));
        assertThat(threshold.judge(6)).isEqualTo(new Verdict.Anomalous(6, 5));
        assertThat(threshold.judge(5)).isEqualTo(new Verdict.WarmingUp(5, 5));
        assertThat(threshold.warm()).isFalse();
        threshold.judge(4);
        assertThat(threshold.warm()).isTrue();
    }

    @Test
    void theThresholdStaysBetweenTheTrainedOneAndItsBound() {
        AdaptiveThreshold threshold = new AdaptiveThreshold(2, 2.5, Threshold.given(5), 8);
        threshold.judge(1);
        threshold.judge(1);
        assertThat(threshold.current()).isEqualTo(5);
        threshold.judge(5);
        // mean 3, sample deviation 2.83: 10.07 without a bound
        assertThat(threshold.current()).isEqualTo(8);
        assertThat(new AdaptiveThreshold(2, 2.5, Threshold.given(5), 3).current())
                .isEqualTo(5);
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> new AdaptiveThreshold(1, 2.5, null)).hasMessageContaining("at least 2, but was 1");
        assertThatThrownBy(() -> new AdaptiveThreshold(2, 0, null)).hasMessageContaining("but was 0.0");
        assertThatThrownBy(() -> new AdaptiveThreshold(2, 1, null).judge(Double.NaN))
                .hasMessageContaining("NaN");
    }

    @Test
    void statisticsOfAFewScores() {
        ScoreStatistics statistics = ScoreStatistics.of(new double[] {4, 1, 3, 2});
        assertThat(statistics.mean()).isEqualTo(2.5);
        assertThat(statistics.std()).isEqualTo(Math.sqrt(5.0 / 3));
        assertThat(statistics.min()).isEqualTo(1);
        assertThat(statistics.max()).isEqualTo(4);
        assertThat(statistics.quantiles()).containsEntry(0.25, 1.75).containsEntry(0.5, 2.5);
        assertThat(statistics.toMap().toString()).contains("p99.9=").contains("p50=2.5");
    }
}
