package io.deepsentry.anomaly.internal.evidence;

import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What one kind of evidence learnt. Immutable, safe for use by several threads. */
interface Kind {
    EvidenceKind kind();

    /** Begins to watch a stream. */
    Watch begin();

    /** What was learnt, as JSON. */
    Map<String, Object> toJson();

    /**
     * One kind of evidence in training: each line is judged by what was learnt before it, then learnt. For one thread.
     */
    interface Lesson {
        /** Begins another stream. */
        void begin();

        /** Takes the next line of the stream. */
        void add(Line line);

        /**
         * Takes an hour in which all lines were counted, where the lines that were taken are stretches of the log.
         * Hours come after all lines.
         */
        default void add(CountedHour hour) {}

        /** What was learnt from so many lines; from so many sessions, if the lines are of sessions. */
        Kind finish(long lines);

        /** What stretches of the log could not teach, after {@link #finish}. */
        default List<String> notLearnt() {
            return List.of();
        }
    }

    /** One kind of evidence in a stream under way. For one thread. */
    interface Watch {
        /** Takes the next line, and adds what is odd. */
        void next(Line line, List<Evidence> found);

        /**
         * Adds what is odd about nothing having come since the last line until a time, in the seconds of lines.
         *
         * @param outages takes it where no line at all is what is odd
         */
        default void quiet(double last, double now, List<Outage> outages, List<Evidence> found) {}

        /** Hears that the next line ends an outage of so many seconds that was said: it is not said once more. */
        default void resume(double seconds) {}

        void write(DataOutput out) throws IOException;

        /** Reads what was written into a watch that has just begun. */
        void read(DataInputStream in) throws IOException;
    }
}
