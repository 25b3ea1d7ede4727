package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The distance from a sequence's counts to the nearest counts of training: how many messages there are too many or too
 * few.
 */
final class NearestCounts implements SequenceModel {
    /** Of more different count vectors than this, those that came first are compared with. */
    private static final int MAX_KNOWN = 4_000;

    private final Counts counts;
    private final List<int[]> known = new ArrayList<>();

    private NearestCounts(Counts counts) {
        this.counts = counts;
    }

    static NearestCounts learn(Examples examples) {
        NearestCounts model = new NearestCounts(Counts.of(examples));
        Set<MessageSequence> seen = new HashSet<>();
        for (int i = 0; i < examples.size() && seen.size() < MAX_KNOWN; i++) {
            int[] vector = model.counts.of(examples.messages(i));
            if (seen.add(new MessageSequence(vector))) {
                model.known.add(vector);
            }
        }
        return model;
    }

    @Override
    public double score(int[] messages) {
        int[] vector = counts.of(messages);
        int least = Integer.MAX_VALUE;
        for (int[] other : known) {
            least = Math.min(least, Counts.distance(vector, other));
        }
        return least;
    }
}
