package io.deepsentry.anomaly.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lines per bucket by level, and the highest score of each. For one thread. */
final class Timeline {
    private final String name;
    private final Buckets buckets;
    private final Map<LevelBand, int[]> lines = new EnumMap<>(LevelBand.class);
    private final float[] scores;

    Timeline(String name, Buckets buckets) {
        this.name = name;
        this.buckets = buckets;
        for (LevelBand band : LevelBand.values()) {
            lines.put(band, new int[buckets.count()]);
        }
        scores = new float[buckets.count()];
        Arrays.fill(scores, Float.NaN);
    }

    Buckets buckets() {
        return buckets;
    }

    void add(long at, LevelBand band) {
        int bucket = buckets.of(at);
        if (bucket >= 0) {
            Objects.requireNonNull(lines.get(band))[bucket]++;
        }
    }

    void score(long at, double score) {
        int bucket = buckets.of(at);
        if (bucket >= 0 && !(scores[bucket] >= score)) {
            scores[bucket] = (float) score;
        }
    }

    /** Returns the timeline as the page reads it: only levels that occur. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("start", buckets.start());
        map.put("step", buckets.step());
        Map<String, Object> bands = new LinkedHashMap<>();
        lines.forEach((band, counts) -> {
            if (Arrays.stream(counts).anyMatch(count -> count > 0)) {
                bands.put(band.key(), counts);
            }
        });
        map.put("lines", bands);
        List<@Nullable Double> rounded = new ArrayList<>();
        for (float score : scores) {
            rounded.add(Float.isNaN(score) ? null : (Double) (Math.round(score * 100.0) / 100.0));
        }
        map.put("scores", rounded);
        return map;
    }
}
