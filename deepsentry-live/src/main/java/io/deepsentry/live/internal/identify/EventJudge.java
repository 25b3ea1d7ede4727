package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.score.PendingMessages;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import java.io.IOException;
import java.util.List;

/** Judges the events of one log, by the sessions they belong to or by the streams they come in. For one thread. */
interface EventJudge {
    /**
     * Judges the next event.
     *
     * @param wall the time, in nanoseconds
     */
    Verdict judge(ReadMessage read, long wall);

    /** Judges an event as one of its input as a whole alone: what it belongs to is judged by others. */
    default void judgeWholeLog(ReadMessage read, long wall) {}

    /** Judges inputs as a whole no longer: others do. */
    default void leaveWholeLog() {}

    /** The sessions or streams in whose order of messages an event counts. */
    List<String> units(ReadMessage read);

    /** What is about to come for one of them, with what its score depends on. */
    PendingMessages pending(String unit, List<float[]> next);

    /** Scores from what is remembered when it is next asked: what scored so far is forgotten. */
    void forgetScores();

    /** Judges the sessions for which nothing came for the idle timeout. */
    default void endIdle() {}

    /** Whether there is such a session. */
    default boolean anyIdle() {
        return false;
    }

    /** Judges all sessions that have not ended: the input has. */
    default void endAll() {}

    /** Whether a session of this key is remembered. */
    default boolean knows(String key) {
        return false;
    }

    /** Sessions seen; one that was forgotten and came again counts twice. */
    default long begun() {
        return 0;
    }

    /** Sessions that have not ended. */
    default int open() {
        return 0;
    }

    /** Sessions that had to be judged and forgotten before they seemed to have ended. */
    default long evicted() {
        return 0;
    }

    /** Writes all that is remembered. */
    void write(StateOutput out) throws IOException;

    /** Reads it into a judge that has judged nothing. */
    void read(StateInput in, VectorPool.Reader known) throws IOException;
}
