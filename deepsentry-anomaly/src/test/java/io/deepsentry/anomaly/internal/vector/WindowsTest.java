package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final int[] SEQUENCE = Windows.sequence(new int[] {7, 8, 9});

    @Test
    void aSessionIsWrappedInMarkers() {
        assertThat(SEQUENCE).containsExactly(Windows.BEGIN, 7, 8, 9, Windows.END);
    }

    @Test
    void aWindowEndsAtItsRowAndIsFilledUpWhereTheSessionIsYoung() {
        assertThat(Windows.endingAt(SEQUENCE, 1, 4))
                .containsExactly(Windows.BEGIN, 7, Windows.PADDING, Windows.PADDING);
        assertThat(Windows.endingAt(SEQUENCE, 3, 4)).containsExactly(Windows.BEGIN, 7, 8, 9);
        assertThat(Windows.endingAt(SEQUENCE, 4, 4)).containsExactly(7, 8, 9, Windows.END);
        assertThat(Windows.rows(Windows.endingAt(SEQUENCE, 1, 4))).isEqualTo(2);
        assertThat(Windows.rows(Windows.endingAt(SEQUENCE, 4, 4))).isEqualTo(4);
    }

    @Test
    void markersAreAtARightAngle() {
        float[] begin = Windows.begin(128, 0.5F);
        float[] end = Windows.end(128, 0.5F);
        double product = 0;
        for (int i = 0; i < 128; i++) {
            assertThat(Math.abs(begin[i])).isEqualTo(0.5F);
            assertThat(Math.abs(end[i])).isEqualTo(0.5F);
            product += begin[i] * end[i];
        }
        assertThat(product).isZero();
    }

    @Test
    void windowsAreCountedAndBeyondTheLimitASampleStandsForTheRest() {
        WindowCounts counts = new WindowCounts(2, 8);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 8; i++) {
                counts.add(new int[] {i, i}, true);
            }
        }
        assertThat(counts.size()).isEqualTo(8);
        for (int i = 0; i < 1000; i++) {
            counts.add(new int[] {i, -i - 1}, false);
        }
        assertThat(counts.total()).isEqualTo(1024);
        assertThat(counts.size()).isEqualTo(9);
        double weight = 0;
        for (int i = 0; i < counts.size(); i++) {
            weight += counts.weight(i);
        }
        assertThat(weight).isEqualTo(1024);
        assertThat(counts.weight(0)).isEqualTo(3);
        assertThat(counts.window(3)).containsExactly(3, 3);
        assertThat(counts.learnAll(3)).isTrue();
        assertThat(counts.learnAll(8)).isFalse();
        assertThat(counts.window(8)[1]).isNegative();
    }
}
