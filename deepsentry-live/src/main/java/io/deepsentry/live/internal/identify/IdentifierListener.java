package io.deepsentry.live.internal.identify;

import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.identify.SessionVerdict;

/** Hears what is found while messages are judged, on the judging thread. */
public interface IdentifierListener {
    /** Takes a finding. */
    void found(Alert alert);

    /** Takes the alert of a session again at the session's end, when more is known of it. */
    default void moreKnown(Alert alert) {}

    /** Takes the verdict on a session at its end. */
    default void sessionEnded(SessionVerdict verdict) {}
}
