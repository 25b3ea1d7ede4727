package io.deepsentry.anomaly.score;

import java.util.List;

/**
 * The score of a whole session and what it is made of.
 *
 * @param value higher is more anomalous, in nats; what thresholds and verdicts are about
 * @param steps how unexpected each message and the end were, in both views
 */
public record SessionScore(double value, List<StepSurprise> steps) {
    public SessionScore {
        steps = List.copyOf(steps);
    }
}
