package io.deepsentry.anomaly.internal.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.ConfigException;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AlarmBudgetTest {
    private static final double CASES_PER_DAY = 10_000;

    private static double[] draw(int count, Random random, ToDoubleFunction<Random> score) {
        return IntStream.range(0, count)
                .mapToDouble(i -> score.applyAsDouble(random))
                .toArray();
    }

    /** The share of normal cases above the threshold that a few hundred of them gave, in the mean of many trials. */
    private static double achieved(ToDoubleFunction<Random> score, double alarmsPerDay, int validation) {
        Random random = new Random(7);
        double[] fresh = draw(200_000, random, score);
        double flagged = 0;
        int trials = 60;
        for (int trial = 0; trial < trials; trial++) {
            double threshold = new AlarmBudget(draw(validation, random, score), CASES_PER_DAY)
                    .threshold(alarmsPerDay)
                    .value();
            for (double each : fresh) {
                flagged += each > threshold ? 1 : 0;
            }
        }
        return flagged / fresh.length / trials * CASES_PER_DAY;
    }

    @Test
    void aBudgetThatManyScoresSupportIsKept() {
        assertThat(achieved(Random::nextDouble, 500, 1000)).isBetween(400.0, 600.0);
        AlarmBudget budget =
                new AlarmBudget(IntStream.rangeClosed(1, 100).asDoubleStream().toArray(), 100);
        assertThat(budget.threshold(10).value()).isEqualTo(90);
        assertThat(budget.threshold(100).value()).as("all may be flagged").isLessThan(1);
    }

    @Test
    void aBudgetBeyondTheScoresIsKeptByTheTail() {
        assertThat(achieved(random -> -Math.log(random.nextDouble()), 10, 500)).isBetween(4.0, 20.0);
        assertThat(achieved(random -> Math.abs(random.nextGaussian()), 10, 500)).isLessThan(20);
        assertThat(achieved(random -> Math.pow(random.nextDouble(), -0.3), 10, 500))
                .isBetween(4.0, 25.0);
    }

    @Test
    void aSmallerBudgetIsAHigherThreshold() {
        AlarmBudget budget = new AlarmBudget(draw(400, new Random(3), Random::nextGaussian), CASES_PER_DAY);
        double before = Double.NEGATIVE_INFINITY;
        for (double alarms : new double[] {10_000, 1000, 300, 250, 100, 10, 1, 0.1}) {
            double value = budget.threshold(alarms).value();
            assertThat(value).isGreaterThan(before);
            before = value;
        }
    }

    @Test
    void equalScoresAreTheirOwnThreshold() {
        assertThat(new AlarmBudget(new double[50], CASES_PER_DAY).threshold(1).value())
                .isZero();
    }

    @Test
    void withoutValidationOrTimesThereIsNoBudget() {
        assertThatThrownBy(() -> new AlarmBudget(new double[19], CASES_PER_DAY).threshold(1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("20 or more validation cases")
                .hasMessageContaining("19");
        assertThatThrownBy(() -> new AlarmBudget(new double[100], 0).threshold(1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("without times");
    }
}
