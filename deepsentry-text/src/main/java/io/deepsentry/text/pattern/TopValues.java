package io.deepsentry.text.pattern;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The most frequent of many values in bounded memory: the algorithm SpaceSaving (Metwally, Agrawal, El Abbadi 2005).
 * Every value with more than a {@value #MOST}th of the lines is among them. One thread at a time.
 */
final class TopValues {
    /** The most values of a place that are held. */
    static final int MOST = 32;
    /** Values that are held whatever the budget says. */
    private static final int FEW = 4;

    private final Map<String, Counter> counters = new HashMap<>(4);
    private boolean replaced;

    private static final class Counter {
        private long count;
        /** How much of the count may belong to values that were replaced. */
        private long surplus;
    }

    /** What all places together may hold. */
    static final class Budget {
        private int left;

        Budget(int values) {
            left = values;
        }

        private boolean take() {
            return left > 0 && left-- > 0;
        }
    }

    void add(String value, long times, Budget budget) {
        add(value, times, 0, budget);
    }

    private void add(String value, long times, long surplus, Budget budget) {
        Counter counter = counters.get(value);
        if (counter == null) {
            counter = new Counter();
            int held = counters.size();
            if (held >= FEW && (held >= MOST || !budget.take())) {
                Map.Entry<String, Counter> least = least();
                counters.remove(least.getKey());
                counter.count = least.getValue().count;
                counter.surplus = counter.count;
                replaced = true;
            }
            counters.put(value, counter);
        }
        counter.count += times;
        counter.surplus += surplus;
    }

    private Map.Entry<String, Counter> least() {
        Map.Entry<String, Counter> least = null;
        for (Map.Entry<String, Counter> entry : counters.entrySet()) {
            if (least == null || entry.getValue().count < least.getValue().count) {
                least = entry;
            }
        }
        if (least == null) {
            throw new IllegalStateException("a full counter holds values");
        }
        return least;
    }

    void addAll(TopValues other, Budget budget) {
        other.counters.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Counter> entry) -> -entry.getValue().count)
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> add(entry.getKey(), entry.getValue().count, entry.getValue().surplus, budget));
        replaced |= other.replaced;
    }

    /** Whether no value was left out. */
    boolean isComplete() {
        return !replaced;
    }

    /** The values by the number of lines that they certainly had, the most frequent first. */
    List<ValueCount> top() {
        return counters.entrySet().stream()
                .map(entry -> new ValueCount(entry.getKey(), entry.getValue().count - entry.getValue().surplus))
                .filter(value -> value.count() > 0)
                .sorted(Comparator.comparingLong((ValueCount value) -> -value.count())
                        .thenComparing(ValueCount::value))
                .toList();
    }
}
