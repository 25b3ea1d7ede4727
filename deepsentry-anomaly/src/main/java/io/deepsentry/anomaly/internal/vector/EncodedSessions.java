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
import java.util.Arrays;
import java.util.function.Consumer;

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
    private final long[] firstRows;
    private final int count;

    private EncodedSessions(
            PreparedData prepared,
            Split split,
            Segments ids,
            Segments severities,
            long[] starts,
            long[] firstRows,
            int count) {
        this.prepared = prepared;
        this.split = split;
        this.ids = ids;
        this.severities = severities;
        this.starts = starts;
        this.firstRows = firstRows;
        this.count = count;
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
            long[] lengths = new long[16];
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
                lengths[ordinal]++;
                vectors.read(row, vector, 0);
                sessionOfRow.putInt(row, ordinal);
                idOfRow.putInt(row, table.intern(vector));
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
            long[] starts = new long[count + 1];
            for (int i = 0; i < count; i++) {
                starts[i + 1] = starts[i] + lengths[i];
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
                    prepared, split, grouped, severities, starts, Arrays.copyOf(firsts, count), count);
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

    /** How many sessions, or streams, there are. */
    public int count() {
        return count;
    }

    /** How many messages there are in all of them. */
    public long rows() {
        return starts[count];
    }

    /** Whether these are sessions; else they are streams, one an input. */
    public boolean keyed() {
        return prepared.meta().sessionKey() != null;
    }

    /** Hands over the sessions one after the other, in the order of their first lines. */
    public void forEach(Consumer<? super EncodedSession> action) {
        try (PreparedData.Rows<IndexRow> origins = prepared.origins(split)) {
            long row = 0;
            for (int i = 0; i < count; i++) {
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
                        ids, severities, starts[i], Math.toIntExact(starts[i + 1] - starts[i]), origin));
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
