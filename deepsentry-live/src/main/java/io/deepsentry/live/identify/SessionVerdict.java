package io.deepsentry.live.identify;

import io.deepsentry.anomaly.threshold.Verdict;
import java.util.Objects;

/**
 * What became of a session at its end. A session that goes on after an idle time is judged again at its next end.
 *
 * @param session its key
 * @param events how many events of it were seen
 * @param verdict its final score, and what that means
 * @param ending why it was taken for ended
 */
public record SessionVerdict(String session, long events, Verdict verdict, Ending ending) {
    /** Why a session was taken for ended. */
    public enum Ending {
        /** A message that marks the end. */
        MARKED,
        /** Nothing came for it for a while. */
        IDLE,
        /** The input ended. */
        INPUT_ENDED,
        /** Too many sessions were open, and nothing had come for this one for longest. */
        EVICTED
    }

    public SessionVerdict {
        Objects.requireNonNull(session, "session");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(ending, "ending");
    }
}
