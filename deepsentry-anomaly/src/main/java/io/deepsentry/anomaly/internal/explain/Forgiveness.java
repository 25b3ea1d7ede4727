package io.deepsentry.anomaly.internal.explain;

import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a score is once one acknowledgement is heard: the steps that repeat those of an acknowledged alert count no more.
 *
 * @param score what remains
 * @param by the acknowledgement; null if none takes anything from the score
 */
public record Forgiveness(double score, @Nullable FeedbackRecord by) {
    /** How much of the threshold may remain: more is a different anomaly, or the same and something more. */
    private static final double REMAINING_SHARE = 0.5;
    /** How many nats more a step may surprise than the acknowledged one. */
    private static final double MARGIN = 3;

    /**
     * Hears the acknowledgement that leaves least of a session's score, if it leaves little enough.
     *
     * @param steps those of the oddities, in their order
     * @param raw the score
     * @param ended whether the session has ended; before that, what is missing cannot be told
     * @return the raw score by nobody, or what remains by the acknowledgement
     */
    public static Forgiveness of(
            Feedback feedback,
            Explainer.Oddities oddities,
            List<AnomalousStep> steps,
            double raw,
            double threshold,
            boolean ended) {
        Forgiveness best = new Forgiveness(raw, null);
        for (FeedbackRecord record : feedback.records()) {
            if (record.inForce()) {
                double remaining = remaining(oddities, steps, record.steps(), ended);
                if (remaining < best.score() && remaining <= threshold * REMAINING_SHARE) {
                    best = new Forgiveness(remaining, record);
                }
            }
        }
        return best;
    }

    private static double remaining(
            Explainer.Oddities oddities, List<AnomalousStep> steps, List<AnomalousStep> acknowledged, boolean ended) {
        List<AnomalousStep> left = new ArrayList<>(acknowledged);
        double order = oddities.order();
        double content = oddities.content();
        for (AnomalousStep step : steps) {
            boolean forgiven = take(left, step, ended);
            if (step.view() == View.ORDER) {
                order = forgiven ? order : Math.max(order, SurpriseRule.orderScore(step.nats()));
            } else if (forgiven) {
                content -= step.nats() - SurpriseRule.FREE_NATS;
            }
        }
        return order + Math.max(0, Math.min(content, oddities.mostContent()));
    }

    /** An acknowledged step stands for one step only. */
    private static boolean take(List<AnomalousStep> left, AnomalousStep step, boolean ended) {
        for (int i = 0; i < left.size(); i++) {
            if (repeats(step, left.get(i)) || (!ended && mayRepeat(step, left.get(i)))) {
                left.remove(i);
                return true;
            }
        }
        return false;
    }

    /**
     * The acknowledgement of a stream's line: each thing that is odd about it must have been acknowledged.
     *
     * @param odd what is, the most important first
     * @return the one that has the first of them; null if one was not acknowledged
     */
    public static @Nullable FeedbackRecord ofLine(Feedback feedback, List<AnomalousStep> odd) {
        FeedbackRecord first = null;
        for (AnomalousStep step : odd) {
            FeedbackRecord by = feedback.records().stream()
                    .filter(record ->
                            record.inForce() && record.steps().stream().anyMatch(known -> repeats(step, known)))
                    .findFirst()
                    .orElse(null);
            if (by == null) {
                return null;
            }
            first = first == null ? by : first;
        }
        return first;
    }

    /** Whether a step is the known one again: the same but for how much it surprised, and hardly more surprising. */
    private static boolean repeats(AnomalousStep step, AnomalousStep known) {
        return step.view() == known.view()
                && step.evidence() == known.evidence()
                && Objects.equals(step.message(), known.message())
                && step.occurrence() == known.occurrence()
                && Objects.equals(step.required(), known.required())
                && step.requiredOccurrence() == known.requiredOccurrence()
                && Objects.equals(step.after(), known.after())
                && step.nats() <= known.nats() + MARGIN;
    }

    /** Whether a step of a session under way may turn out to repeat the known one: a message whose context in the whole session is not known yet. */
    private static boolean mayRepeat(AnomalousStep step, AnomalousStep known) {
        return step.view() == View.CONTENT
                && known.view() == View.CONTENT
                && step.message() != null
                && step.message().equals(known.message())
                && step.occurrence() == known.occurrence();
    }
}
