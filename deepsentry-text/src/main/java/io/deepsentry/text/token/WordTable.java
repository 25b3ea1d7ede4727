package io.deepsentry.text.token;

import java.util.Arrays;
import java.util.Map;

/**
 * Words with a number each, found in a part of a text without making a string of it; ASCII letters match in any case.
 */
final class WordTable {
    private static final char[] NONE = {};

    private final char[][] words;
    private final int[] values;
    private final int mask;
    /** By the last five bits of its first character, the lengths of words as bits. */
    private final long[] lengths = new long[32];

    WordTable(Map<String, Integer> entries) {
        int size = Integer.highestOneBit(Math.max(8, entries.size() * 3)) * 2;
        words = new char[size][];
        Arrays.fill(words, NONE);
        values = new int[size];
        mask = size - 1;
        entries.forEach((word, value) -> add(word.toCharArray(), value));
    }

    private void add(char[] word, int value) {
        int slot = hash(word, 0, word.length) & mask;
        while (words[slot].length > 0) {
            slot = (slot + 1) & mask;
        }
        words[slot] = word;
        values[slot] = value;
        lengths[word[0] & 31] |= 1L << word.length;
    }

    /** Returns the number of the word at {@code [from, to)}, or 0. */
    int get(char[] s, int from, int to) {
        int length = to - from;
        if (length <= 0 || length > 63 || (lengths[s[from] & 31] >>> length & 1) == 0) {
            return 0;
        }
        int slot = hash(s, from, to) & mask;
        while (true) {
            char[] word = words[slot];
            if (word.length == 0) {
                return 0;
            }
            if (word.length == length && matches(word, s, from)) {
                return values[slot];
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean matches(char[] word, char[] s, int from) {
        for (int k = 0; k < word.length; k++) {
            if (word[k] != lower(s[from + k])) {
                return false;
            }
        }
        return true;
    }

    /** Of the length and three characters: words that differ in neither are rare. */
    private static int hash(char[] s, int from, int to) {
        int length = to - from;
        int hash = 31 * (31 * (31 * lower(s[from]) + lower(s[from + length / 2])) + lower(s[to - 1])) + length;
        return hash ^ (hash >>> 10);
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }
}
