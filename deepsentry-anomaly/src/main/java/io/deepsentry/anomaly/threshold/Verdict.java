package io.deepsentry.anomaly.threshold;

import com.google.common.base.Suppliers;
import io.deepsentry.anomaly.explain.Explanation;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The judgement of a score: normal, anomalous, or not known yet.
 *
 * <pre>{@code
 * Verdict verdict = sentry.judge(messages);
 * if (verdict.isAnomalous()) {
 *     System.out.println(verdict.score() + " is above " + verdict.threshold() + ": " + verdict.reason());
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public sealed interface Verdict {

    /** {@return the score that was judged; higher is more anomalous} */
    double score();

    /** {@return the threshold it was judged by; a score above it is anomalous} */
    double threshold();

    /** {@return whether the score is above the threshold} */
    default boolean isAnomalous() {
        return this instanceof Anomalous;
    }

    /**
     * {@return why it is anomalous, worked out when first asked for; empty for other verdicts, and where only a score
     * was judged}
     */
    default Optional<Explanation> explanation() {
        return Optional.empty();
    }

    /** {@return the reason of {@link #explanation()} in one sentence; an empty text where there is none} */
    default String reason() {
        return explanation().map(Explanation::reason).orElse("");
    }

    /** The score does not pass the threshold. */
    record Normal(double score, double threshold) implements Verdict {}

    /** The score is above the threshold. Two are equal if their scores and thresholds are. */
    final class Anomalous implements Verdict {
        private final double score;
        private final double threshold;
        private final @Nullable Supplier<Explanation> explanation;

        /**
         * Makes a verdict that cannot be explained.
         *
         * @param score the score
         * @param threshold the threshold
         */
        public Anomalous(double score, double threshold) {
            this(score, threshold, null);
        }

        private Anomalous(double score, double threshold, @Nullable Supplier<Explanation> explanation) {
            this.score = score;
            this.threshold = threshold;
            this.explanation = explanation;
        }

        /**
         * Makes a verdict that is explained on demand, at most once.
         *
         * @param score the score
         * @param threshold the threshold
         * @param explanation gives the reasons when asked
         * @return the verdict
         */
        public static Anomalous explainedBy(double score, double threshold, Supplier<Explanation> explanation) {
            return new Anomalous(score, threshold, Suppliers.memoize(explanation::get));
        }

        @Override
        public double score() {
            return score;
        }

        @Override
        public double threshold() {
            return threshold;
        }

        @Override
        public Optional<Explanation> explanation() {
            return Optional.ofNullable(explanation).map(Supplier::get);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Anomalous that
                    && Double.compare(score, that.score) == 0
                    && Double.compare(threshold, that.threshold) == 0;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(score) * 31 + Double.hashCode(threshold);
        }

        @Override
        public String toString() {
            return "Anomalous[score=" + score + ", threshold=" + threshold + "]";
        }
    }

    /**
     * There are too few scores to know what is normal here, and the trained threshold was not exceeded. The threshold
     * is the trained one, or +infinity if there is none.
     */
    record WarmingUp(double score, double threshold) implements Verdict {}

    /**
     * Judges {@code score} by a fixed threshold.
     *
     * @param score the score
     * @param threshold the threshold
     * @return the verdict
     */
    static Verdict of(double score, double threshold) {
        return score > threshold ? new Anomalous(score, threshold) : new Normal(score, threshold);
    }
}
