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
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One part of an encoded data set, put together by session: for each the numbers of its messages' vectors, in order. Without sessions each input is one stream.
 *
 * <p>Read in two passes over the vectors and one over the index; names stay in the index until they are asked for. About 50 bytes a session are held on the heap, and
 * 8 a row, beyond 128 MiB in temporary files. For one thread.
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
    /** Of sessions: what they begin and end with; null for streams. */
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

    /** Where sessions end in their part, and where the part begins and ends. Times are in milliseconds; {@link #NO_TIME} is none. For building; then not changed. */
    private static final class Ends {
        private static final long NO_TIME = Long.MIN_VALUE;

        private long firstTime = NO_TIME;
        private long lastTime = NO_TIME;
        private long rows;
        private long[] lastRows = new long[16];
        private long[] lastTimes = new long[16];
        private int[] lastIds = new int[16];

        private static long millis(@Nullable Instant time) {
            return time == null ? NO_TIME : time.toEpochMilli();
        }

        private static SessionEdges.Pause pause(long fromTime, long toTime, long messages) {
            return new SessionEdges.Pause(
                    fromTime == NO_TIME || toTime == NO_TIME ? null : Duration.ofMillis(Math.max(0, toTime - fromTime)),
                    messages);
        }

        /** Takes the next row, and counts what lies between it and the row before it of its session. */
        void add(long row, int session, boolean first, int id, @Nullable Instant at, SessionEdges.Counter edges) {
            if (session == lastRows.length) {
                lastRows = Arrays.copyOf(lastRows, session * 2);
                lastTimes = Arrays.copyOf(lastTimes, session * 2);
                lastIds = Arrays.copyOf(lastIds, session * 2);
            }
            long time = millis(at);
            if (first) {
                edges.begin(id);
            } else {
                edges.next(lastIds[session], id, pause(lastTimes[session], time, row - lastRows[session]));
            }
            lastRows[session] = row;
            lastTimes[session] = time;
            lastIds[session] = id;
            firstTime = row == 0 ? time : firstTime;
            lastTime = Math.max(lastTime, time);
            rows = row + 1;
        }

        void complete(int sessions, SessionEdges.Counter edges) {
            for (int i = 0; i < sessions; i++) {
                edges.end(lastIds[i]);
            }
        }

        /** The same of some of the sessions. */
        Ends only(int[] kept) {
            Ends some = new Ends();
            some.firstTime = firstTime;
            some.lastTime = lastTime;
            some.rows = rows;
            some.lastRows = Arrays.stream(kept).mapToLong(i -> lastRows[i]).toArray();
            some.lastTimes = Arrays.stream(kept).mapToLong(i -> lastTimes[i]).toArray();
            return some;
        }

        SessionEdges.Pause untilEnd(int session) {
            return pause(lastTimes[session], lastTime, rows - 1 - lastRows[session]);
        }

        SessionEdges.Pause sinceBegin(long row, @Nullable Instant at) {
            return pause(firstTime, millis(at), row);
        }
    }

    /**
     * Reads a part.
     *
     * @param encodedFile its vectors, {@code [rows, d]}
     * @param prepared says whose rows they are
     * @param table takes the distinct vectors; parts read with one table have the same numbers
     * @throws DataException if vectors and index do not belong together, or the vectors have another dimension than the table
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
                PreparedData.Rows<IndexRow> origins = prepared.origins(split);
                PreparedData.Rows<String> texts = prepared.messages(split);
                Progress.Stage stage =
                        context.progress().begin("read " + split.key() + " vectors", vectors.rows(), "rows")) {
            requireDimension(encodedFile, vectors, table);
            SessionTable sessions = new SessionTable();
            SessionEdges.Counter edges = keyed ? new SessionEdges.Counter() : null;
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
                int ordinal = sessions.add(SessionTable.hash(session == null ? origin.file() : session), 0);
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
                if (edges != null) {
                    ends.add(row, ordinal, ordinal == before, id, origin.time(), edges);
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
            if (edges != null) {
                ends.complete(count, edges);
            }
            long[] starts = new long[count];
            for (int i = 1; i < count; i++) {
                starts[i] = starts[i - 1] + lengths[i - 1];
            }
            long[] next = Arrays.copyOf(starts, count);
            for (long row = 0; row < vectors.rows(); row++) {
                long place = next[sessionOfRow.getInt(row)]++;
                grouped.putInt(place, idOfRow.getInt(row));
                if (!keyed) {
                    severities.putInt(place, severityOfRow.getInt(row));
                }
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

    /** What these sessions begin and end with, and how long it takes in between. */
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
                        ends.sinceBegin(firstRows[i], origin.time()),
                        keyed() ? ends.untilEnd(i) : null));
            }
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        ids.close();
        severities.close();
    }
}
