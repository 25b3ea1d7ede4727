package io.deepsentry.anomaly.internal.explain;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.detector.SurpriseRule;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a score is once one acknowledgement is heard: the steps that repeat those of an acknowledged alert count no
 * more.
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
        if (isRealFault(feedback, oddities, steps)) {
            return best;
        }
        for (FeedbackRecord record : feedback.records()) {
            if (record.silences()) {
                Remaining remaining = remaining(oddities, steps, record.steps(), ended);
                double most = remaining.countsForgiven() ? threshold : threshold * REMAINING_SHARE;
                if (remaining.score() < best.score() && remaining.score() <= most) {
                    best = new Forgiveness(remaining.score(), record);
                }
            }
        }
        return best;
    }

    /**
     * Hears the acknowledgements of a session of which the kinds of evidence speak, too: each thing that they say must
     * have been acknowledged.
     *
     * @param evidence what they say
     * @param trained the threshold of training, which it lifts the score above
     * @param own the session's score without it
     * @param ofOwn hears those of the score without it, which {@link #of} does
     */
    public static Forgiveness ofSession(
            Feedback feedback,
            List<Evidence> evidence,
            double trained,
            double threshold,
            double own,
            Supplier<Forgiveness> ofOwn) {
        Forgiveness raw = new Forgiveness(StreamEvidence.lifted(own, trained, evidence), null);
        List<AnomalousStep> odd = evidence.stream()
                .filter(each -> StreamEvidence.lifted(0, trained, List.of(each)) > threshold)
                .map(AnomalousStep::of)
                .toList();
        FeedbackRecord by = ofLine(feedback, odd);
        if (by == null && !odd.isEmpty()) {
            return raw;
        }
        if (own <= threshold) {
            return by == null ? raw : new Forgiveness(own, by);
        }
        Forgiveness forgiven = ofOwn.get();
        return forgiven.by() == null ? raw : forgiven;
    }

    /**
     * What an acknowledgement leaves of a session.
     *
     * @param countsForgiven whether it had counts that hardly any training session has, and none is left: then the rest
     *     is judged as that of any other session
     */
    private record Remaining(double score, boolean countsForgiven) {}

    private static Remaining remaining(
            Explainer.Oddities oddities, List<AnomalousStep> steps, List<AnomalousStep> acknowledged, boolean ended) {
        List<AnomalousStep> left = new ArrayList<>(acknowledged);
        Set<String> forgivenMessages = new HashSet<>();
        boolean[] forgiven = new boolean[steps.size()];
        int counts = 0;
        int countsForgiven = 0;
        for (int i = 0; i < forgiven.length; i++) {
            AnomalousStep step = steps.get(i);
            forgiven[i] = take(left, step, ended);
            if (step.view() == View.COUNT) {
                counts++;
                countsForgiven += forgiven[i] ? 1 : 0;
                if (forgiven[i] && (step.message() == null || step.required() == null)) {
                    forgivenMessages.add(String.valueOf(step.message() == null ? step.required() : step.message()));
                }
            }
        }
        List<ScoredStep> remaining = new ArrayList<>();
        for (int i = 0; i < forgiven.length; i++) {
            // What is odd about how often a message comes is odd in the other views, too.
            boolean same = forgivenMessages.contains(String.valueOf(steps.get(i).message()))
                    || forgivenMessages.contains(String.valueOf(steps.get(i).required()));
            if (!forgiven[i] && !(same && steps.get(i).view() != View.COUNT)) {
                remaining.add(oddities.steps().get(i));
            }
        }
        return new Remaining(
                SurpriseRule.score(
                        oddities.score(View.ORDER, remaining),
                        oddities.score(View.CONTENT, remaining),
                        oddities.score(View.COUNT, remaining)),
                counts > 0 && counts == countsForgiven);
    }

    /**
     * Whether its main reason is a finding that is a real fault, or all that is odd about an alert that was one is odd
     * here, too.
     */
    private static boolean isRealFault(Feedback feedback, Explainer.Oddities oddities, List<AnomalousStep> steps) {
        if (feedback.records().stream().noneMatch(record -> record.inForce() && record.real())) {
            return false;
        }
        ScoredStep main = Explainer.decisive(oddities);
        int at = oddities.steps().indexOf(main);
        if (main != null && at >= 0 && at < steps.size()) {
            AnomalousStep step = steps.get(at);
            if (feedback.confirms(
                    FindingKey.of(main.kind(), main.view(), step.message(), step.after(), step.required()))) {
                return true;
            }
        }
        return feedback.records().stream()
                .filter(record ->
                        record.inForce() && record.real() && !record.steps().isEmpty())
                .anyMatch(record -> record.steps().stream()
                        .allMatch(known -> steps.stream().anyMatch(step -> repeats(step, known))));
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
     * The acknowledgement of a line: each thing that is odd about it must have been acknowledged.
     *
     * @param odd what is, the most important first
     * @return the one that has the first of them; null if one was not acknowledged
     */
    public static @Nullable FeedbackRecord ofLine(Feedback feedback, List<AnomalousStep> odd) {
        FeedbackRecord first = null;
        boolean real = feedback.records().stream()
                .anyMatch(record -> record.inForce()
                        && record.real()
                        && record.steps().stream()
                                .anyMatch(known -> odd.stream().anyMatch(step -> repeats(step, known))));
        if (real) {
            return null;
        }
        for (AnomalousStep step : odd) {
            FeedbackRecord by = feedback.records().stream()
                    .filter(record ->
                            record.silences() && record.steps().stream().anyMatch(known -> repeats(step, known)))
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
        if (step.view() == View.COUNT) {
            // As often, or not quite as far from what is usual.
            return known.view() == View.COUNT
                    && Objects.equals(step.message(), known.message())
                    && step.occurrence() <= known.occurrence()
                    && Objects.equals(step.required(), known.required())
                    && step.requiredOccurrence() >= known.requiredOccurrence()
                    && step.nats() <= known.nats() + MARGIN;
        }
        return step.view() == known.view()
                && step.evidence() == known.evidence()
                && Objects.equals(step.message(), known.message())
                && step.occurrence() == known.occurrence()
                && Objects.equals(step.required(), known.required())
                && step.requiredOccurrence() == known.requiredOccurrence()
                && Objects.equals(step.after(), known.after())
                && step.nats() <= known.nats() + MARGIN;
    }

    /**
     * Whether a step of a session under way may turn out to repeat the known one: a message whose context in the whole
     * session is not known yet.
     */
    private static boolean mayRepeat(AnomalousStep step, AnomalousStep known) {
        return step.view() == View.CONTENT
                && known.view() == View.CONTENT
                && step.message() != null
                && step.message().equals(known.message())
                && step.occurrence() == known.occurrence();
    }
}
