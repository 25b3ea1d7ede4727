package io.deepsentry.anomaly.score;

import java.util.List;

/**
 * The score of a whole session, with its parts.
 *
 * @param value the score that thresholds and verdicts refer to, in nats; higher is more anomalous
 * @param steps the surprises of all messages and of the end, in both views
 */
public record SessionScore(double value, List<StepSurprise> steps) {
    public SessionScore {
        steps = List.copyOf(steps);
    }
}
