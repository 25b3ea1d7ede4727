package io.deepsentry.anomaly.report;

import io.deepsentry.anomaly.internal.vector.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lines per bucket by level, and the highest score of each. For one thread. */
final class Timeline {
    private final String name;
    private final Buckets buckets;
    private final Map<Band, int[]> lines = new EnumMap<>(Band.class);
    private final float[] scores;

    /** The levels that are told apart in a picture, the gravest first. */
    enum Band {
        ERROR,
        WARNING,
        INFO,
        DEBUG,
        NONE;

        static Band of(@Nullable String level) {
            if (level == null || level.isBlank()) {
                return NONE;
            }
            String word = level.strip().toLowerCase(Locale.ROOT);
            return switch (Severity.of(level)) {
                case HIGH -> ERROR;
                case PLAIN -> word.startsWith("w") || word.contains("warn") ? WARNING : NONE;
                case LOW ->
                    word.startsWith("d") || word.startsWith("t") || word.startsWith("v") || word.startsWith("f")
                            ? DEBUG
                            : INFO;
            };
        }

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Timeline(String name, Buckets buckets) {
        this.name = name;
        this.buckets = buckets;
        for (Band band : Band.values()) {
            lines.put(band, new int[buckets.count()]);
        }
        scores = new float[buckets.count()];
        Arrays.fill(scores, Float.NaN);
    }

    Buckets buckets() {
        return buckets;
    }

    void add(long at, Band band) {
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
