package io.deepsentry.benchmark;

import java.util.HashSet;
import java.util.Set;

/**
 * Counts the pairs of neighbours that training did not have, the begin and the end of a session being neighbours too;
 * of a line only the pair that it closes.
 */
final class Bigrams implements SequenceModel {
    private static final int BORDER = -1;

    private final Set<Long> known = new HashSet<>();
    private final boolean lines;

    private Bigrams(boolean lines) {
        this.lines = lines;
    }

    static Bigrams learn(Examples examples, boolean lines) {
        Bigrams model = new Bigrams(lines);
        for (int i = 0; i < examples.size(); i++) {
            int[] messages = examples.messages(i);
            for (int second = model.first(messages); second <= model.last(messages); second++) {
                model.known.add(pair(messages, second));
            }
        }
        return model;
    }

    /** The least position at which a pair ends. */
    private int first(int[] messages) {
        return lines ? messages.length - 1 : 0;
    }

    /** The greatest position at which a pair ends; a session's is that of its end. */
    private int last(int[] messages) {
        return lines ? messages.length - 1 : messages.length;
    }

    private static long pair(int[] messages, int second) {
        int before = second == 0 ? BORDER : messages[second - 1];
        int after = second == messages.length ? BORDER : messages[second];
        return ((long) before << 32) | (after & 0xFFFF_FFFFL);
    }

    @Override
    public double score(int[] messages) {
        int unknown = 0;
        for (int second = first(messages); second <= last(messages); second++) {
            unknown += known.contains(pair(messages, second)) ? 0 : 1;
        }
        return unknown;
    }

    @Override
    public int linesAtAlarm(int[] messages) {
        int second = first(messages);
        while (second < messages.length && known.contains(pair(messages, second))) {
            second++;
        }
        return Math.min(second + 1, messages.length);
    }
}
