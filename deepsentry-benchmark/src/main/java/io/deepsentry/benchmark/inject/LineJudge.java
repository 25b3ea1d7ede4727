package io.deepsentry.benchmark.inject;

import io.deepsentry.parse.LogEvent;
import java.util.BitSet;
import java.util.List;

/** Judges lines as they would be judged in use. */
interface LineJudge {
    /**
     * Judges the lines of a stream from its begin, or of a whole session.
     *
     * @return the lines at which something is flagged, from 0; of a session the one at which it is
     */
    BitSet flagged(List<LogEvent> lines);
}
