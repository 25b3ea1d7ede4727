package io.deepsentry.anomaly.threshold;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A threshold that follows a stream: mean + multiplier x sample standard deviation of the last {@code windowSize}
 * scores, but never below the trained threshold nor above a bound.
 *
 * <p>Both ends matter. Left to itself it sinks into the scores of a quiet stretch, where everything passes it, and
 * rises above all scores in a noisy one, where nothing does.
 *
 * <p>A score is judged by those before it, never by itself, and one above the threshold is not added, so that an
 * incident does not teach the threshold to accept it. Until {@code windowSize} scores have been added the verdict is
 * {@link Verdict.WarmingUp}, unless the score is above a trained threshold.
 *
 * <p>Not thread-safe: the state of one stream, confined to the thread that follows it.
 */
public final class AdaptiveThreshold {
    /** The default number of recent scores. */
    public static final int DEFAULT_WINDOW_SIZE = 100;

    private final double multiplier;
    private final @Nullable Threshold trained;
    private final double most;
    private final double[] recent;
    private int count;
    private int next;

    /**
     * Starts a stream whose threshold has no upper bound.
     *
     * @param windowSize the number of recent scores, at least 2
     * @param multiplier standard deviations above the mean, positive
     * @param trained the least threshold, which applies until there are {@code windowSize} scores; null if there is
     *     none
     */
    public AdaptiveThreshold(int windowSize, double multiplier, @Nullable Threshold trained) {
        this(windowSize, multiplier, trained, Double.POSITIVE_INFINITY);
    }

    /**
     * Starts a stream, see {@link #AdaptiveThreshold(int, double, Threshold)}.
     *
     * @param windowSize how many scores are recent
     * @param multiplier how many standard deviations above the mean
     * @param trained the threshold that it never falls below; null for none
     * @param most the greatest threshold; the trained one still applies if it is greater
     */
    public AdaptiveThreshold(int windowSize, double multiplier, @Nullable Threshold trained, double most) {
        if (windowSize < 2) {
            throw new IllegalArgumentException("window_size must be at least 2, but was " + windowSize);
        }
        if (!(multiplier > 0) || Double.isInfinite(multiplier)) {
            throw new IllegalArgumentException("threshold_multiplier must be a positive number, but was " + multiplier);
        }
        this.recent = new double[windowSize];
        this.multiplier = multiplier;
        this.trained = trained;
        this.most = most;
    }

    /**
     * Judges the next score of the stream, then adds it to the recent ones unless it is above the threshold.
     *
     * @param score the score
     * @return the verdict
     */
    public Verdict judge(double score) {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("a score must be a finite number, but was " + score);
        }
        boolean warm = warm();
        double threshold = current();
        if (score > threshold) {
            return new Verdict.Anomalous(score, threshold);
        }
        recent[next] = score;
        next = (next + 1) % recent.length;
        count = Math.min(count + 1, recent.length);
        return warm ? new Verdict.Normal(score, threshold) : new Verdict.WarmingUp(score, threshold);
    }

    /**
     * The recent scores of a threshold, from which another one can resume.
     *
     * @param recent the recent scores, at most {@code windowSize}, in ring order
     * @param next the place of the next score in the ring
     */
    public record State(List<Double> recent, int next) {
        public State {
            recent = List.copyOf(recent);
            if (next < 0 || next > recent.size()) {
                throw new IllegalArgumentException(
                        "next must lie within the " + recent.size() + " recent scores, but was " + next);
            }
        }
    }

    /** {@return the state to resume from} */
    public State state() {
        return new State(Arrays.stream(recent).limit(count).boxed().toList(), next);
    }

    /**
     * Resumes from the state of another threshold, with the same thresholds to the bit. From another window size the
     * latest scores are kept, as many as fit.
     *
     * @param state the state
     */
    public void restore(State state) {
        int seen = state.recent().size();
        count = 0;
        next = 0;
        boolean sameSize = seen == recent.length || (seen < recent.length && state.next() == seen);
        if (sameSize) {
            for (int i = 0; i < seen; i++) {
                recent[i] = state.recent().get(i);
            }
            count = seen;
            next = state.next() % recent.length;
            return;
        }
        for (int i = 0; i < seen; i++) {
            recent[next] = state.recent().get((state.next() + i) % seen);
            next = (next + 1) % recent.length;
            count = Math.min(count + 1, recent.length);
        }
    }

    /** {@return whether there are enough scores for a threshold of the stream's own} */
    public boolean warm() {
        return count == recent.length;
    }

    /** {@return the threshold for the next score; +infinity while warming up without a trained one} */
    public double current() {
        if (!warm()) {
            return trained == null ? Double.POSITIVE_INFINITY : trained.value();
        }
        double mean = Arrays.stream(recent).sum() / recent.length;
        double squares = 0;
        for (double score : recent) {
            squares += (score - mean) * (score - mean);
        }
        double own = Math.min(most, mean + multiplier * Math.sqrt(squares / (recent.length - 1)));
        return trained == null ? own : Math.max(trained.value(), own);
    }
}
