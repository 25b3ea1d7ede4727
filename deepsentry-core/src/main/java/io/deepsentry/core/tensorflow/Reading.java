package io.deepsentry.core.tensorflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;

/**
 * The steps that a recurrent layer reads, without padding: rows by their length, longest first, so that those that are
 * still read at a step are the first ones. All of it is fed, another for each batch.
 *
 * @param time steps of a row with its padding
 * @param order the rows, longest first, {@code [batch]}
 * @param inverse the place of each row in that order, {@code [batch]}
 * @param places the steps that are read, of all steps of the batch, in the order of reading, {@code [read]}
 * @param rows the place in the order of the row that each of them belongs to, {@code [read]}
 * @param counts how many rows are read at each step, and 1, {@code [time + 1]}
 * @param sizes of what is kept at each step of the rows of the step before, {@code [time, 2]}
 * @param ends how many rows end at each step, {@code [time]}
 */
record Reading(
        int time,
        Placeholder<TInt32> order,
        Placeholder<TInt32> inverse,
        Placeholder<TInt32> places,
        Placeholder<TInt32> rows,
        Placeholder<TInt32> counts,
        Placeholder<TInt32> sizes,
        Placeholder<TInt32> ends) {
    static Reading of(Ops tf, int time) {
        return new Reading(
                time,
                vector(tf, -1),
                vector(tf, -1),
                vector(tf, -1),
                vector(tf, -1),
                vector(tf, time + 1),
                tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(time, 2))),
                vector(tf, time));
    }

    private static Placeholder<TInt32> vector(Ops tf, long size) {
        return tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(size)));
    }

    /** What is read of one batch. */
    static final class Steps {
        private final int time;
        private final int[] order;
        private final int[] inverse;
        private final int[] places;
        private final int[] rows;
        private final int[] counts;
        private final int[] offsets;
        private final int[][] read;

        /** Of each row, the steps that are read, in the order of reading. */
        Steps(int time, int[][] read) {
            this.time = time;
            this.read = read;
            List<Integer> byLength = new ArrayList<>();
            for (int row = 0; row < read.length; row++) {
                byLength.add(row);
            }
            byLength.sort(Comparator.comparingInt((Integer row) -> -read[row].length));
            order = byLength.stream().mapToInt(Integer::intValue).toArray();
            inverse = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                inverse[order[i]] = i;
            }
            counts = new int[time];
            offsets = new int[time];
            int all = 0;
            for (int step = 0; step < time; step++) {
                int count = step == 0 ? order.length : counts[step - 1];
                while (count > 1 && read[order[count - 1]].length <= step) {
                    count--;
                }
                // At least one row, or a kernel would get an empty matrix; nothing depends on what it computes.
                counts[step] = count;
                offsets[step] = all;
                all += count;
            }
            places = new int[all];
            rows = new int[all];
            for (int step = 0; step < time; step++) {
                for (int i = 0; i < counts[step]; i++) {
                    int[] steps = read[order[i]];
                    places[offsets[step] + i] = order[i] * time + (step < steps.length ? steps[step] : 0);
                    rows[offsets[step] + i] = i;
                }
            }
        }

        /** Where the state of a row after a step that is read stands among all. */
        int place(int row, int step) {
            return offsets[step] + inverse[row];
        }

        /** Where the last state of each row stands among all; after them, zeros, for a row that has none. */
        int[] lasts() {
            int[] lasts = new int[order.length];
            for (int row = 0; row < lasts.length; row++) {
                lasts[row] = read[row].length == 0 ? places.length : place(row, read[row].length - 1);
            }
            return lasts;
        }

        void feed(Reading reading, BiConsumer<Operand<?>, Tensor> feeds) {
            int[] sizes = new int[2 * time];
            int[] ends = new int[time];
            for (int step = 0; step < time; step++) {
                sizes[2 * step] = counts[step];
                sizes[2 * step + 1] = -1;
                ends[step] = counts[step] - (step == time - 1 ? 0 : counts[step + 1]);
            }
            int[] countsAndOne = Arrays.copyOf(counts, time + 1);
            countsAndOne[time] = 1;
            feeds.accept(reading.order, vector(order));
            feeds.accept(reading.inverse, vector(inverse));
            feeds.accept(reading.places, vector(places));
            feeds.accept(reading.rows, vector(rows));
            feeds.accept(reading.counts, vector(countsAndOne));
            feeds.accept(reading.sizes, Engine.tensor(Shape.of(time, 2), sizes));
            feeds.accept(reading.ends, vector(ends));
        }

        static TInt32 vector(int[] values) {
            return Engine.tensor(Shape.of(values.length), values);
        }
    }
}
