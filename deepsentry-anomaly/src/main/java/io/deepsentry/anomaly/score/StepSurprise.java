package io.deepsentry.anomaly.score;

import io.deepsentry.anomaly.explain.View;

/**
 * The surprise of one message.
 *
 * @param step the place of the message in its session, from 0; the session's end has the place after the last message
 * @param nats minus the natural logarithm of its probability after what came before it, 0 to 30
 * @param view the view that was surprised
 */
public record StepSurprise(int step, double nats, View view) {}
