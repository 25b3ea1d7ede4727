package io.deepsentry.anomaly.feedback;

import io.deepsentry.anomaly.explain.AnomalousStep;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An alert read from a file that {@code eval} or {@code live} wrote, for {@link Feedback}. Immutable.
 *
 * @param id the alert's id
 * @param session the session, or null in a stream
 * @param score its score
 * @param reason the reason in words
 * @param steps its surprising steps
 */
public record AlertRecord(String id, @Nullable String session, double score, String reason, List<AnomalousStep> steps) {
    public AlertRecord {
        Objects.requireNonNull(id, "id");
        steps = List.copyOf(steps);
    }
}
