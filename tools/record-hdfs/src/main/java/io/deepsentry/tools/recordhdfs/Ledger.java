package io.deepsentry.tools.recordhdfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was done to which block, kept by those who do it and never read from the recorded log. A block is normal only if
 * nothing was done to it and nothing that was done elsewhere can have reached it; whatever is in doubt is left out,
 * with its reason. Thread-safe.
 */
final class Ledger {

    /** Time around a stop in which what happens to a block may have to do with it. */
    private static final long BEFORE_MILLIS = 500;

    private static final long AFTER_MILLIS = 4_000;

    /** Blocks placed on one stopped DataNode that are kept. */
    private static final int PLACED_PER_STOP = 3;

    /** Why a block is neither normal nor anomalous. */
    enum Doubt {
        /** A fault was aimed at it, but nobody noticed it. */
        UNNOTICED,
        /** It was used while a DataNode that holds it was stopped. */
        NEAR_STOPPED_NODE,
        /** Its client met an error that nobody meant. */
        CLIENT_ERROR,
        /**
         * It was placed on a stopped DataNode as others before it, and too many alike would outweigh the other faults.
         */
        SURPLUS,
        /** It belongs to no file of the plan: given up by a client for another reason than a stopped DataNode. */
        UNKNOWN
    }

    private record Stop(String node, long from, long to) {}

    private record Use(long from, long to, List<String> nodes, boolean anyNode) {}

    private final List<Stop> stops = new ArrayList<>();
    private final Map<Long, List<Use>> uses = new TreeMap<>();
    private final Map<Long, Fault> anomalies = new TreeMap<>();
    private final Map<Long, Doubt> doubts = new TreeMap<>();
    private final Map<Long, Long> givenUp = new TreeMap<>();

    /** A DataNode was down from the one time until it was up again. */
    synchronized void stopped(String node, long from, long to) {
        stops.add(new Stop(node, from, to));
    }

    /**
     * Somebody did something with a block.
     *
     * @param nodes the DataNodes it was done on
     * @param anyNode whether further DataNodes may have had a part in it
     */
    synchronized void used(long block, long from, long to, List<String> nodes, boolean anyNode) {
        uses.computeIfAbsent(block, id -> new ArrayList<>()).add(new Use(from, to, List.copyOf(nodes), anyNode));
    }

    /** The fault was injected and its effect confirmed. */
    synchronized void confirmed(long block, Fault fault) {
        anomalies.putIfAbsent(block, fault);
    }

    synchronized void doubted(long block, Doubt doubt) {
        doubts.putIfAbsent(block, doubt);
    }

    /** A client abandoned a block right after it was allocated. */
    synchronized void givenUp(long block, long when) {
        givenUp.put(block, when);
    }

    /** The judgement over all blocks; whatever is in neither map belongs to no file of the plan. */
    record Judgement(List<Long> normal, Map<Long, Fault> anomalous, Map<Long, Doubt> doubtful) {}

    synchronized Judgement judge() {
        Map<Long, Fault> anomalous = new TreeMap<>(anomalies);
        Map<Long, Doubt> doubtful = new TreeMap<>(doubts);
        for (Stop stop : stops) {
            judgePlaced(stop, anomalous, doubtful);
        }
        uses.forEach((block, list) -> {
            if (list.stream().anyMatch(this::nearStop)) {
                doubtful.putIfAbsent(block, Doubt.NEAR_STOPPED_NODE);
            }
        });
        doubtful.keySet().removeAll(anomalous.keySet());
        List<Long> normal = uses.keySet().stream()
                .filter(block -> !anomalous.containsKey(block) && !doubtful.containsKey(block))
                .toList();
        return new Judgement(normal, anomalous, doubtful);
    }

    private void judgePlaced(Stop stop, Map<Long, Fault> anomalous, Map<Long, Doubt> doubtful) {
        List<Long> placed = givenUp.entrySet().stream()
                .filter(one -> one.getValue() >= stop.from() && one.getValue() <= stop.to() + AFTER_MILLIS)
                .map(Map.Entry::getKey)
                .filter(block -> !anomalous.containsKey(block))
                .toList();
        for (int i = 0; i < placed.size(); i++) {
            if (i < PLACED_PER_STOP) {
                anomalous.put(placed.get(i), Fault.PLACED_ON_STOPPED);
            } else {
                doubtful.putIfAbsent(placed.get(i), Doubt.SURPLUS);
            }
        }
    }

    private boolean nearStop(Use use) {
        return stops.stream()
                .anyMatch(stop -> use.to() >= stop.from() - BEFORE_MILLIS
                        && use.from() <= stop.to() + AFTER_MILLIS
                        && (use.anyNode() || use.nodes().contains(stop.node())));
    }
}
