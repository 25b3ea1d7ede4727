package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.internal.vector.TrainingMessages;

/**
 * The arithmetic of surprise: how the surprises of a session's steps make its score, in nats. Pure functions of numbers.
 *
 * <p>The content score is the sum over steps of the surprise beyond one nat, but no more than the rarity of the session's kind in training. Half the largest surprise in
 * the order of arrival is added.
 */
public final class SurpriseRule {
    /** Surprise of a step below this is not held against a session: such steps are an even choice among a few. */
    public static final double FREE_NATS = 1;
    /** What the largest surprise in order of arrival counts beside the content: lines interleave by chance, so it is the weaker evidence. */
    private static final double ORDER_SHARE = 0.5;
    /** The order's part of a normal session's score seldom exceeds this share of ln(steps). */
    private static final double USUAL_ORDER = 1.0 / 3;

    /** However many units training saw: one in so many is rare enough to be told. */
    private static final long MOST_UNITS = 10_000;

    private SurpriseRule() {}

    /**
     * What training saw, from which follows what is rare.
     *
     * @param units sessions (lines of streams)
     * @param steps steps in all of them
     */
    public record Seen(long units, long steps) {
        /** The threshold where validation gives no reason for another: content rarer than once in e times as many units, in a usual order. */
        public double threshold(boolean sessions) {
            double rare = Math.log((double) Math.max(1, Math.min(units, MOST_UNITS))) + 1;
            return sessions ? rare + Math.log((double) Math.max(1, steps)) * USUAL_ORDER : rare;
        }

        /** Names what {@link #threshold} is. */
        public static String method(boolean sessions) {
            String rare = "ln(seen_units, at most 10000) + 1";
            return sessions ? rare + " + ln(seen_steps) / 3" : rare;
        }
    }

    /** The order score of a session whose most surprising message, in the order of arrival, has this surprise. */
    public static double orderScore(double largestNats) {
        return ORDER_SHARE * largestNats;
    }

    /** What a step adds to the content score. */
    public static double beyondFree(double nats) {
        return Math.max(0, nats - FREE_NATS);
    }

    /**
     * The content score of a session.
     *
     * @param nats surprises in canonical order
     * @param from where the session's begin
     * @param steps how many it has, its end included
     * @param most the rarity of its kind in training
     */
    static double contentScore(double[] nats, int from, int steps, double most) {
        double sum = 0;
        for (int i = from; i < from + steps; i++) {
            sum += beyondFree(nats[i]);
        }
        return Math.min(sum, most);
    }

    /**
     * What an unknown message adds to its session's content score wherever it comes.
     *
     * @param noveltyNats the rarity of unknown messages
     */
    public static double leastOfUnknown(double noveltyNats) {
        return beyondFree(Math.min(TrainingMessages.MAX_NATS, noveltyNats));
    }
}
