package io.deepsentry.live.identify;

import io.deepsentry.anomaly.threshold.Drift;

/**
 * The counts of an {@link io.deepsentry.live.AnomalyIdentifier} so far. Immutable.
 *
 * @param messages messages checked
 * @param anomalous those whose verdict was anomalous
 * @param withoutKey messages that belong to no session where sessions are judged
 * @param alerts alerts raised
 * @param sessions sessions seen; one that was forgotten and came again counts twice
 * @param openSessions sessions that have not ended
 * @param evictedSessions sessions judged and forgotten before their end, because too many were open
 * @param drift whether the scores of ended sessions, or of messages of a stream, are still like those of validation
 * @param unjudged messages that could not be judged because of a fault of the program; each is named in a warning
 */
public record IdentifierStats(
        long messages,
        long anomalous,
        long withoutKey,
        long alerts,
        long sessions,
        long openSessions,
        long evictedSessions,
        Drift drift,
        long unjudged) {}
