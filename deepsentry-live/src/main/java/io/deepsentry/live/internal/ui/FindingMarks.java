package io.deepsentry.live.internal.ui;

import io.deepsentry.anomaly.finding.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When each finding occurred, from snapshots that only say how often and when last. At most {@value #MOST} stretches of
 * time are kept of each: they get longer where there are more. For one thread.
 */
final class FindingMarks {
    private static final int MOST = 64;
    private static final long STEP = 10_000;

    private final Map<String, Marks> byId = new HashMap<>();

    private static final class Marks {
        private TreeMap<Long, Long> counts = new TreeMap<>();
        private long counted;
        private long step = STEP;

        void add(long at, long count) {
            counts.merge(Math.floorDiv(at, step) * step, count, Long::sum);
            while (counts.size() > MOST) {
                step *= 2;
                TreeMap<Long, Long> coarser = new TreeMap<>();
                counts.forEach((place, each) -> coarser.merge(Math.floorDiv(place, step) * step, each, Long::sum));
                counts = coarser;
            }
        }
    }

    /** Takes the findings as they are now; others are forgotten. */
    void update(List<Finding> findings, long now) {
        Set<String> ids = new HashSet<>();
        for (Finding finding : findings) {
            ids.add(finding.id());
            Marks marks = byId.computeIfAbsent(finding.id(), unused -> new Marks());
            long more = finding.count() - marks.counted;
            if (more <= 0) {
                continue;
            }
            if (marks.counted == 0 && finding.firstSeen() != null) {
                marks.add(millis(finding.firstSeen(), now), 1);
                more--;
            }
            if (more > 0) {
                marks.add(millis(finding.lastSeen(), now), more);
            }
            marks.counted = finding.count();
        }
        byId.keySet().retainAll(ids);
    }

    private static long millis(@Nullable Instant time, long now) {
        return time == null ? now : Math.min(now, time.toEpochMilli());
    }

    /** Returns pairs of a time and a count. */
    List<Long> of(String id) {
        List<Long> pairs = new ArrayList<>();
        Marks marks = byId.get(id);
        if (marks != null) {
            marks.counts.forEach((place, count) -> {
                pairs.add(place + marks.step / 2);
                pairs.add(count);
            });
        }
        return pairs;
    }
}
