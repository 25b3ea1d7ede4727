package io.deepsentry.text.token;

import java.util.Map;

/** Words with a number each, found in a part of a text without making a string of it; ASCII letters match in any case. */
final class WordTable {
    private final String[] words;
    private final int[] values;
    private final int mask;
    /** By the last five bits of its first character, the lengths of words as bits. */
    private final long[] lengths = new long[32];

    WordTable(Map<String, Integer> entries) {
        int size = Integer.highestOneBit(Math.max(8, entries.size() * 3)) * 2;
        words = new String[size];
        values = new int[size];
        mask = size - 1;
        for (Map.Entry<String, Integer> entry : entries.entrySet()) {
            String word = entry.getKey();
            int slot = spread(hash(word, 0, word.length())) & mask;
            while (words[slot] != null) {
                slot = (slot + 1) & mask;
            }
            words[slot] = word;
            values[slot] = entry.getValue();
            lengths[word.charAt(0) & 31] |= 1L << word.length();
        }
    }

    /** Returns the number of the word at {@code [from, to)}, or 0. */
    int get(String s, int from, int to) {
        int length = to - from;
        if (length <= 0 || length > 63 || (lengths[s.charAt(from) & 31] >> length & 1) == 0) {
            return 0;
        }
        int slot = spread(hash(s, from, to)) & mask;
        while (true) {
            String word = words[slot];
            if (word == null) {
                return 0;
            }
            if (word.length() == length && matches(word, s, from)) {
                return values[slot];
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean matches(String word, String s, int from) {
        for (int k = 0; k < word.length(); k++) {
            if (word.charAt(k) != lower(s.charAt(from + k))) {
                return false;
            }
        }
        return true;
    }

    private static int hash(String s, int from, int to) {
        int hash = 0;
        for (int k = from; k < to; k++) {
            hash = 31 * hash + lower(s.charAt(k));
        }
        return hash;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 15) ^ (hash >>> 7);
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
}
