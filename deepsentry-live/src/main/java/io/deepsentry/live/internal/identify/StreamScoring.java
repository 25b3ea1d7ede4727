package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.parse.LogEvent;
import org.jspecify.annotations.Nullable;

/** The score of a stream without sessions, message by message. */
interface StreamScoring {
    /** The score of the window that the next event ends. */
    double add(float[] vector, LogEvent event);

    /** Whether the last message, if it is anomalous as the one before it was, needs no alert of its own. */
    default boolean continuesRun() {
        return true;
    }

    /** Whether a user said that the last message is normal there. */
    default boolean acknowledged() {
        return false;
    }

    /** Why the last message scores so; null if that is not known. */
    default @Nullable Explanation explain(Explanation.Lines lines) {
        return null;
    }

    /** How many messages, the last one included, an explanation may ask the lines of. */
    default int remembered() {
        return 1;
    }
}
