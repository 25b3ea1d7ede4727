package io.deepsentry.anomaly.threshold;

import java.util.ArrayList;
import java.util.List;

/**
 * Detects when the scores of a log no longer resemble those of normal validation data, so that it is time to train
 * again.
 *
 * <pre>{@code
 * DriftDetector detector = DriftDetector.of(normalScores);
 * detector.update(score);
 * if (detector.detect().any()) {
 *     System.out.println("train again");
 * }
 * }</pre>
 *
 * <p>Two tests. The first compares means: the last {@value #WINDOW} scores, at least {@value #LEAST}, against the
 * baseline, in the baseline's standard deviations; more than 3 is drift. No score counts as further than 6 from the
 * mean, so that a few anomalies are no drift. A difference within the tolerance is no drift either: a third of it is
 * the least standard deviation. The first test misses small but lasting shifts. The second is a cumulative sum (Page,
 * 1954) of the scores' ranks among the baseline's, in both directions: it finds a shift of 0.3 standard deviations
 * within 1,000 scores, whatever their distribution, and the few large scores of anomalies do not move it.
 *
 * <p>Memory is bounded by the window and the baseline. {@link #state()} is enough to resume after a restart. For one
 * thread.
 */
public final class DriftDetector {
    /** The number of recent scores in the first test. */
    public static final int WINDOW = 1000;
    /** The least number of scores for the first test. */
    public static final int LEAST = 100;

    /** The first test finds drift above so many standard deviations. */
    public static final double STANDARD_DEVIATIONS = 3;

    /** A score counts as no further from the mean: half of the scores must have moved, not a few anomalies. */
    private static final double FARTHEST = 2 * STANDARD_DEVIATIONS;
    /** In standard deviations of a rank: half of the smallest shift to find. */
    private static final double SLACK = 0.15;
    /** A small baseline gets more slack: this many standard errors of its mean. */
    private static final double SLACK_ERRORS = 0.5;

    private static final double LIMIT = 60;

    private final double baselineMean;
    /** The standard deviation of the baseline, or what counts as such. */
    private final double spread;

    private final RankScale ranks;
    private final double slack;
    private final double limit;

    private final double[] recent = new double[WINDOW];
    private long seen;
    private double up;
    private double down;
    private long upFrom;
    private long downFrom;

    /**
     * The state of a detector to keep over a restart.
     *
     * @param recent the last scores, the oldest first
     * @param seen the number of scores in all
     * @param up the cumulative sum towards higher scores
     * @param down the cumulative sum towards lower scores
     * @param upFrom the number of scores when {@code up} was last 0
     * @param downFrom the number of scores when {@code down} was last 0
     */
    public record State(List<Double> recent, long seen, double up, double down, long upFrom, long downFrom) {
        public State {
            recent = List.copyOf(recent);
            if (recent.size() != Math.min(WINDOW, seen)) {
                throw new IllegalArgumentException("a state of " + seen + " scores must keep the last "
                        + Math.min(WINDOW, seen) + " of them, but keeps " + recent.size());
            }
        }
    }

