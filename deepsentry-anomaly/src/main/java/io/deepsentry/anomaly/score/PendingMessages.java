package io.deepsentry.anomaly.score;

import java.util.List;

/**
 * Messages about to be added to a session or a stream, for {@link SessionScorer#precompute}.
 *
 * @param before the vectors before them, oldest first: as many as a window has, or all
 * @param fromBegin whether {@code before} begins where the session or stream begins
 * @param next their own vectors
 */
public record PendingMessages(List<float[]> before, boolean fromBegin, List<float[]> next) {
    public PendingMessages {
        before = List.copyOf(before);
        next = List.copyOf(next);
    }
}
