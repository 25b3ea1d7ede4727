package io.deepsentry.live.identify;

import io.deepsentry.anomaly.threshold.Verdict;
import java.util.Objects;

/**
 * The verdict on a session at its end. A session that continues after an idle time is judged again at its next end.
 * Immutable.
 *
 * @param session the session's key, as the log has it
 * @param events how many events of the session were seen
 * @param verdict the final score and what it means
 * @param ending why the session was considered ended
 */
public record SessionVerdict(String session, long events, Verdict verdict, Ending ending) {
    /** Why a session was considered ended. */
    public enum Ending {
        /** A message marks the end. */
        MARKED,
        /** No message came for it during the idle time. */
        IDLE,
        /** The input ended. */
        INPUT_ENDED,
        /** Too many sessions were open, and this one had been silent longest. */
        EVICTED
    }

    public SessionVerdict {
        Objects.requireNonNull(session, "session");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(ending, "ending");
    }
}
