package io.deepsentry.anomaly.evaluation;

import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.Labels;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cases of a test part, each of which gets a score and a verdict: its sessions in the order of their first lines,
 * or its lines where there are no sessions. Keeps their labels in about 9 bytes a case; names stay in the index until
 * they are asked for.
 *
 * <p>A session is anomalous if the label file says so or, without one, if any of its lines is labelled an anomaly.
 */
final class TestPart {
    private static final byte UNKNOWN = 0;
    private static final byte NORMAL = 1;
    private static final byte ANOMALY = 2;

    private final PreparedData prepared;
    private final byte[] truth;
    /** The row of each session's first line; empty for lines, which are their own. */
    private final long[] firstRows;

    private final @Nullable Instant first;
    private final @Nullable Instant last;

    private TestPart(
            PreparedData prepared, byte[] truth, long[] firstRows, @Nullable Instant first, @Nullable Instant last) {
        this.prepared = prepared;
        this.truth = truth;
        this.firstRows = firstRows;
        this.first = first;
        this.last = last;
    }

    /**
     * Reads the index of the test part.
     *
     * @param labels labels of sessions that replace those of the index, or null
     * @throws MissingDataException if the test part is empty
     */
    static TestPart read(PreparedData prepared, @Nullable Labels labels, RunContext context) {
        boolean keyed = prepared.meta().sessionKey() != null;
        byte[] truth = new byte[1 << 10];
        long[] firstRows = new long[keyed ? 1 << 10 : 0];
        SessionTable sessions = new SessionTable();
        int count = 0;
        long row = 0;
        Instant first = null;
        Instant last = null;
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST);
                Progress.Stage stage = context.progress()
                        .begin("read the index of the test part", prepared.rows(Split.TEST), "rows")) {
            for (IndexRow origin = origins.next(); origin != null; origin = origins.next(), row++) {
                if ((row & 0xFFF) == 0) {
                    context.cancellation().check();
                }
                Instant time = origin.time();
                if (time != null) {
                    first = first == null || time.isBefore(first) ? time : first;
                    last = last == null || time.isAfter(last) ? time : last;
                }
                String session = keyed ? sessionOf(prepared, origin) : null;
                int index = session == null ? count : sessions.add(SessionTable.hash(session), 0);
                if (index == truth.length) {
                    truth = Arrays.copyOf(truth, larger(index, prepared));
                    firstRows = keyed ? Arrays.copyOf(firstRows, truth.length) : firstRows;
                }
                if (index == count) {
                    count++;
                    if (keyed) {
                        firstRows[index] = row;
                    }
                }
                Label label = session == null || labels == null
                        ? origin.label()
                        : labels.of(session).orElse(null);
                truth[index] = (byte) Math.max(truth[index], code(label));
                stage.advance(1);
            }
        }
        if (count == 0) {
            throw emptyTestPart(prepared.directory());
        }
        return new TestPart(
                prepared,
                Arrays.copyOf(truth, count),
                keyed ? Arrays.copyOf(firstRows, count) : firstRows,
                first,
                last);
    }

    /** Returns the error for a test part without a row. */
    static MissingDataException emptyTestPart(Path prepared) {
        return new MissingDataException("the test part of the prepared data in " + prepared
                + " must hold at least one line, but is empty; give a longer log, prepare with a lower"
                + " training_log_data_fraction, or name a test log");
    }

    private static String sessionOf(PreparedData prepared, IndexRow origin) {
        String session = origin.session();
        if (session == null) {
            throw new DataException(prepared.index(Split.TEST) + ": each row must name its session, but the row of "
                    + origin.file() + ":" + origin.line() + " names none; run prepare again");
        }
        return session;
    }

    private static int larger(int length, PreparedData prepared) {
        if (length > Integer.MAX_VALUE / 2) {
            throw new DataException("the test part of " + prepared.directory() + " must have at most "
                    + Integer.MAX_VALUE / 2 + " cases, but has more; evaluate it in pieces");
        }
        return length * 2;
    }

    private static byte code(@Nullable Label label) {
        return label == null ? UNKNOWN : label == Label.ANOMALY ? ANOMALY : NORMAL;
    }

    /** Returns whether the cases are sessions; otherwise they are lines. */
    boolean keyed() {
        return prepared.meta().sessionKey() != null;
    }

    /** Returns the name of a case in the singular: {@code session} or {@code line}. */
    String unit() {
        return keyed() ? "session" : "line";
    }

    /** Returns the number of cases, at least 1. */
    int count() {
        return truth.length;
    }

    /** Returns the inputs of the test part, as they were named. */
    List<String> inputs() {
        String test = prepared.meta().test();
        return test == null ? prepared.meta().inputs() : List.of(test);
    }

    /** Returns the earliest time of a line, or null if lines have none. */
    @Nullable
    Instant first() {
        return first;
    }

    /** Returns the latest time of a line, or null if lines have none. */
    @Nullable
    Instant last() {
        return last;
    }

    /** Returns the label of a case, or null if it has none. */
    @Nullable
    Label label(int index) {
        return truth[index] == UNKNOWN ? null : truth[index] == ANOMALY ? Label.ANOMALY : Label.NORMAL;
    }

    /** Returns the number of cases with this label; null counts those without one. */
    int count(@Nullable Label label) {
        byte wanted = code(label);
        int found = 0;
        for (byte code : truth) {
            found += code == wanted ? 1 : 0;
        }
        return found;
    }

    /** Returns the scores of the labelled cases, given one score a case. */
    LabelledScores labelled(double[] scores) {
        int known = truth.length - count(null);
        double[] values = new double[known];
        boolean[] anomalous = new boolean[known];
        int next = 0;
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] != UNKNOWN) {
                values[next] = scores[i];
                anomalous[next++] = truth[i] == ANOMALY;
            }
        }
        return LabelledScores.of(values, anomalous);
    }

    /** Takes a case. */
    interface CaseVisitor {
        void visit(int index, IndexRow first);
    }

    /** Visits the cases in order, each with its first line. */
    void forEach(CaseVisitor visitor) {
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(Split.TEST)) {
            int index = 0;
            long row = 0;
            for (IndexRow origin = origins.next(); index < truth.length; origin = origins.next(), row++) {
                if (origin == null) {
                    throw new DataException(prepared.index(Split.TEST) + " changed while it was read; run again");
                }
                if (firstRows.length == 0 || firstRows[index] == row) {
                    visitor.visit(index++, origin);
                }
            }
        }
    }
}
