package io.deepsentry.text.internal.token;

import io.deepsentry.text.token.Vocabulary;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts words in bounded memory: when more distinct words than {@code capacity} are held, the rarest are forgotten
 * (lossy counting of Manku and Motwani, 2002), so that what names every user or file once does not fill the memory.
 */
public final class WordCounter {
    private static final int LEAST_CAPACITY = 1 << 19;

    private final int capacity;
    private final Map<String, Count> counts = new HashMap<>();
    private long forgottenBelow = 1;

    private static final class Count {
        long value;
    }

    private WordCounter(int capacity) {
        this.capacity = capacity;
    }

    /** Returns a counter from which vocabularies of this size are made. */
    public static WordCounter forVocabularyOf(int size) {
        return new WordCounter((int) Math.min(1L << 24, Math.max(LEAST_CAPACITY, 20L * size)));
    }

    /** Returns a counter that holds at most so many distinct words. */
    public static WordCounter ofCapacity(int capacity) {
        return new WordCounter(capacity);
    }

    /** Counts every token of a masked message. */
    public void add(String masked) {
        int from = 0;
        while (from < masked.length()) {
            int space = masked.indexOf(' ', from);
            int to = space < 0 ? masked.length() : space;
            counts.computeIfAbsent(masked.substring(from, to), word -> new Count()).value++;
            from = to + 1;
        }
        while (counts.size() > capacity) {
            long limit = forgottenBelow;
            counts.values().removeIf(count -> count.value <= limit);
            forgottenBelow++;
        }
    }

    /** Returns the vocabulary, the most frequent words first, equals in alphabetical order. */
    public Vocabulary vocabulary(int minCount, int maxSize) {
        List<String> words = counts.entrySet().stream()
                .filter(entry -> entry.getValue().value >= minCount)
                .sorted(Comparator.<Map.Entry<String, Count>>comparingLong(entry -> -entry.getValue().value)
                        .thenComparing(Map.Entry::getKey))
                .limit(Math.max(0, maxSize - 2))
                .map(Map.Entry::getKey)
                .filter(word -> !word.equals(Vocabulary.PAD_WORD) && !word.equals(Vocabulary.UNKNOWN_WORD))
                .toList();
        return Vocabulary.ofWords(words);
    }
}
