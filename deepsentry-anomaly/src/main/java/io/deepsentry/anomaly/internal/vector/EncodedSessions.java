package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.DataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFile;
import io.deepsentry.text.internal.prepare.SessionTable;
import io.deepsentry.text.prepare.IndexRow;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One part of an encoded data set, put together by session: for each the numbers of its messages' vectors, in order.
 * Without sessions each input is one stream, or several where lines of it were left out between.
 *
 * <p>Read in two passes over the vectors and one over the index; names stay in the index until they are asked for.
 * About 50 bytes a session are held on the heap, and 8 a row, beyond 128 MiB in temporary files. For one thread.
 */
public final class EncodedSessions implements AutoCloseable {
    private final PreparedData prepared;
    private final Split split;
    private final Segments ids;
    /** Of each row of a stream; empty for sessions. */
    private final Segments severities;

    private final long[] starts;
    private final int[] lengths;
    private final long[] firstRows;
    private final long rows;
    /** What sessions begin and end with; null for streams and for what is not learnt from. */
    private final SessionEdges.@Nullable Counter edges;

    private final Ends ends;

    private EncodedSessions(
            PreparedData prepared,
            Split split,
            Segments ids,
            Segments severities,
            long[] starts,
            int[] lengths,
            long[] firstRows,
            SessionEdges.@Nullable Counter edges,
            Ends ends) {
        this.prepared = prepared;
        this.split = split;
        this.ids = ids;
        this.severities = severities;
        this.starts = starts;
        this.lengths = lengths;
        this.firstRows = firstRows;
        this.rows = Arrays.stream(lengths).asLongStream().sum();
        this.edges = edges;
        this.ends = ends;
    }

    /**
     * Where sessions begin and end in their part, and where the part does. Times are in milliseconds; {@link #NO_TIME}
     * is none. For building; then not changed.
     */
    private static final class Ends {
        private static final long NO_TIME = Long.MIN_VALUE;

        private long begin = NO_TIME;
        private long end = NO_TIME;
        private long rows;
        private long[] firstRows = new long[16];
        private long[] firstTimes = new long[16];
        /** While reading. */
        private long[] lastRows = new long[16];

        private long[] lastTimes = new long[16];

        private static SessionEdges.Stretch stretch(long from, long to, long messages) {
            return new SessionEdges.Stretch(
                    from == NO_TIME || to == NO_TIME ? null : Duration.ofMillis(Math.max(0, to - from)), messages);
        }

        /** Takes the next row; returns the pause before it in its session, and its session's age. */
        int add(long row, int session, boolean first, @Nullable Instant at) {
            if (session == firstRows.length) {
                firstRows = Arrays.copyOf(firstRows, session * 2);
                firstTimes = Arrays.copyOf(firstTimes, session * 2);
                lastRows = Arrays.copyOf(lastRows, session * 2);
                lastTimes = Arrays.copyOf(lastTimes, session * 2);
            }
            long time = at == null ? NO_TIME : at.toEpochMilli();
            if (first) {
                firstRows[session] = row;
                firstTimes[session] = time;
                lastRows[session] = row;
                lastTimes[session] = time;
            }
            SessionEdges.Stretch pause = stretch(lastTimes[session], time, row - lastRows[session]);
            SessionEdges.Stretch age = stretch(firstTimes[session], time, row - firstRows[session]);
            lastRows[session] = row;
            lastTimes[session] = time;
            begin = row == 0 ? time : begin;
            end = Math.max(end, time);
            rows = row + 1;
            return SessionEdges.Counter.packed(pause, age);
        }

        /** The same of some of the sessions. */
        Ends only(int[] kept) {
            Ends some = new Ends();
            some.begin = begin;
            some.end = end;
            some.rows = rows;
            some.firstRows = Arrays.stream(kept).mapToLong(i -> firstRows[i]).toArray();
            some.firstTimes = Arrays.stream(kept).mapToLong(i -> firstTimes[i]).toArray();
            return some;
        }

