package io.deepsentry.anomaly.internal.detector;

import io.deepsentry.anomaly.internal.evidence.SupportRule;
import io.deepsentry.anomaly.internal.vector.TrainingMessages;
import java.util.Arrays;
import java.util.Collection;

/**
 * The arithmetic of surprise: how the surprises of a session's steps, and what hardly any training session did, make
 * its score, in nats. Immutable.
 *
 * <p>The score is the sum of three parts. The content score is that of the surprises beyond one nat, but no more than
 * the rarity of the session's kind in training. The order score is half the largest surprise in the order of arrival.
 * The support score is that of the {@linkplain io.deepsentry.anomaly.internal.evidence.SupportRule violations}, on a
 * scale on which the weakest one is at the threshold.
 *
 * <p>Several surprises, and several violations, count by halves: the largest whole, the next one half, and so on. So a
 * session that repeats what is odd about it does not score without bound. With the support rule, a step counts no more
 * than a share of the threshold: a network gives what never happened any probability, which differs from one training
 * to the next, so that no single step of its makes an alarm. Without it, surprises are added up.
 */
public final class SurpriseRule {
    /** Surprise of a step below this is not held against a session: such steps are an even choice among a few. */
    public static final double FREE_NATS = 1;
    /**
     * What the largest surprise in order of arrival counts beside the content: lines interleave by chance, so it is the
     * weaker evidence.
     */
    private static final double ORDER_SHARE = 0.5;
    /** The order's part of a normal session's score seldom exceeds this share of ln(steps). */
    private static final double USUAL_ORDER = 1.0 / 3;

    /** However many units training saw: one in so many is rare enough to be told. */
    private static final long MOST_UNITS = 10_000;

    /** Surprises alone. */
    public static final SurpriseRule PLAIN = new SurpriseRule(SupportRule.NONE, 0);

    /** The most that a step counts, as a share of the threshold where validation gives no reason for another. */
    private static final double MOST_OF_STEP = 0.6;

    /** What a broken order that is no violation counts, as a share of the threshold. */
    private static final double HINT = 0.1;

    /** More unknown messages than this make no difference while a session is under way. */
    private static final int MOST_UNKNOWN = 64;

    private final SupportRule support;
    private final double mostOfStep;
    private final double supportScale;
    private final double base;

    /**
     * The arithmetic of a detector.
     *
     * @param support what training sessions do; {@link SupportRule#NONE} for surprises alone
     * @param base the threshold where validation gives no reason for another
     */
    public SurpriseRule(SupportRule support, double base) {
        this.support = support;
        this.base = base;
        this.mostOfStep = support.isEmpty() ? Double.POSITIVE_INFINITY : MOST_OF_STEP * base;
        this.supportScale = support.isEmpty() ? 0 : base / -Math.log(support.rate());
    }

    /** What training sessions do. */
    public SupportRule support() {
        return support;
    }

    /**
     * What training saw, from which follows what is rare.
     *
     * @param units sessions (lines of streams)
     * @param steps steps in all of them
     */
    public record Seen(long units, long steps) {
        /**
         * The threshold where validation gives no reason for another: content rarer than once in e times as many units,
         * in a usual order.
         */
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
    public double orderScore(double largestNats) {
        return ORDER_SHARE * Math.min(mostOfStep, largestNats);
    }

    /** What a step counts in the content score if it is the most surprising one. */
    public double ofStep(double nats) {
        return Math.max(0, Math.min(mostOfStep, nats) - FREE_NATS);
    }

    /**
     * The content score of a session.
     *
     * @param nats surprises in canonical order
     * @param from where the session's begin
     * @param to where they end
     * @param most the rarity of its kind in training
     */
    double contentScore(double[] nats, int from, int to, double most) {
        return contentScore(Arrays.copyOfRange(nats, from, to), most);
    }

    /** The content score of a session with these surprises in canonical order. */
    public double contentScore(double[] nats, double most) {
        double sum = 0;
        if (support.isEmpty()) {
            for (double each : nats) {
                sum += ofStep(each);
            }
        } else {
            sum = byHalves(Arrays.stream(nats).map(this::ofStep).toArray());
        }
        return Math.min(sum, most);
    }

    /** The largest whole, the next one half, and so on: it never falls as one rises or one more is added. */
    private static double byHalves(double[] parts) {
        double[] sorted = parts.clone();
        Arrays.sort(sorted);
        double sum = 0;
        double share = 1;
        for (int i = sorted.length - 1; i >= 0; i--) {
            sum += share * sorted[i];
            share /= 2;
        }
        return sum;
    }

    /**
     * The support score of a session that does these things.
     *
     * @param hints how many orders it breaks that are no violation by themselves
     */
    public double supportScore(Collection<SupportRule.Violation> violations, int hints) {
        return supportScore(violations.stream()
                        .mapToDouble(SupportRule.Violation::nats)
                        .toArray())
                + HINT * hints * base;
    }

    /** The support score of violations of these nats. */
    public double supportScore(double[] nats) {
        return byHalves(Arrays.stream(nats).map(each -> supportScale * each).toArray());
    }

    /**
     * What unknown messages add to their session's content score wherever they come.
     *
     * @param noveltyNats the rarity of unknown messages
     * @param messages how many there are
     */
    public double leastOfUnknown(double noveltyNats, int messages) {
        double[] nats = new double[Math.min(MOST_UNKNOWN, messages)];
        Arrays.fill(nats, Math.min(TrainingMessages.MAX_NATS, noveltyNats));
        return contentScore(nats, Double.POSITIVE_INFINITY);
    }

    /** The score of a session, of its parts. */
    public static double score(double order, double content, double support) {
        return order + content + support;
    }
}
