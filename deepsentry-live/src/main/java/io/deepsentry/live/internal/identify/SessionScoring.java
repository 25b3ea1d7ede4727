package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.parse.LogEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The score of one session, whose messages come one after the other. */
interface SessionScoring {
    /** The score with one more message, by what is known of the session so far. */
    double add(float[] vector);

    /**
     * The score with one more message, with what the kinds of evidence say of it.
     *
     * @param key the session's
     */
    default double add(ReadMessage read, String key) {
        return add(read.vector());
    }

    /** Sees an event again whose evidence it is told of by {@link #readEvidence}. */
    default double repeat(float[] vector, LogEvent event) {
        return add(vector);
    }

    /** Writes what the kinds of evidence said of the messages. */
    default void writeEvidence(DataOutput out) throws IOException {}

    /** Reads it. */
    default void readEvidence(DataInput in) throws IOException {}

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
