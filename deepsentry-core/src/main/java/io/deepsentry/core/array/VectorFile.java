package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * The vectors of a {@code .pkl}, {@code .npy} or {@code .npz} file, shape {@code [rows, columns]}, read one by one: a
 * file may be larger than memory. A {@code [rows]} array reads as rows of one column. Where the rows do not lie in the
 * file in one piece each (Fortran order, pickles of protocols 0 to 2, lists of arrays, {@code .npz}), the file is
 * loaded.
 *
 * <p>Safe for use by several threads, which read one after the other. Rows read in order are read ahead.
 */
public final class VectorFile implements AutoCloseable {
    private final FileSource source;
    private final Reader reader;
    private final long rows;
    private final int columns;
    private boolean closed;

    /** Where rows come from. */
    private interface Reader {
        void read(FileSource source, long row, float[] target, int offset);
    }

    private VectorFile(FileSource source, Reader reader, long rows, int columns) {
        this.source = source;
        this.reader = reader;
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * Opens a file; which of the formats it has is seen from its content.
     *
     * @param file the file
     * @return the file, to be closed
     * @throws io.deepsentry.core.MissingDataException if there is no such file
     * @throws DataException if it is corrupt or holds no array of one or two dimensions
     */
    public static VectorFile open(Path file) {
        FileSource source = FileSource.open(file);
        boolean opened = false;
        try {
            VectorFile vectors = NpyHeader.begins(source)
                    ? ofData(source, NpyHeader.read(source))
                    : Npz.begins(source) ? ofNpz(source) : ofPickle(source);
            opened = true;
            return vectors;
        } finally {
            if (!opened) {
                source.close();
            }
        }
    }

    private static VectorFile ofNpz(FileSource source) {
        Map<String, FloatArray> arrays = Npz.read(source.path());
        if (arrays.size() != 1) {
            throw new DataException("the file " + source.path() + " must hold one array, but has " + arrays.size()
                    + " (" + String.join(", ", arrays.keySet())
                    + "); take one out with deepsentry convert --array NAME");
        }
        return ofLoaded(source, arrays.values().iterator().next());
    }

    private static VectorFile ofPickle(FileSource source) {
        MemoryBudget budget = new MemoryBudget(source.path());
        Object value = new PickleReader(source, budget).read();
        if (value instanceof PickleReader.PickledArray array) {
            return ofData(source, new PickleValues(source, budget).dataOf(array));
        }
        if (value instanceof IndexedRows indexed) {
            long[] shape = indexed.shape();
            return new VectorFile(source, indexed::read, shape[0], (int) shape[1]);
        }
        return ofLoaded(source, Pickle.readFloats(source.path()));
    }

    private static VectorFile ofData(FileSource source, ArrayData data) {
        long[] shape = data.shape();
        requireVectors(source, shape);
        if (!data.isRowWise()) {
            return ofLoaded(source, data.load(source, new MemoryBudget(source.path())));
        }
        return new VectorFile(source, RowReader.inOrder(data)::read, shape[0], shape.length == 1 ? 1 : (int) shape[1]);
    }

    private static VectorFile ofLoaded(FileSource source, FloatArray array) {
        long[] shape = ArrayOutput.shapeOf(array);
        requireVectors(source, shape);
        int columns = shape.length == 1 ? 1 : (int) shape[1];
        float[] values = array.values();
        return new VectorFile(
                source,
                (from, row, target, offset) -> System.arraycopy(values, (int) row * columns, target, offset, columns),
                shape[0],
                columns);
    }

    private static void requireVectors(FileSource source, long[] shape) {
        if (shape.length < 1 || shape.length > 2 || (shape.length == 2 && shape[1] > Integer.MAX_VALUE / Float.BYTES)) {
            throw new DataException("the file " + source.path()
                    + " must hold vectors, an array of shape [rows, columns], but has the shape "
                    + Arrays.toString(shape));
        }
    }

    /** {@return how many rows the file has} */
    public long rows() {
        return rows;
    }

    /** {@return the length of a row} */
    public int columns() {
        return columns;
    }

    /**
     * Copies a row into {@code target} from {@code offset} on.
     *
     * @param row the row, from 0
     * @param target takes the values
     * @param offset where in {@code target} the row begins
     * @throws IndexOutOfBoundsException if the row is not there, or does not fit
     * @throws DataException if the file can no longer be read
     */
    public synchronized void read(long row, float[] target, int offset) {
        if (closed) {
            throw new IllegalStateException("the vectors of " + source.path() + " were closed");
        }
        Objects.checkIndex(row, rows);
        Objects.checkFromIndexSize(offset, columns, target.length);
        reader.read(source, row, target, offset);
    }

    /** Closes the file; no row can be read then. */
    @Override
    public synchronized void close() {
        closed = true;
        source.close();
    }
}
