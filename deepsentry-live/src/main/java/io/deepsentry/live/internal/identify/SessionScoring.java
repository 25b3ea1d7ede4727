package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.parse.LogEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The score of one session, whose messages come one after the other. */
interface SessionScoring {
    /** The score with one more message, by what is known of the session so far. */
    double add(float[] vector);

    /** The same, with the event for explanations. */
    default double add(float[] vector, LogEvent event) {
        return add(vector);
    }

    /** The score if the session ended here. It may still go on. */
    double ended();

    /**
     * The score if the log ended here: the session may have been cut off.
     *
     * @param age from its first message to the end of the log, or null if lines have no times
     * @param messages how many messages of sessions came after its first one
     */
    default double endedWithLog(@Nullable Duration age, long messages) {
        return ended();
    }

    /** Whether a user said that what scores so is normal. */
    default boolean acknowledged(double threshold, boolean ended) {
        return false;
    }

    /** Why it scores so; null if that is not known. */
    default @Nullable Explanation explain(double threshold, boolean ended, Explanation.Lines lines) {
        return null;
    }
}
