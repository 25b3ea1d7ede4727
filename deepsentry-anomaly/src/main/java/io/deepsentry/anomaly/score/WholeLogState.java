package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.feedback.Feedback;
import io.deepsentry.anomaly.feedback.FeedbackRecord;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.evidence.Observation;
import io.deepsentry.anomaly.internal.evidence.StreamEvidence;
import io.deepsentry.anomaly.internal.explain.Forgiveness;
import io.deepsentry.anomaly.internal.explain.KeylessExplanation;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A log of sessions as a whole, judged line by line beside them: bursts, drops, silences and shares of errors. In
 * bounded memory. Confined to one thread.
 *
 * <p>A line of which nothing is said scores 0; else the trained threshold and the logarithm of the strength.
 */
public final class WholeLogState {
    private final double threshold;
    private final StreamEvidence.Stream kinds;
    private List<Evidence> evidence = List.of();

    /** @param threshold the trained one */
    WholeLogState(StreamEvidence learned, double threshold) {
        this.threshold = threshold;
        this.kinds = learned.begin();
    }

    /** {@return the score above which a line is anomalous, in nats} */
    public double threshold() {
        return threshold;
    }

    /**
     * Adds the next line of the log.
     *
     * @param event the event
     * @param message its message and values
     * @param shown makes of a piece of evidence what may stand in an explanation
     * @return its score in nats; higher is more anomalous
     */
    public double add(LogEvent event, IdentifiedMessage message, UnaryOperator<Evidence> shown) {
        return add(Observation.of(event, message), shown);
    }

    private double add(Observation line, UnaryOperator<Evidence> shown) {
        List<Evidence> found = kinds.next(line);
        evidence = found.isEmpty() ? found : found.stream().map(shown).toList();
        return StreamEvidence.lifted(0, threshold, evidence);
    }

    /**
     * Says that nothing has come since the last line for so long. Mostly that is nothing odd; if it is, what is odd and
     * explained until the next line comes is that. It is said once.
     *
     * @param seconds how long the log has been quiet
     * @return the score in nats, above the trained threshold if it is odd, else 0
     */
    public double quiet(double seconds) {
        List<Evidence> found = kinds.quiet(seconds);
        if (found.isEmpty()) {
            return 0;
        }
        evidence = found;
        return StreamEvidence.lifted(0, threshold, found);
    }

    /**
     * {@return what {@link #quiet} said of the log having no lines and the last line ended, now with when and for how
     * long; mostly nothing}
     */
    public List<Evidence> over() {
        return kinds.over();
    }

    /** {@return whether no line at all is what {@link #quiet} said, until the next line comes} */
    public boolean isOut() {
        return kinds.isOut();
    }

    /** {@return what is odd about the log at the last line, the strongest first; mostly nothing} */
    public List<FindingKey> keys() {
        return evidence.stream().map(FindingKey::of).distinct().toList();
    }

    /**
     * {@return the acknowledgement that makes the log normal at the last line, or null}
     *
     * @param feedback what was acknowledged
     */
    public @Nullable FeedbackRecord acknowledgedBy(Feedback feedback) {
        return feedback.isEmpty()
                ? null
                : Forgiveness.ofLine(
                        feedback, evidence.stream().map(AnomalousStep::of).toList());
    }

    /**
     * Explains why the log is anomalous at the last line.
     *
     * @param line where the line is
     * @return the reasons
     */
    public Explanation explain(SourceLine line) {
        return KeylessExplanation.ofWholeLog(evidence, List.of(line), 1);
    }

    /**
     * Writes what the kinds of evidence remember of the log.
     *
     * @param out takes the state
     * @throws java.io.IOException if the other side fails
     */
    public void writeEvidence(DataOutput out) throws IOException {
        kinds.write(out);
    }

    /**
     * Reads it into a log that has just begun.
     *
     * @param in gives the state
     * @throws java.io.IOException if the other side fails
     */
    public void readEvidence(DataInput in) throws IOException {
        kinds.read(in);
    }
}
