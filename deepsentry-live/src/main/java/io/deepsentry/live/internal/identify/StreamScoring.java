package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.parse.LogEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The score of a stream without sessions, message by message. */
interface StreamScoring {
    /** The score of the window that the next event ends, with what the kinds of evidence say. */
    double add(ReadMessage read);

    /** The score of nothing having come for so many seconds; 0 if that is nothing odd, or was said before. */
    default double quiet(double seconds) {
        return 0;
    }

    /** What of that the last event ended, now with when and for how long. */
    default List<Evidence> over() {
        return List.of();
    }

    /** Whether no event at all is what is odd, until the next one comes. */
    default boolean isOut() {
        return false;
    }

    /** Sees an event again whose evidence it is told of by {@link #readEvidence}. */
    void repeat(float[] vector, LogEvent event);

    /** What is odd about the last event, the most important first: the same for events that are one finding. */
    default List<FindingKey> keys() {
        return List.of();
    }

    /** Writes what the kinds of evidence remember. */
    default void writeEvidence(DataOutput out) throws IOException {}

    /** Reads it. */
    default void readEvidence(DataInput in) throws IOException {}

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
