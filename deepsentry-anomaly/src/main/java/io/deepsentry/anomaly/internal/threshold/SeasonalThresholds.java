package io.deepsentry.anomaly.internal.threshold;

import io.deepsentry.anomaly.threshold.Threshold;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Thresholds by hour of the day, or by day of the week and hour, in a time zone. The global threshold applies to an
 * hour with too few normal scores, and to cases without a time.
 *
 * <p>The hour is local time: the extra hour at the end of daylight saving time counts with its namesake. Immutable,
 * safe for use by several threads.
 */
public final class SeasonalThresholds {
    /** The least number of normal scores for an hour to have a threshold of its own. */
    static final int LEAST_SCORES = 50;

    private final ZoneId zone;
    private final boolean weekly;
    private final Threshold global;
    private final Map<Integer, Threshold> buckets;

    private SeasonalThresholds(ZoneId zone, boolean weekly, Threshold global, Map<Integer, Threshold> buckets) {
        this.zone = zone;
        this.weekly = weekly;
        this.global = global;
        this.buckets = buckets;
    }

    /**
     * Learns the thresholds.
     *
     * @param normal the scores of normal data; those without a time are ignored
     * @param weekly whether each day of the week has hours of its own
     * @param rule how a threshold follows from the scores of an hour
     * @param global the threshold for hours with too few scores
     */
    public static SeasonalThresholds learn(
            ValidationScores normal, ZoneId zone, boolean weekly, ThresholdRule rule, Threshold global) {
        Map<Integer, List<Double>> scores = new TreeMap<>();
        for (ValidationScores.Scored scored : normal.scores()) {
            if (scored.time() != null) {
                scores.computeIfAbsent(bucket(scored.time(), zone, weekly), unused -> new ArrayList<>())
                        .add(scored.score());
            }
        }
        Map<Integer, Threshold> thresholds = new TreeMap<>();
        scores.forEach((bucket, values) -> {
            if (values.size() >= LEAST_SCORES) {
                thresholds.put(
                        bucket,
                        rule.of(values.stream().mapToDouble(Double::doubleValue).toArray()));
            }
        });
        return new SeasonalThresholds(zone, weekly, global, thresholds);
    }

    private static int bucket(Instant time, ZoneId zone, boolean weekly) {
        ZonedDateTime local = time.atZone(zone);
        return (weekly ? (local.getDayOfWeek().getValue() - 1) * 24 : 0) + local.getHour();
    }

    /** Returns the threshold at a time. */
    public Threshold at(@Nullable Instant time) {
        return time == null ? global : buckets.getOrDefault(bucket(time, zone, weekly), global);
    }

    /** Returns the number of hours with a threshold of their own. */
    public int size() {
        return buckets.size();
    }

    /**
     * Returns the thresholds under their names in {@code threshold.json}: hours as {@code 07}, with days {@code monday
     * 07}.
     */
    public Map<String, Object> toMap() {
        Map<String, Object> hours = new LinkedHashMap<>();
        buckets.forEach((bucket, threshold) -> hours.put(name(bucket), threshold.toMap()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("time_zone", zone.getId());
        map.put("weekly", weekly);
        map.put("least_scores", LEAST_SCORES);
        map.put("hours", hours);
        return map;
    }

    private String name(int bucket) {
        String hour = String.format(Locale.ROOT, "%02d", bucket % 24);
        return weekly ? DayOfWeek.of(bucket / 24 + 1).name().toLowerCase(Locale.ROOT) + " " + hour : hour;
    }
}
