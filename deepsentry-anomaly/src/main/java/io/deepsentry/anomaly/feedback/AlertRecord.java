package io.deepsentry.anomaly.feedback;

import io.deepsentry.anomaly.explain.AnomalousStep;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An alert as {@code eval} and {@code live} leave it in a file, for {@link Feedback}.
 *
 * @param id the alert's id
 * @param session the session, or null in a stream
 * @param score its score
 * @param reason why it was raised, in words
 * @param steps what surprised
 */
public record AlertRecord(String id, @Nullable String session, double score, String reason, List<AnomalousStep> steps) {
    public AlertRecord {
        Objects.requireNonNull(id, "id");
        steps = List.copyOf(steps);
    }
}
