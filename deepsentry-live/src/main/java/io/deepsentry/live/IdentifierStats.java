package io.deepsentry.live;

/**
 * What an {@link AnomalyIdentifier} has seen so far.
 *
 * @param messages messages checked
 * @param anomalous those whose verdict was anomalous
 * @param withoutKey messages that belong to no session where sessions are judged
 * @param alerts alerts given
 * @param sessions sessions seen; one that was forgotten and came again counts twice
 * @param openSessions sessions that have not ended
 * @param evictedSessions sessions judged and forgotten before their end, because too many were open
 */
public record IdentifierStats(
        long messages,
        long anomalous,
        long withoutKey,
        long alerts,
        long sessions,
        long openSessions,
        long evictedSessions) {}