        SessionEdges.Stretch age(int session) {
            return stretch(firstTimes[session], end, rows - 1 - firstRows[session]);
        }

        SessionEdges.Stretch sinceBegin(int session) {
            return stretch(begin, firstTimes[session], firstRows[session]);
        }
    }

    /**
     * Reads a part.
     *
     * @param encodedFile its vectors, {@code [rows, d]}
     * @param prepared says whose rows they are
     * @param table takes the distinct vectors; parts read with one table have the same numbers
     * @throws DataException if vectors and index do not belong together, or the vectors have another dimension than the
     *     table
     */
    public static EncodedSessions read(
            Path encodedFile, PreparedData prepared, Split split, VectorTable table, RunContext context) {
        return read(encodedFile, prepared, split, table, context, Segments.DEFAULT_HEAP_SEGMENTS);
    }

    static EncodedSessions read(
            Path encodedFile,
            PreparedData prepared,
            Split split,
            VectorTable table,
            RunContext context,
            int heapSegments) {
        Segments grouped = new Segments(heapSegments);
        Segments severities = new Segments(heapSegments);
        boolean keyed = prepared.meta().sessionKey() != null;
        boolean done = false;
        try (VectorFile vectors = VectorFile.open(encodedFile);
                Segments sessionOfRow = new Segments(heapSegments);
                Segments idOfRow = new Segments(heapSegments);
                Segments severityOfRow = new Segments(heapSegments);
                Segments stretchesOfRow = new Segments(heapSegments);
                Segments stretches = new Segments(heapSegments);
                PreparedData.Rows<IndexRow> origins = prepared.origins(split);
                PreparedData.Rows<String> texts = prepared.messages(split);
                Progress.Stage stage =
                        context.progress().begin("read " + split.key() + " vectors", vectors.rows(), "rows")) {
            requireDimension(encodedFile, vectors, table);
            SessionTable sessions = new SessionTable();
            SessionEdges.Counter edges = keyed && split == Split.TRAIN ? new SessionEdges.Counter() : null;
            Ends ends = new Ends();
            int[] lengths = new int[16];
            long[] firsts = new long[16];
            float[] vector = new float[vectors.columns()];
            for (long row = 0; row < vectors.rows(); row++) {
                IndexRow origin = origins.next();
                if (origin == null) {
                    throw mismatch(encodedFile, vectors.rows(), prepared.index(split), row);
                }
                if ((row & 0xFFF) == 0) {
                    context.cancellation().check();
                }
                String session = origin.session();
                int before = sessions.size();
                int ordinal = sessions.add(SessionTable.hash(session == null ? origin.stream() : session), 0);
                if (ordinal == lengths.length) {
                    lengths = Arrays.copyOf(lengths, ordinal * 2);
                    firsts = Arrays.copyOf(firsts, ordinal * 2);
                }
                if (ordinal == before) {
                    firsts[ordinal] = row;
                }
                lengths[ordinal] = Math.incrementExact(lengths[ordinal]);
                vectors.read(row, vector, 0);
                sessionOfRow.putInt(row, ordinal);
                int id = table.intern(vector);
                idOfRow.putInt(row, id);
                if (keyed) {
                    stretchesOfRow.putInt(row, ends.add(row, ordinal, ordinal == before, origin.time()));
                }
                if (!keyed) {
                    String text = texts.next();
                    if (text == null) {
                        throw mismatch(encodedFile, vectors.rows(), prepared.text(split), row);
                    }
                    severityOfRow.putInt(row, Severity.of(origin.level(), text).code());
                }
                stage.advance(1);
            }
            if (origins.next() != null) {
                throw mismatch(encodedFile, vectors.rows(), prepared.index(split), vectors.rows() + 1);
            }
            int count = sessions.size();
            long[] starts = new long[count];
            for (int i = 1; i < count; i++) {
                starts[i] = starts[i - 1] + lengths[i - 1];
            }
            long[] next = Arrays.copyOf(starts, count);
            for (long row = 0; row < vectors.rows(); row++) {
                long place = next[sessionOfRow.getInt(row)]++;
                grouped.putInt(place, idOfRow.getInt(row));
                if (edges != null) {
                    stretches.putInt(place, stretchesOfRow.getInt(row));
                }
                if (!keyed) {
                    severities.putInt(place, severityOfRow.getInt(row));
                }
            }
            for (int i = 0; i < count && edges != null; i++) {
                count(grouped, stretches, starts[i], lengths[i], edges);
            }
            EncodedSessions read = new EncodedSessions(
                    prepared,
                    split,
                    grouped,
                    severities,
                    starts,
                    Arrays.copyOf(lengths, count),
                    Arrays.copyOf(firsts, count),
                    edges,
                    ends);
            done = true;
            return read;
        } finally {
            if (!done) {
                grouped.close();
                severities.close();
            }
        }
    }

