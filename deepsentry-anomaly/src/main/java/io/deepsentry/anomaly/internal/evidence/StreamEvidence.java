package io.deepsentry.anomaly.internal.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.evidence.EvidenceKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the kinds of evidence learnt from streams. Immutable, safe for use by several threads. */
public final class StreamEvidence {
    /** The file in the detector's folder. */
    public static final String FILE = "evidence.json";

    /** Learns from nothing: finds nothing. */
    public static final StreamEvidence NONE = new StreamEvidence();

    private StreamEvidence() {}

    /**
     * The score of a line with its evidence: the strongest lifts it above the trained threshold, by the logarithm of its strength.
     *
     * @param own the line's score without
     */
    public static double score(double own, double threshold, List<Evidence> evidence) {
        double score = own;
        for (Evidence each : evidence) {
            if (each.strength() > 1) {
                score = Math.max(score, threshold + Math.log(each.strength()));
            }
        }
        return score;
    }

    /** Begins to learn from streams in the order of their lines, in one pass and bounded memory. */
    public static Learner learner() {
        return new Learner();
    }

    /** Reads what {@link #toMap} gave. */
    public static StreamEvidence read(JsonNode json) {
        return NONE;
    }

    /** What was learnt, as JSON with sorted names. */
    public Map<String, Object> toMap() {
        return Map.of();
    }

    /** The same without the kinds that are not named. */
    public StreamEvidence only(Set<EvidenceKind> kinds) {
        return this;
    }

    /** Begins a stream. */
    public Stream begin() {
        return new Stream();
    }

    /** Learns. For one thread. */
    public static final class Learner {
        private Learner() {}

        /**
         * Takes the next line.
         *
         * @param stream the input it is of: lines of one input follow each other
         */
        public void add(String stream, Observation line) {}

        /** What was learnt. */
        public StreamEvidence finish() {
            return NONE;
        }
    }

    /** A stream under way, in bounded memory. For one thread. */
    public static final class Stream {
        private Stream() {}

        /** Takes the next line and says what is odd about it, or about what did not come until it; mostly nothing. */
        public List<Evidence> next(Observation line) {
            return List.of();
        }

        /** Writes the state of the stream. */
        public void write(DataOutput out) throws IOException {}

        /** Reads it into a stream that has just begun. */
        public void read(DataInput in) throws IOException {}
    }
}
