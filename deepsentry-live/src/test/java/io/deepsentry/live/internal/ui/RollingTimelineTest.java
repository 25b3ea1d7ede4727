package io.deepsentry.live.internal.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.report.LevelBand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RollingTimelineTest {
    private final RollingTimeline line = new RollingTimeline("hour", 10, 100);

    private static int[] counts(Map<String, Object> map, String band) {
        return (int[]) Objects.requireNonNull(bands(map).get(band), band);
    }

    private static Map<?, ?> bands(Map<String, Object> map) {
        return (Map<?, ?>) Objects.requireNonNull(map.get("lines"), "lines");
    }

    private static int sum(Map<String, Object> map, String band) {
        return Arrays.stream(counts(map, band)).sum();
    }

    @Test
    void keepsTheNewestStretchesAndForgetsOlderOnes() {
        for (int at = 0; at < 2_000; at += 10) {
            line.add(at, LevelBand.INFO, 1);
        }
        line.add(990, LevelBand.ERROR, 9);
        Map<String, Object> before = line.toMap(1_999);
        line.add(1_000, LevelBand.ERROR, 9);
        Map<String, Object> map = line.toMap(1_999);

        assertThat(bands(before).get("error")).as("just too old").isNull();
        assertThat(map).containsEntry("start", 1_000L).containsEntry("step", 10L);
        assertThat(counts(map, "info")).hasSize(100).containsOnly(1);
        assertThat(counts(map, "error")).startsWith(1, 0);
        assertThat((List<?>) map.get("scores")).first().isEqualTo(9.0);
    }

    @Test
    void aGapHoldsNothingOfWhatWasThereBefore() {
        line.add(500, LevelBand.INFO, 1);
        line.add(1_490, LevelBand.INFO, 1);
        assertThat(sum(line.toMap(1_490), "info")).isEqualTo(2);
        line.add(1_500, LevelBand.INFO, 1);
        assertThat(sum(line.toMap(1_500), "info")).isEqualTo(2);
        line.add(900_000, LevelBand.INFO, 1);
        assertThat(sum(line.toMap(900_000), "info")).isEqualTo(1);
    }

    @Test
    void endsNowWhileLinesAreRecentAndAtItsLastLineWhereTheyAreOld() {
        line.add(5_000, LevelBand.NONE, Double.NaN);

        assertThat(counts(line.toMap(5_300), "none")).hasSize(60).endsWith(0, 0);
        assertThat(counts(line.toMap(900_000), "none")).hasSize(60).endsWith(0, 1);
        assertThat((List<?>) line.toMap(5_000).get("scores")).containsOnlyNulls();
    }

    @Test
    void showsAnEmptyPictureBeforeTheFirstLine() {
        assertThat(bands(line.toMap(5_000))).isEmpty();
        assertThat((List<?>) line.toMap(5_000).get("scores")).hasSize(60);
    }
}
