package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of a {@code .pkl}, {@code .npy} or {@code .npz} file, shape {@code [rows, columns]}, read one by one: a
 * file may be larger than memory. A {@code [rows]} array reads as rows of one column. Where the rows do not lie in the
 * file in one piece each (Fortran order, pickles of protocols 0 to 2, lists of arrays, {@code .npz}), the file is
 * loaded.
 *
 * <p>Safe for use by several threads, which read one after the other. Rows read in order are read ahead.
 */
public final class VectorFile implements AutoCloseable {
    private static final int READ_AHEAD_VALUES = 1 << 15;

    private final FileSource source;
    private final @Nullable ArrayData data;
    private final float @Nullable [] loaded;
    private final long rows;
    private final int columns;
    private final byte[] scratch = new byte[1 << 16];
    private float[] ahead = new float[0];
    private long aheadFrom;
    private int aheadRows;
    private long expected;
    private boolean closed;

    private VectorFile(FileSource source, @Nullable ArrayData data, float @Nullable [] loaded, long rows, int columns) {
        this.source = source;
        this.data = data;
        this.loaded = loaded;
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
        return ofLoaded(source, Pickle.readFloats(source.path()));
    }

    private static VectorFile ofData(FileSource source, ArrayData data) {
        long[] shape = data.shape();
        requireVectors(source, shape);
        if (!data.isRowWise()) {
            return ofLoaded(source, data.load(source, new MemoryBudget(source.path())));
        }
        return new VectorFile(source, data, null, shape[0], shape.length == 1 ? 1 : (int) shape[1]);
    }

    private static VectorFile ofLoaded(FileSource source, FloatArray array) {
        long[] shape = ArrayOutput.shapeOf(array);
        requireVectors(source, shape);
        return new VectorFile(source, null, array.values(), shape[0], shape.length == 1 ? 1 : (int) shape[1]);
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
        if (loaded != null) {
            System.arraycopy(loaded, (int) row * columns, target, offset, columns);
            return;
        }
        if (row < aheadFrom || row >= aheadFrom + aheadRows) {
            readAhead(row);
        }
        expected = row + 1;
        System.arraycopy(ahead, (int) (row - aheadFrom) * columns, target, offset, columns);
    }

    private void readAhead(long row) {
        ArrayData array = Objects.requireNonNull(data);
        long most = row == expected ? Math.max(1, READ_AHEAD_VALUES / Math.max(1, columns)) : 1;
        int count = (int) Math.min(most, rows - row);
        if (ahead.length < count * columns) {
            ahead = new float[count * columns];
        }
        aheadRows = 0;
        array.read(source, row * columns, ahead, 0, count * columns, scratch);
        aheadFrom = row;
        aheadRows = count;
    }

    /** Closes the file; no row can be read then. */
    @Override
    public synchronized void close() {
        closed = true;
        source.close();
    }
}
