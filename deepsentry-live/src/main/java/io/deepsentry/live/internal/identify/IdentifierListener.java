package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what is found while messages are judged, and how time goes by, on the judging thread. */
public interface IdentifierListener {
    /** Takes an anomaly: a session, or a line of a stream. */
    void found(FoundAlert found);

    /**
     * Hears that lines come again after an outage that was found while it lasted.
     *
     * @param outages what was found, now with when and for how long
     * @param time of the first line after it; null if lines have no time
     */
    default void over(List<Evidence> outages, @Nullable Instant time) {}

    /** Takes the alert of a session again at the session's end, when more is known of it. */
    default void moreKnown(Alert alert) {}

    /** Takes the verdict on a session at its end. */
    default void sessionEnded(SessionVerdict verdict) {}

    /**
     * Hears of each event before it is judged.
     *
     * @param time when it was logged; null if lines have no time
     * @param wall the time, in nanoseconds
     */
    default void event(@Nullable Instant time, long wall) {}

    /**
     * Hears that nothing new is there at the moment.
     *
     * @return whether that is something to act upon, for which {@link #quiet} is called then
     */
    default boolean caughtUp(long wall) {
        return false;
    }

    /** Acts upon what {@link #caughtUp} returned. */
    default void quiet() {}

    /** Writes how its clock stands, for whoever judges again. */
    default void writeClock(StateOutput out, long wall) throws IOException {}

    /** Reads it; the time in between does not count. */
    default void readClock(StateInput in, long wall) throws IOException {}
}
