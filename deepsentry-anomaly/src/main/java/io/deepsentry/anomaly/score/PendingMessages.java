package io.deepsentry.anomaly.score;

import java.util.List;

/**
 * Messages that a session or a stream is about to be given, for {@link SessionScorer#precompute}.
 *
 * @param before the vectors that came before them, oldest first, at least as many as a window has or all
 * @param fromBegin whether those are all
 * @param next their own vectors
 */
public record PendingMessages(List<float[]> before, boolean fromBegin, List<float[]> next) {
    public PendingMessages {
        before = List.copyOf(before);
        next = List.copyOf(next);
    }
}
