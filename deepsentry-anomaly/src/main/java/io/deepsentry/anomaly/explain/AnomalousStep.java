package io.deepsentry.anomaly.explain;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A step that surprised, in terms by which the same step is recognised in another session: what came, and what was out of place about it.
 *
 * @param view in which order of messages it surprised
 * @param message the masked message, or null for the end of the session
 * @param occurrence the how-manieth of this message in its session it was; 0 where that says nothing
 * @param required the message that had to come before it, or in its place, and did not; null where the message itself is what surprised
 * @param requiredOccurrence the how-manieth of that message would have been; 0 where that says nothing
 * @param after the message it came after, where that is what surprised; null otherwise
 * @param nats how much it surprised
 */
public record AnomalousStep(
        View view,
        @Nullable String message,
        int occurrence,
        @Nullable String required,
        int requiredOccurrence,
        @Nullable String after,
        double nats) {
    public AnomalousStep {
        Objects.requireNonNull(view, "view");
        if (occurrence < 0 || requiredOccurrence < 0) {
            throw new IllegalArgumentException(
                    "occurrences must not be negative, but were " + occurrence + " and " + requiredOccurrence);
        }
        if (!(nats >= 0) || Double.isInfinite(nats)) {
            throw new IllegalArgumentException("nats must be a number from 0 on, but was " + nats);
        }
    }

    /** The same step with its texts replaced. */
    AnomalousStep withTexts(UnaryOperator<String> replacement) {
        return new AnomalousStep(
                view,
                message == null ? null : replacement.apply(message),
                occurrence,
                required == null ? null : replacement.apply(required),
                requiredOccurrence,
                after == null ? null : replacement.apply(after),
                nats);
    }

    /** Whether this is the other step again: the same but for how much it surprised, and hardly more surprising. */
    public boolean repeats(AnomalousStep known, double margin) {
        return view == known.view
                && Objects.equals(message, known.message)
                && occurrence == known.occurrence
                && Objects.equals(required, known.required)
                && requiredOccurrence == known.requiredOccurrence
                && Objects.equals(after, known.after)
                && nats <= known.nats + margin;
    }

    /** Whether this step of a session under way may turn out to repeat the other one: a message whose context in the whole session is not known yet. */
    public boolean mayRepeat(AnomalousStep known) {
        return view == View.CONTENT
                && known.view == View.CONTENT
                && message != null
                && message.equals(known.message)
                && occurrence == known.occurrence;
    }
}
