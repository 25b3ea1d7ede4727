package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Says yes to a sequence in which the messages occur so many times each as in no sequence of training, whatever their
 * order. The first lines of a stream, before there are as many as a window has, are never flagged.
 */
final class CountVectors implements SequenceModel {
    private final Set<MessageSequence> known = new HashSet<>();
    private final int least;

    private CountVectors(int least) {
        this.least = least;
    }

    static CountVectors learn(Examples examples, boolean lines) {
        int longest = 0;
        for (int i = 0; lines && i < examples.size(); i++) {
            longest = Math.max(longest, examples.messages(i).length);
        }
        CountVectors model = new CountVectors(longest);
        for (int i = 0; i < examples.size(); i++) {
            model.known.add(sorted(examples.messages(i)));
        }
        return model;
    }

    /** Sorted messages say which there are and how often. */
    private static MessageSequence sorted(int[] messages) {
        int[] sorted = messages.clone();
        Arrays.sort(sorted);
        return new MessageSequence(sorted);
    }

    @Override
    public double score(int[] messages) {
        return messages.length < least || known.contains(sorted(messages)) ? 0 : 1;
    }
}
