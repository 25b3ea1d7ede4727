package io.deepsentry.benchmark;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each message occurs in a sequence, as a vector: one place for each of the messages that most training
 * sequences have, and a last one for all others. Immutable.
 */
final class Counts {
    private static final int MAX_MESSAGES = 500;

    private final Map<Integer, Integer> places = new HashMap<>();

    private Counts(List<Integer> messages) {
        messages.forEach(message -> places.put(message, places.size()));
    }

    /** Vectors with the places that the examples call for. */
    static Counts of(Examples examples) {
        return new Counts(examples.documentCounts().entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_MESSAGES)
                .map(Map.Entry::getKey)
                .toList());
    }

    /** The length of a vector, at least 1. */
    int dimension() {
        return places.size() + 1;
    }

    int[] of(int[] messages) {
        int[] counts = new int[dimension()];
        for (int message : messages) {
            counts[places.getOrDefault(message, places.size())]++;
        }
        return counts;
    }

    /** The sum of the differences, all taken as positive. */
    static int distance(int[] a, int[] b) {
        int distance = 0;
        for (int i = 0; i < a.length; i++) {
            distance += Math.abs(a[i] - b[i]);
        }
        return distance;
    }
}