    private static void count(Segments ids, Segments stretches, long start, int length, SessionEdges.Counter edges) {
        Map<Integer, Integer> occurrences = new HashMap<>();
        for (int i = 0; i < length; i++) {
            int id = ids.getInt(start + i);
            int occurrence = occurrences.merge(id, 1, Integer::sum);
            edges.add(id, occurrence, i == 0, i == length - 1, stretches.getInt(start + i));
        }
    }

    private static void requireDimension(Path file, VectorFile vectors, VectorTable table) {
        if (vectors.columns() != table.dimension()) {
            throw new DataException("the vectors of " + file + " must have dimension " + table.dimension()
                    + ", but have " + vectors.columns() + "; encode the data again with the same encoder");
        }
    }

    private static DataException mismatch(Path vectors, long rows, Path index, long at) {
        return new DataException("the " + rows + " vectors of " + vectors + " and the rows of " + index
                + " do not belong together (they differ at row " + at + "); run encode again");
    }

    /**
     * The same sessions but for some. They are a view of these, which must be closed in their stead.
     *
     * @param left the places of those to be left out, from 0
     */
    public EncodedSessions without(BitSet left) {
        int[] kept = IntStream.range(0, count()).filter(i -> !left.get(i)).toArray();
        return new EncodedSessions(
                prepared,
                split,
                ids,
                severities,
                Arrays.stream(kept).mapToLong(i -> starts[i]).toArray(),
                Arrays.stream(kept).map(i -> lengths[i]).toArray(),
                Arrays.stream(kept).mapToLong(i -> firstRows[i]).toArray(),
                edges,
                ends.only(kept));
    }

    /** How many sessions, or streams, there are. */
    public int count() {
        return starts.length;
    }

    /** How many messages there are in all of them. */
    public long rows() {
        return rows;
    }

    /** What the sessions of training begin and end with, and how long it takes in between. */
    public SessionEdges edges(MessageTable messages) {
        return edges == null ? SessionEdges.NONE : edges.edges(messages);
    }

    /** Whether these are sessions; else they are streams, one an input. */
    public boolean keyed() {
        return prepared.meta().sessionKey() != null;
    }

    /** Hands over the sessions one after the other, in the order of their first lines. */
    public void forEach(Consumer<? super EncodedSession> action) {
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(split)) {
            long row = 0;
            for (int i = 0; i < starts.length; i++) {
                IndexRow origin = origins.next();
                while (origin != null && row < firstRows[i]) {
                    origin = origins.next();
                    row++;
                }
                if (origin == null) {
                    throw new DataException(prepared.index(split) + " changed while it was read; run again");
                }
                row++;
                action.accept(new EncodedSession(
                        ids,
                        severities,
                        starts[i],
                        lengths[i],
                        origin,
                        keyed() && beginsWithItsLog() ? ends.sinceBegin(i) : null,
                        keyed() ? ends.age(i) : null));
            }
        }
    }

    /** Whether the log begins where this part does. In later parts of one log are sessions that began there. */
    private boolean beginsWithItsLog() {
        return split == Split.TRAIN || (split == Split.TEST && prepared.meta().test() != null);
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        ids.close();
        severities.close();
    }
}
