package io.deepsentry.anomaly.internal.explain;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import java.util.List;

/**
 * Says why a line without a session key is anomalous, of which training never had the message; or the log as a whole.
 */
public final class KeylessExplanation {
    private KeylessExplanation() {}

    /**
     * Explains a run of such lines.
     *
     * @param message the masked message of the first
     * @param lines all of them, at least one; only the first {@value Explanation#MAX_LINES} are shown
     * @param count how many there are
     */
    public static Explanation of(String message, double nats, List<SourceLine> lines, long count) {
        SourceLine first = lines.get(0);
        return new Explanation(
                Explanation.Kind.UNKNOWN_MESSAGE,
                View.ORDER,
                first,
                TrainingTexts.shortened(message),
                1,
                nats,
                null,
                List.of(),
                null,
                0,
                -1,
                null,
                first,
                lines.get(lines.size() - 1),
                count,
                lines.size() > Explanation.MAX_LINES ? lines.subList(0, Explanation.MAX_LINES) : lines,
                List.of(step(message, nats)),
                List.of());
    }

    /**
     * Explains what is odd about the log as a whole.
     *
     * @param evidence what the kinds say, the strongest first
     * @param lines the first line, and the last if there are several
     * @param count how many lines there are
     */
    public static Explanation ofWholeLog(List<Evidence> evidence, List<SourceLine> lines, long count) {
        return of(evidence.get(0).message(), 0, lines, count).withEvidence(evidence, true);
    }

    /** The step by which feedback recognises the line. */
    public static AnomalousStep step(String message, double nats) {
        return new AnomalousStep(View.ORDER, TrainingTexts.shortened(message), 1, null, 0, null, nats);
    }
}
