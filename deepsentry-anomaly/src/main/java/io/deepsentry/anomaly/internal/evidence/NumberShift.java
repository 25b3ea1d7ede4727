package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.text.token.MaskType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that a place used to have, against which its last ones are held: they may lie higher or lower as a whole
 * though none is beyond the largest. What is compared are ranks, so nothing is assumed of how the numbers spread
 * (Wilcoxon, 1945). Immutable.
 */
final class NumberShift {
    /** So many of the last numbers are looked at. */
    static final int WINDOW = 64;
    /** The least standard deviations that the mean rank lies off the middle; independent numbers do so once in 10^9. */
    private static final double LIMIT = 6;
    /** A place whose own past came so far is no place that keeps its numbers. */
    private static final double STEADY = 4.5;

    private static final int SAMPLE = 128;

    /** A sample of the numbers, evenly over the past, ascending. */
    private final double[] usual;

    private NumberShift(double[] usual) {
        this.usual = usual;
    }

    List<Double> toJson() {
        return Arrays.stream(usual).boxed().toList();
    }

    static NumberShift read(JsonNode numbers) {
        if (!numbers.isArray() || numbers.size() < SAMPLE / 2 || numbers.size() > SAMPLE) {
            throw Written.wrong("a sample must have " + SAMPLE / 2 + " to " + SAMPLE + " numbers");
        }
        double[] usual = Written.numbersOf(numbers);
        Arrays.sort(usual);
        return new NumberShift(usual);
    }

    /** Where a number stands among those there were, from 0 to 1; the middle of those that equal it. */
    private static double rank(double value, double[] sorted) {
        return (below(value, sorted) + below(Math.nextUp(value), sorted)) / 2.0 / sorted.length;
    }

    /** How many are less than a value. */
    private static int below(double value, double[] sorted) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted[middle] < value) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** The last numbers of a place. For one thread. */
    static final class Recent {
        private final double[] values = new double[WINDOW];
        private final double[] ranks = new double[WINDOW];
        private int count;

        private void add(double value, double rank) {
            values[count % WINDOW] = value;
            ranks[count % WINDOW] = rank;
            count++;
        }

        /**
         * How far the mean rank lies off the middle in standard deviations, above 0 where the numbers are higher; 0
         * while there are few.
         */
        private double deviation() {
            if (count < WINDOW) {
                return 0;
            }
            double sum = 0;
            for (double rank : ranks) {
                sum += rank - .5;
            }
            return sum / WINDOW * Math.sqrt(12.0 * WINDOW);
        }

        void write(DataOutput out) throws IOException {
            out.writeInt(count);
            for (int i = 0; i < Math.min(count, WINDOW); i++) {
                out.writeDouble(values[i]);
                out.writeDouble(ranks[i]);
            }
        }

        static Recent read(DataInput in) throws IOException {
            Recent recent = new Recent();
            recent.count = in.readInt();
            for (int i = 0; i < Math.min(recent.count, WINDOW); i++) {
                recent.values[i] = in.readDouble();
                recent.ranks[i] = in.readDouble();
            }
            return recent;
        }
    }

    /**
     * Takes the next number, and says how strong a shift is with it: 1 is the limit. After one that is, the last
     * numbers are forgotten, so that a lasting shift is said once in {@value #WINDOW} numbers.
     *
     * @return the strength and the reason; null if there is none
     */
    @Nullable
    Shifted next(Recent recent, double value, @Nullable MaskType type, String message) {
        recent.add(value, rank(value, usual));
        double deviation = recent.deviation();
        if (Math.abs(deviation) < LIMIT) {
            return null;
        }
        double[] last = recent.values.clone();
        Arrays.sort(last);
        recent.count = 0;
        return new Shifted(
                Math.abs(deviation) / LIMIT,
                String.format(
                        Locale.ROOT,
                        "The last %d numbers in %s are %s: %s in the middle; before it was %s.",
                        WINDOW,
                        Names.quoted(message),
                        deviation > 0 ? "higher" : "lower",
                        ValueKind.shown(last[WINDOW / 2], type),
                        ValueKind.shown(usual[usual.length / 2], type)));
    }

    /**
     * A shift.
     *
     * @param strength 1 is the limit
     * @param reason in words
     */
    record Shifted(double strength, String reason) {}

    /** Learns the numbers of a place: each is judged by those before it, then learnt. For one thread. */
    static final class Learning {
        private final double[] sample = new double[SAMPLE];
        private double[] sorted = new double[0];
        private int kept;
        private long seen;
        private long every = 1;
        private final Recent recent = new Recent();
        private double furthest;

        void add(double value) {
            if (kept >= SAMPLE / 2) {
                recent.add(value, rank(value, sorted));
                furthest = Math.max(furthest, Math.abs(recent.deviation()));
            }
            if (seen++ % every == 0) {
                if (kept == SAMPLE) {
                    // Of each two one stays, so that the sample is of the whole past.
                    for (int i = 0; i < SAMPLE / 2; i++) {
                        sample[i] = sample[2 * i];
                    }
                    kept = SAMPLE / 2;
                    every *= 2;
                }
                sample[kept++] = value;
                sorted = Arrays.copyOf(sample, kept);
                Arrays.sort(sorted);
            }
        }

        /** Returns what was learnt; null where the place had too few numbers, or did not keep them. */
        @Nullable
        NumberShift finish() {
            return seen < 2 * SAMPLE || furthest > STEADY ? null : new NumberShift(sorted);
        }
    }
}