    private DriftDetector(double baselineMean, double baselineStd, RankScale ranks, double tolerance) {
        if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException("tolerance must be a number of 0 or more, but was " + tolerance);
        }
        if (!Double.isFinite(baselineMean) || !(baselineStd >= 0) || Double.isInfinite(baselineStd)) {
            throw new IllegalArgumentException(
                    "the baseline must have a finite mean and a standard deviation of 0 or more, but had "
                            + baselineMean + " and " + baselineStd);
        }
        this.baselineMean = baselineMean;
        // Equal scores differ in the last bits of a float, so that even a small spread may mean nothing.
        this.spread = Math.max(baselineStd, tolerance / STANDARD_DEVIATIONS);
        this.ranks = ranks;
        this.slack = SLACK + SLACK_ERRORS / Math.sqrt(Math.max(1, ranks.count()));
        this.limit = ranks.count() < LEAST ? Double.POSITIVE_INFINITY : LIMIT * ranks.inflation();
    }

    /**
     * Creates a detector from the mean and standard deviation of normal scores, which allow the first test only.
     *
     * @param baselineMean the mean of normal scores
     * @param baselineStd their standard deviation
     * @return the detector
     */
    public static DriftDetector of(double baselineMean, double baselineStd) {
        return of(baselineMean, baselineStd, 0);
    }

    /**
     * Creates a detector from the mean and standard deviation of normal scores, see {@link #of(double, double)}.
     *
     * @param baselineMean the mean of normal scores
     * @param baselineStd their standard deviation
     * @param tolerance means no further apart than this are as good as equal, 0 or more
     * @return the detector
     */
    public static DriftDetector of(double baselineMean, double baselineStd, double tolerance) {
        return new DriftDetector(baselineMean, baselineStd, RankScale.NONE, tolerance);
    }

    /**
     * Creates a detector from normal scores.
     *
     * @param normalScores in order of time, at least one; fewer than {@value #LEAST} allow the first test only
     * @return the detector
     */
    public static DriftDetector of(double[] normalScores) {
        return of(normalScores, 0);
    }

    /**
     * Creates a detector from normal scores, see {@link #of(double[])}.
     *
     * @param normalScores scores of normal data
     * @param tolerance scores no further apart than this are as good as equal, 0 or more. Thousands of scores in
     *     the same place have ranks that their last digits decide, and a standard deviation of such digits
     * @return the detector
     */
    public static DriftDetector of(double[] normalScores, double tolerance) {
        ScoreStatistics statistics = ScoreStatistics.of(normalScores);
        return new DriftDetector(statistics.mean(), statistics.std(), RankScale.of(normalScores, tolerance), tolerance);
    }

    /**
     * Adds the next score.
     *
     * @param score the score
     */
    public void update(double score) {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("a score must be a finite number, but was " + score);
        }
        recent[(int) (seen % WINDOW)] = score;
        seen++;
        double rank = ranks.standardised(score);
        up = next(up, rank);
        down = next(down, -rank);
        upFrom = up == 0 ? seen : upFrom;
        downFrom = down == 0 ? seen : downFrom;
    }

    /**
     * Returns the next sum, capped at twice the limit so that the end of a long drift shows as soon as that of a short
     * one.
     */
    private double next(double sum, double rank) {
        return Math.max(0, Math.min(2 * limit, sum + rank - slack));
    }

    /** {@return what both tests find in the scores so far} */
    public Drift detect() {
        int count = (int) Math.min(WINDOW, seen);
        double magnitude = count < LEAST ? 0 : magnitude(count);
        double statistic = Math.max(up, down);
        boolean testable = Double.isFinite(limit);
        return new Drift(
                magnitude > STANDARD_DEVIATIONS,
                magnitude,
                count,
                statistic > limit,
                testable ? statistic : 0,
                limit,
                testable && statistic > 0 ? seen - (up >= down ? upFrom : downFrom) : 0);
    }

    private double magnitude(int count) {
        double sum = 0;
        double most = spread == 0 ? Double.MAX_VALUE : FARTHEST * spread;
        for (int i = 0; i < count; i++) {
            sum += Math.max(-most, Math.min(most, recent[i] - baselineMean));
        }
        double distance = Math.abs(sum / count);
        return distance == 0 ? 0 : distance / spread;
    }

    /** {@return the state to resume from} */
    public State state() {
        List<Double> last = new ArrayList<>();
        for (long i = Math.max(0, seen - WINDOW); i < seen; i++) {
            last.add(recent[(int) (i % WINDOW)]);
        }
        return new State(last, seen, up, down, upFrom, downFrom);
    }

    /**
     * Resumes from the state of another detector with the same baseline.
     *
     * @param state the state
     */
    public void restore(State state) {
        seen = state.seen();
        long first = seen - state.recent().size();
        for (int i = 0; i < state.recent().size(); i++) {
            recent[(int) ((first + i) % WINDOW)] = state.recent().get(i);
        }
        up = state.up();
        down = state.down();
        upFrom = state.upFrom();
        downFrom = state.downFrom();
    }
}
