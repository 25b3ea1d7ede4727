package io.deepsentry.anomaly.internal.evidence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How strong the findings were that a log's own past would have given, by how often what they are of had come. Each
 * identity counts once, with its strongest. For one thread.
 */
final class Calibration {
    /** Supports of 5 to 15, 16 to 63, and 64 on. */
    static final int BINS = 3;

    private static final int MOST = 50_000;
    /** What comes may be so much stronger than what came. */
    private static final double MARGIN = 1.3;

    private final List<Map<Long, Double>> strongest = new ArrayList<>();

    Calibration() {
        for (int bin = 0; bin < BINS; bin++) {
            strongest.add(new HashMap<>());
        }
    }

    static int bin(long support) {
        return support < 16 ? 0 : support < 64 ? 1 : 2;
    }

    void saw(long identity, long support, double strength) {
        Map<Long, Double> bin = strongest.get(bin(support));
        if (bin.size() < MOST || bin.containsKey(identity)) {
            bin.merge(identity, strength, Math::max);
        }
    }

    /** A limit for each bin, at least {@code least}, over which the past would have given so many findings at most. */
    double[] limits(double least, int allowed) {
        double[] limits = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            limits[bin] = Math.max(least, limit(strongest(bin), allowed));
        }
        return limits;
    }

    /**
     * Limits likewise, each no higher than the strengths above 0 would have it if they fell off exponentially, as
     * excesses over a high value do (Pickands, 1975). One record of the past then decides only where others are near.
     *
     * @param allowed how many findings the past may have given; less than 1 where it is short
     */
    double[] limitsByTail(double least, double allowed) {
        double[] limits = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            List<Double> all = strongest(bin);
            double limit = limit(all, (int) allowed);
            if (all.size() > 1 && allowed > 0) {
                double mean =
                        all.stream().mapToDouble(strength -> strength).average().orElseThrow();
                limit = Math.min(limit, mean * Math.log(Math.max(1, all.size() / allowed)));
            }
            limits[bin] = Math.max(least, limit);
        }
        return limits;
    }

    private static double limit(List<Double> all, int allowed) {
        return all.size() > allowed ? MARGIN * all.get(allowed) : 0;
    }

    /** The strength of each identity with so much support or more, the strongest first. */
    private List<Double> strongest(int bin) {
        Map<Long, Double> ofIdentities = new HashMap<>();
        for (int other = bin; other < BINS; other++) {
            strongest.get(other).forEach((identity, strength) -> ofIdentities.merge(identity, strength, Math::max));
        }
        List<Double> all = new ArrayList<>(ofIdentities.values());
        all.sort(Collections.reverseOrder());
        return all;
    }
}
