package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sessions of one-letter messages; a session that begins with an exclamation mark is an anomaly, one with a question
 * mark has no label.
 */
final class SmallCorpus {
    private SmallCorpus() {}

    static Corpus of(List<String> sessions) {
        Map<MessageSequence, Integer> numbers = new HashMap<>();
        List<MessageSequence> sequences = new ArrayList<>();
        int[] sequenceOf = new int[sessions.size()];
        byte[] truth = new byte[sessions.size()];
        for (int i = 0; i < sequenceOf.length; i++) {
            String text = sessions.get(i);
            truth[i] = text.startsWith("!") ? Corpus.ANOMALY : text.startsWith("?") ? Corpus.UNKNOWN : Corpus.NORMAL;
            MessageSequence sequence = sequence(text.replaceAll("[!?]", ""));
            sequenceOf[i] = numbers.computeIfAbsent(sequence, unused -> sequences.size());
            if (sequenceOf[i] == sequences.size()) {
                sequences.add(sequence);
            }
        }
        VectorTable table = new VectorTable(2);
        int[] vectorOf = new int[26];
        for (int i = 0; i < vectorOf.length; i++) {
            vectorOf[i] = table.intern(new float[] {i, 1});
        }
        return new Corpus(
                true,
                sequences,
                sequenceOf,
                new long[sessions.size()][],
                truth,
                new int[0],
                new boolean[0],
                table,
                vectorOf);
    }

    static MessageSequence sequence(String letters) {
        return new MessageSequence(messages(letters));
    }

    static int[] messages(String letters) {
        return letters.chars().map(c -> c - 'a').toArray();
    }

    /** The sequences of sessions as often as they are given. */
    static Examples examples(String... sessions) {
        Corpus corpus = of(Arrays.asList(sessions));
        return Examples.of(corpus, false, cases(0, sessions.length));
    }

    static Division.Cases cases(int from, int to) {
        int[] numbers = new int[to - from];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = from + i;
        }
        return new Division.Cases(numbers);
    }
}
