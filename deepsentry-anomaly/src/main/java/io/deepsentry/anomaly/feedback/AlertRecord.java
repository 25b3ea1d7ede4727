package io.deepsentry.anomaly.feedback;

import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.Verdict;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An alert for {@link Feedback}: read from a file that {@code eval} or {@code live} wrote, or made of a verdict.
 * Immutable.
 *
 * @param id the alert's id
 * @param session the session, or null in a stream and where a program gave the messages
 * @param score its score
 * @param reason the reason in words
 * @param steps its surprising steps
 * @param finding the id of its finding; null if it was written before there were findings
 */
public record AlertRecord(
        String id,
        @Nullable String session,
        double score,
        String reason,
        List<AnomalousStep> steps,
        @Nullable String finding) {
    public AlertRecord {
        Objects.requireNonNull(id, "id");
        steps = List.copyOf(steps);
    }

    /** Returns what stands for all alerts of a finding. */
    AlertRecord ofFinding(String id) {
        return new AlertRecord(id, null, score, reason, steps, id);
    }

    /**
     * {@return the alert of a verdict} Its id is the same for all verdicts with the same surprising steps.
     *
     * @param verdict an anomalous one
     * @param session the session that was judged, or null
     * @throws IllegalArgumentException if the verdict is not anomalous or cannot be explained
     */
    public static AlertRecord of(Verdict verdict, @Nullable String session) {
        Explanation why = verdict.explanation()
                .orElseThrow(() -> new IllegalArgumentException("verdict must be anomalous and come with an explanation"
                        + " to be acknowledged, but is " + verdict));
        return new AlertRecord(
                AlertId.ofSteps(why.oddSteps()),
                session,
                verdict.score(),
                why.reason(),
                why.oddSteps(),
                FindingKey.of(why).id());
    }
}
