package io.deepsentry.text.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitSizesTest {
    @Test
    void takesTheFirstForTrainingThenForValidationThenForTest() {
        SplitSizes sizes = SplitSizes.of(100, 0.8, 0.2);
        assertThat(sizes).isEqualTo(new SplitSizes(64, 16, 20));
        assertThat(sizes.of(63)).isEqualTo(Split.TRAIN);
        assertThat(sizes.of(64)).isEqualTo(Split.VAL);
        assertThat(sizes.of(79)).isEqualTo(Split.VAL);
        assertThat(sizes.of(80)).isEqualTo(Split.TEST);
    }

    @Test
    void noPartIsEmptyFromThreeUnitsOn() {
        for (long n = 3; n < 50; n++) {
            for (double fraction : new double[] {0.01, 0.5, 0.99}) {
                for (double validation : new double[] {0.01, 0.5, 0.99}) {
                    SplitSizes sizes = SplitSizes.of(n, fraction, validation);
                    assertThat(sizes.train()).isPositive();
                    assertThat(sizes.val()).isPositive();
                    assertThat(sizes.test()).isPositive();
                    assertThat(sizes.total()).isEqualTo(n);
                }
            }
        }
    }

    @Test
    void fewerThanThreeUnitsAreNotEnoughForAll() {
        assertThat(SplitSizes.of(0, 0.8, 0.2).total()).isZero();
        assertThat(SplitSizes.of(1, 0.8, 0.2).val()).isZero();
        assertThat(SplitSizes.of(2, 0.8, 0.2)).isEqualTo(new SplitSizes(1, 1, 0));
    }

    @Test
    void aFractionOfOneLeavesNoTestPart() {
        assertThat(SplitSizes.of(10, 1, 0.2)).isEqualTo(new SplitSizes(8, 2, 0));
    }
}
