package io.deepsentry.anomaly.internal.explain;

import io.deepsentry.anomaly.explain.AnomalousStep;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.View;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.internal.detector.TrainingTexts;
import io.deepsentry.anomaly.internal.vector.Windows;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A step that counts for a session's score, in numbers: {@link Explainer} finds it, and texts make an {@link
 * AnomalousStep} of it.
 *
 * @param step which message in the order they came, from 0; the number of messages for the end
 * @param code the number of its vector, or {@link Windows#END}
 * @param occurrence its ordinal among those of its message, from 1; 0 for the end
 * @param after the number of the vector before it in its view, or {@link Windows#BEGIN}
 * @param missing the known message that had to come first, or -1
 * @param missingOccurrence the ordinal of that message
 * @param place whether its place surprised rather than the message: then what it came after belongs to it
 * @param expected rows of known messages, or of the end, that were the most probable, and how probable
 */
public record ScoredStep(
        View view,
        int step,
        int code,
        double nats,
        int occurrence,
        int after,
        int missing,
        int missingOccurrence,
        boolean place,
        Explanation.Kind kind,
        List<Likely> expected) {
    /** A known message, or the end, and its probability. */
    record Likely(int row, double probability) {}

    public ScoredStep {
        expected = List.copyOf(expected);
    }

    boolean atEnd() {
        return code == Windows.END;
    }

    /** Whether it came after a message, the missing one, that it always comes before. */
    boolean isOfSessionOrder() {
        return view == View.COUNT && kind == Explanation.Kind.UNEXPECTED_ORDER;
    }

    /** @param text the masked message of a vector's number */
    public AnomalousStep named(IntFunction<String> text, TrainingTexts known) {
        if (view == View.COUNT && missing >= 0 && !isOfSessionOrder()) {
            // The same wherever it shows.
            return new AnomalousStep(view, null, 0, known.of(missing), missingOccurrence, null, nats);
        }
        return new AnomalousStep(
                view,
                atEnd() ? null : text.apply(code),
                place && !atEnd() ? 0 : occurrence,
                missing < 0 ? null : known.of(missing),
                missingOccurrence,
                place ? textOf(after, text) : null,
                nats);
    }

    /** Returns what is odd: the same as the key of an explanation of which this is the main reason. */
    public FindingKey key(IntFunction<String> text, TrainingTexts known) {
        return FindingKey.of(
                kind,
                view,
                atEnd() ? null : text.apply(code),
                textOf(after, text),
                missing < 0 ? null : known.of(missing));
    }

    private static @Nullable String textOf(int code, IntFunction<String> text) {
        return code < 0 ? null : text.apply(code);
    }
}
