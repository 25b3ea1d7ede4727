package io.deepsentry.live.internal.ui;

import io.deepsentry.anomaly.report.LevelBand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lines by level and the highest score in each of the latest stretches of time, in constant memory. For one thread. */
final class RollingTimeline {
    /** Fewer look lost in a picture. */
    private static final int LEAST = 60;

    private final String name;
    private final long step;
    private final int size;
    /** A ring: the stretch with the number n is at n modulo its size. */
    private final Map<LevelBand, int[]> lines = new EnumMap<>(LevelBand.class);

    private final float[] scores;
    private long first = Long.MAX_VALUE;
    private long newest = Long.MIN_VALUE;

    /**
     * @param step milliseconds
     * @param size how many stretches are kept
     */
    RollingTimeline(String name, long step, int size) {
        this.name = name;
        this.step = step;
        this.size = size;
        for (LevelBand band : LevelBand.values()) {
            lines.put(band, new int[size]);
        }
        scores = new float[size];
        Arrays.fill(scores, Float.NaN);
    }

    /** Counts a line; one older than what is kept is left out. */
    void add(long at, LevelBand band, double score) {
        long number = Math.floorDiv(at, step);
        advance(number);
        if (number <= newest - size) {
            return;
        }
        first = Math.min(first, number);
        int place = Math.floorMod(number, size);
        Objects.requireNonNull(lines.get(band))[place]++;
        if (!(scores[place] >= score)) {
            scores[place] = (float) score;
        }
    }

    private void advance(long number) {
        if (number <= newest) {
            return;
        }
        long from = newest == Long.MIN_VALUE ? number - size : Math.max(newest, number - size);
        for (long each = from + 1; each <= number; each++) {
            int place = Math.floorMod(each, size);
            lines.values().forEach(counts -> counts[place] = 0);
            scores[place] = Float.NaN;
        }
        newest = number;
    }

    /**
     * Returns it as the page reads it: only levels that occur.
     *
     * @param now the right end, unless the lines are older than all that is kept
     */
    Map<String, Object> toMap(long now) {
        long end = newest;
        if (newest == Long.MIN_VALUE || now / step - newest < size) {
            end = Math.max(newest, Math.floorDiv(now, step));
        }
        long start = Math.min(Math.max(first, end - size + 1), end - LEAST + 1);
        int count = (int) (end - start + 1);
        Map<String, Object> bands = new LinkedHashMap<>();
        lines.forEach((band, kept) -> {
            int[] counts = new int[count];
            for (int i = 0; i < count; i++) {
                counts[i] = isKept(start + i) ? kept[Math.floorMod(start + i, size)] : 0;
            }
            if (Arrays.stream(counts).anyMatch(each -> each > 0)) {
                bands.put(band.key(), counts);
            }
        });
        List<@Nullable Double> highest = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float score = isKept(start + i) ? scores[Math.floorMod(start + i, size)] : Float.NaN;
            highest.add(Float.isNaN(score) ? null : (Double) (Math.round(score * 100.0) / 100.0));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("start", start * step);
        map.put("step", step);
        map.put("lines", bands);
        map.put("scores", highest);
        return map;
    }

    private boolean isKept(long number) {
        return number <= newest && number > newest - size;
    }
}
