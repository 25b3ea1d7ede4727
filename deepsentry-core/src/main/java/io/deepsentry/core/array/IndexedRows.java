package io.deepsentry.core.array;

import io.deepsentry.core.DataException;
import java.nio.file.Path;

/**
 * Rows of a table in the order of an index, as {@code table[index]} gives them in numpy: a row that repeats stands in
 * the file once. Not safe for use by several threads.
 */
final class IndexedRows {
    private static final int CHUNK = 1 << 14;

    private final Path file;
    private final ArrayData table;
    private final ArrayData index;
    private final RowReader rows;
    private final long[] numbers = new long[CHUNK];
    private final byte[] scratch = new byte[CHUNK * Long.BYTES];
    private long numbersFrom;
    private int numbersRead;

    private IndexedRows(Path file, ArrayData table, ArrayData index) {
        this.file = file;
        this.table = table;
        this.index = index;
        this.rows = RowReader.ofTable(table);
    }

    /**
     * Checks a table and an index.
     *
     * @throws DataException if they are none
     */
    static IndexedRows of(Path file, ArrayData table, ArrayData index) {
        if (table.shape().length != 2
                || table.shape()[1] > Integer.MAX_VALUE / Float.BYTES
                || index.shape().length != 1
                || !index.isOfIntegers()) {
            throw new DataException("the file " + file
                    + " is corrupt: rows are chosen by whole numbers from an array of two dimensions; write it again");
        }
        if (!table.isRowWise() || !index.isRowWise()) {
            throw new DataException(
                    "the file " + file + " has rows chosen from an array that is not in row order; write it again");
        }
        return new IndexedRows(file, table, index);
    }

    long[] shape() {
        return new long[] {index.count(), table.shape()[1]};
    }

    /** Copies a row into {@code target} from {@code offset} on. */
    void read(FileSource source, long row, float[] target, int offset) {
        rows.read(source, place(source, row), target, offset);
    }

    /** Reads all rows into memory. */
    FloatArray load(FileSource source, MemoryBudget budget) {
        long count = index.count();
        long columns = table.shape()[1];
        if (count > (Integer.MAX_VALUE - 8) / Math.max(1, columns)) {
            throw new DataException("the file " + file + " has an array of shape [" + count + ", " + columns
                    + "], too large to load at once; split it");
        }
        budget.take(count * columns * Float.BYTES);
        float[] values = new float[(int) (count * columns)];
        for (int row = 0; row < count; row++) {
            read(source, row, values, row * (int) columns);
        }
        return FloatArray.wrap(new int[] {(int) count, (int) columns}, values);
    }

    private long place(FileSource source, long row) {
        if (row < numbersFrom || row >= numbersFrom + numbersRead) {
            numbersRead = 0;
            int count = (int) Math.min(CHUNK, index.count() - row);
            index.readIntegers(source, row, numbers, count, scratch);
            numbersFrom = row;
            numbersRead = count;
        }
        long place = numbers[(int) (row - numbersFrom)];
        if (place < 0 || place >= table.shape()[0]) {
            throw new DataException("the file " + file + " is corrupt: row " + row + " is row " + place
                    + " of a table that has " + table.shape()[0] + "; write it again");
        }
        return place;
    }
}
