package io.deepsentry.benchmark;

import java.util.Arrays;

/**
 * The least number of messages to insert, take out or replace that makes a sequence one of training's (Levenshtein,
 * 1966).
 */
final class EditDistance implements SequenceModel {
    /** Of more different sequences than this, those that came first are compared with. */
    private static final int MAX_KNOWN = 4_000;
    /** Longer sequences are compared by their beginnings. */
    private static final int MAX_LENGTH = 1_000;

    private final Counts counts;
    private final int[][] sequences;
    private final int[][] vectors;

    private EditDistance(Counts counts, int[][] sequences, int[][] vectors) {
        this.counts = counts;
        this.sequences = sequences;
        this.vectors = vectors;
    }

    static EditDistance learn(Examples examples) {
        Counts counts = Counts.of(examples);
        int known = Math.min(MAX_KNOWN, examples.size());
        int[][] sequences = new int[known][];
        int[][] vectors = new int[known][];
        for (int i = 0; i < known; i++) {
            sequences[i] = beginning(examples.messages(i));
            vectors[i] = counts.of(sequences[i]);
        }
        return new EditDistance(counts, sequences, vectors);
    }

    private static int[] beginning(int[] messages) {
        return messages.length <= MAX_LENGTH ? messages : Arrays.copyOf(messages, MAX_LENGTH);
    }

    @Override
    public double score(int[] messages) {
        int[] sequence = beginning(messages);
        int[] vector = counts.of(sequence);
        int[] bounds = new int[sequences.length];
        int first = 0;
        for (int i = 0; i < bounds.length; i++) {
            // An edit changes the counts by two at most, and the length by one.
            bounds[i] = Math.max(
                    (Counts.distance(vector, vectors[i]) + 1) / 2, Math.abs(sequence.length - sequences[i].length));
            first = bounds[i] < bounds[first] ? i : first;
        }
        int least = distance(sequence, sequences[first], Math.max(sequence.length, sequences[first].length));
        for (int i = 0; i < bounds.length; i++) {
            if (bounds[i] < least) {
                least = Math.min(least, distance(sequence, sequences[i], least));
            }
        }
        return least;
    }

    /**
     * The distance of two sequences, or {@code limit} if it is not below that. Looks only at the diagonals that a
     * distance below the limit can reach (Ukkonen, 1985).
     *
     * @param limit at least the difference of the lengths
     */
    static int distance(int[] a, int[] b, int limit) {
        int far = Integer.MAX_VALUE / 2;
        int[] above = new int[b.length + 1];
        int[] row = new int[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            int from = Math.max(1, i - limit);
            int to = Math.min(b.length, i + limit);
            row[from - 1] = from == 1 ? i : far;
            int least = row[from - 1];
            for (int j = from; j <= to; j++) {
                int up = j == i + limit ? far : above[j];
                int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(up, row[j - 1]) + 1);
                least = Math.min(least, row[j]);
            }
            if (least >= limit) {
                return limit;
            }
            int[] done = row;
            row = above;
            above = done;
        }
        return Math.min(limit, above[b.length]);
    }
}
