package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.View;

/**
 * How unexpected one message was.
 *
 * @param step which message of the session, from 0; the number of messages stands for the session's end
 * @param nats minus the natural logarithm of the probability it was given by what came before it, 0 to {@value io.deepsentry.anomaly.internal.vector.TrainingMessages#MAX_NATS}
 * @param view in which order of messages
 */
public record StepSurprise(int step, double nats, View view) {}
