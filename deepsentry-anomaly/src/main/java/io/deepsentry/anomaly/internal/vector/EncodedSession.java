package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.parse.Label;
import io.deepsentry.text.prepare.IndexRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session, or a stream where there are no sessions: the numbers of its messages' vectors in a {@link VectorTable},
 * and where its first line stands.
 *
 * <p>A view of {@link EncodedSessions}: valid until those are closed. For one thread.
 */
public final class EncodedSession {
    private final Segments ids;
    private final Segments severities;
    private final long start;
    private final int length;
    private final IndexRow first;
    private final SessionEdges.@Nullable Stretch sinceLogBegan;
    private final SessionEdges.@Nullable Stretch age;

    EncodedSession(
            Segments ids,
            Segments severities,
            long start,
            int length,
            IndexRow first,
            SessionEdges.@Nullable Stretch sinceLogBegan,
            SessionEdges.@Nullable Stretch age) {
        this.ids = ids;
        this.severities = severities;
        this.start = start;
        this.length = length;
        this.first = first;
        this.sinceLogBegan = sinceLogBegan;
        this.age = age;
    }

    /** What of a session lies outside its part of the log. */
    public SessionEdges.CutOff cutOff(SessionEdges edges, MessageTable messages) {
        if (age == null) {
            return SessionEdges.CutOff.NEITHER;
        }
        int[] rows = messages.rows(ids());
        boolean begunBefore = sinceLogBegan != null && edges.cutAtBegin(rows[0], sinceLogBegan);
        return edges.cutOff(rows, begunBefore, age);
    }

    /** The session's key, or the input's name for a stream. */
    public String name() {
        String session = first.session();
        return session == null ? first.file() : session;
    }

    /** The name of a stream, which no other has: an input of which lines were left out has several. */
    public String stream() {
        return first.stream();
    }

    /** Whether lines of the input were left out before the first line of the stream. */
    public boolean isCutAtBegin() {
        return first.stretch() != 0;
    }

    /** How many messages there are, at least 1. */
    public int length() {
        return length;
    }

    /** The number of the vector of message {@code step}, from 0. */
    public int id(int step) {
        if (step < 0 || step >= length) {
            throw new IndexOutOfBoundsException(name() + " has steps 0 to " + (length - 1) + ", but not " + step);
        }
        return ids.getInt(start + step);
    }

    /** The numbers of all messages, in their order. */
    public int[] ids() {
        int[] all = new int[length];
        for (int i = 0; i < length; i++) {
            all[i] = ids.getInt(start + i);
        }
        return all;
    }

    /** How severe message {@code step} of a stream is, by its level and its words. */
    public Severity severity(int step) {
        return Severity.ofCode(severities.getInt(start + step));
    }

    /** What is known of the session; for a stream, of its first line only. */
    public @Nullable Label label() {
        return first.label();
    }

    /** When the first line was logged, if known. */
    public @Nullable Instant time() {
        return first.time();
    }

    /** The input of the first line. */
    public String file() {
        return first.file();
    }

    /** The number of the first line, from 1. */
    public long line() {
        return first.line();
    }

    /** The byte at which the first line begins, in the uncompressed input. */
    public long offset() {
        return first.offset();
    }
}
