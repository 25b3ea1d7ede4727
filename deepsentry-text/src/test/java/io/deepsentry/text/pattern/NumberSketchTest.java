package io.deepsentry.text.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberSketchTest {
    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 1, 1e12})
    void quantilesAreOffByThreePercentAtMost(double scale) {
        Random random = new Random(5);
        double[] numbers =
                random.doubles(10_001).map(x -> scale * Math.exp(4 * x)).toArray();
        NumberSketch one = new NumberSketch();
        NumberSketch other = new NumberSketch();
        for (int i = 0; i < numbers.length; i++) {
            (i % 3 == 0 ? one : other).add(numbers[i], 1, i);
        }
        one.addAll(other);
        Arrays.sort(numbers);

        NumberRange range = Objects.requireNonNull(one.range());
        assertThat(range.count()).isEqualTo(numbers.length);
        assertThat(range.min()).isEqualTo(numbers[0]);
        assertThat(range.max()).isEqualTo(numbers[numbers.length - 1]);
        assertThat(range.median()).isCloseTo(numbers[5000], withinPercentage(3));
        assertThat(range.p99()).isCloseTo(numbers[9900], withinPercentage(3));
    }

    @Test
    void zeroNegativeHugeAndInfiniteNumbersHaveTheirPlace() {
        NumberSketch sketch = new NumberSketch();
        for (double number : new double[] {
            -Double.MAX_VALUE,
            -3,
            -1e-300,
            0,
            1e-300,
            5,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY
        }) {
            sketch.add(number, 1, 0);
        }

        assertThat(sketch.count()).isEqualTo(9);
        assertThat(sketch.above(4)).isEqualTo(3);
        assertThat(sketch.below(-2)).isEqualTo(3);
        assertThat(sketch.below(0)).isEqualTo(4);
    }

    @Test
    void numbersThatGrowHaveATrendAlsoPutTogetherFromParts() {
        Random random = new Random(1);
        NumberSketch[] counters = {new NumberSketch(), new NumberSketch(), new NumberSketch()};
        NumberSketch noise = new NumberSketch();
        for (int i = 0; i < 1000; i++) {
            counters[random.nextInt(3)].add(1.7e12 + i, 1, i);
            noise.add(random.nextInt(1000), 1, i);
        }
        NumberSketch all = new NumberSketch();
        for (NumberSketch part : counters) {
            all.addAll(part);
        }

        assertThat(all.trend()).isGreaterThan(0.999);
        assertThat(noise.trend()).isBetween(-0.2, 0.2);
        assertThat(new NumberSketch().trend()).isZero();
    }
}
