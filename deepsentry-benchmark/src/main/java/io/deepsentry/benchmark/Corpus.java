package io.deepsentry.benchmark;

import io.deepsentry.anomaly.internal.vector.MessageSequence;
import io.deepsentry.anomaly.internal.vector.VectorTable;
import io.deepsentry.parse.Label;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole log as cases in the order of time: sessions or, where there are none, lines. A case is known by its
 * sequence: a session by its messages as they came, a line by the last lines of its stream, itself the last. A message
 * is a masked message; lines that differ in masked values only have one number.
 *
 * <p>Equal sequences are held once; besides them about 10 bytes a case, and 8 a message of a session for its time. For
 * one thread.
 */
final class Corpus implements AutoCloseable {
    private final boolean keyed;
    private final List<MessageSequence> sequences;
    private final int[] sequenceOf;
    private final long[][] timesOf;
    private final byte[] truth;
    private final int[] streamOf;
    private final boolean[] clean;
    private final VectorTable table;
    private final int[] vectorOf;

    static final byte UNKNOWN = 0;
    static final byte NORMAL = 1;
    static final byte ANOMALY = 2;

    /**
     * Puts together what {@link CorpusReader} read.
     *
     * @param sequences the distinct ones
     * @param sequenceOf which one each case has
     * @param timesOf when each message of each session was logged, as {@link #times} gives it; empty for lines
     * @param truth what is known of each case
     * @param streamOf the stream of each line, lines of one stream being together; empty for sessions
     * @param clean whether no line of the sequence is an anomaly, for each line; empty for sessions
     * @param vectorOf the number in {@code table} of each message's vector
     */
    Corpus(
            boolean keyed,
            List<MessageSequence> sequences,
            int[] sequenceOf,
            long[][] timesOf,
            byte[] truth,
            int[] streamOf,
            boolean[] clean,
            VectorTable table,
            int[] vectorOf) {
        this.keyed = keyed;
        this.sequences = List.copyOf(sequences);
        this.sequenceOf = sequenceOf;
        this.timesOf = timesOf;
        this.truth = truth;
        this.streamOf = streamOf;
        this.clean = clean;
        this.table = table;
        this.vectorOf = vectorOf;
    }

    /** Whether the cases are sessions; else they are lines. */
    boolean keyed() {
        return keyed;
    }

    /** What a case is, in the singular. */
    String unit() {
        return keyed ? "session" : "line";
    }

    /** How many cases there are. */
    int count() {
        return sequenceOf.length;
    }

    /** How many cases have this label; null counts those of which nothing is known. */
    int count(@Nullable Label label) {
        byte wanted = code(label);
        int found = 0;
        for (byte code : truth) {
            found += code == wanted ? 1 : 0;
        }
        return found;
    }

    static byte code(@Nullable Label label) {
        return label == null ? UNKNOWN : label == Label.ANOMALY ? ANOMALY : NORMAL;
    }

    boolean isLabelled(int index) {
        return truth[index] != UNKNOWN;
    }

    boolean isAnomaly(int index) {
        return truth[index] == ANOMALY;
    }

    /** How many distinct sequences there are. */
    int sequenceCount() {
        return sequences.size();
    }

    /** The number of a case's sequence among the distinct ones. */
    int sequenceOf(int index) {
        return sequenceOf[index];
    }

    /**
     * When each message of a session was logged, in milliseconds since 1970; {@link Long#MIN_VALUE} where that is not
     * known.
     */
    long[] times(int session) {
        return timesOf[session];
    }

    /** The sequence of that number. */
    MessageSequence sequence(int number) {
        return sequences.get(number);
    }

    /** The stream of a line; 0 for sessions. */
    int stream(int index) {
        return keyed ? 0 : streamOf[index];
    }

    /** The message that a line is. */
    int message(int line) {
        int[] window = sequences.get(sequenceOf[line]).messages();
        return window[window.length - 1];
    }

    /** Whether the case may be learnt from where anomalies are left out: no line of its sequence is one. */
    boolean isClean(int index) {
        return keyed ? truth[index] != ANOMALY : clean[index];
    }

    /** How many different messages there are. */
    int messages() {
        return vectorOf.length;
    }

    /** The length of a vector. */
    int dimension() {
        return table.dimension();
    }

    /** A message's vector. */
    float[] vector(int message) {
        return table.vector(vectorOf[message]);
    }

    @Override
    public void close() {
        table.close();
    }
}
