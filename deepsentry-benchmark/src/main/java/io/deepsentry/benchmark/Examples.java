package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Distinct sequences with how often each came, in the order of first coming. Immutable. */
final class Examples {
    private final List<MessageSequence> sequences;
    private final int[] counts;

    private Examples(List<MessageSequence> sequences, int[] counts) {
        this.sequences = List.copyOf(sequences);
        this.counts = counts;
    }

    /**
     * The sequences of cases.
     *
     * @param cleanOnly whether to leave out lines after which an anomaly is still in sight
     */
    static Examples of(Corpus corpus, boolean cleanOnly, Division.Cases... parts) {
        Map<Integer, Integer> counts = new LinkedHashMap<>();
        for (Division.Cases part : parts) {
            for (int i = 0; i < part.size(); i++) {
                if (!cleanOnly || corpus.isClean(part.get(i))) {
                    counts.merge(corpus.sequenceOf(part.get(i)), 1, Integer::sum);
                }
            }
        }
        List<MessageSequence> sequences = new ArrayList<>(counts.size());
        counts.keySet().forEach(number -> sequences.add(corpus.sequence(number)));
        return new Examples(
                sequences, counts.values().stream().mapToInt(Integer::intValue).toArray());
    }

    /** How many distinct sequences there are. */
    int size() {
        return sequences.size();
    }

    int[] messages(int index) {
        return sequences.get(index).messages();
    }

    int count(int index) {
        return counts[index];
    }

    /** How many there are with repetitions. */
    int total() {
        int total = 0;
        for (int count : counts) {
            total += count;
        }
        return total;
    }

    /** In how many sequences each message occurs, with repetitions of sequences. */
    Map<Integer, Integer> documentCounts() {
        Map<Integer, Integer> found = new HashMap<>();
        for (int i = 0; i < size(); i++) {
            int count = counts[i];
            Arrays.stream(messages(i)).distinct().forEach(message -> found.merge(message, count, Integer::sum));
        }
        return found;
    }
}
