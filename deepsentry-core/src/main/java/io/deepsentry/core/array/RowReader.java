package io.deepsentry.core.array;

import java.util.Objects;

/** Reads rows that lie in a file in one piece each, those in order ahead. Not safe for use by several threads. */
final class RowReader {
    private static final int AHEAD_VALUES = 1 << 15;
    /** 32 MB. */
    private static final int MOST_KEPT_VALUES = 1 << 23;

    private final ArrayData data;
    private final int columns;
    /** How many rows are read ahead. */
    private final int most;
    /** Whether all rows are read at once, and kept. */
    private final boolean keeps;

    private final byte[] scratch = new byte[1 << 16];
    private float[] ahead = new float[0];
    private long aheadFrom;
    private int aheadRows;
    private long expected;

    private RowReader(ArrayData data, boolean keeps) {
        this.data = data;
        this.keeps = keeps;
        columns = data.shape().length == 1 ? 1 : (int) data.shape()[1];
        most = Math.max(1, AHEAD_VALUES / Math.max(1, columns));
    }

    /** Reads rows that are mostly asked for in order. */
    static RowReader inOrder(ArrayData data) {
        return new RowReader(data, false);
    }

    /** Reads rows of a table in any order, and keeps all of them if they are few. */
    static RowReader ofTable(ArrayData data) {
        return new RowReader(data, data.count() <= MOST_KEPT_VALUES && data.shape()[0] <= MOST_KEPT_VALUES);
    }

    void read(FileSource source, long row, float[] target, int offset) {
        if (row < aheadFrom || row >= aheadFrom + aheadRows) {
            readAhead(source, row);
        }
        expected = row + 1;
        System.arraycopy(ahead, (int) (row - aheadFrom) * columns, target, offset, columns);
    }

    private void readAhead(FileSource source, long row) {
        long all = data.shape()[0];
        Objects.checkIndex(row, all);
        long from = keeps ? 0 : row;
        int count = keeps ? (int) all : row == expected ? (int) Math.min(most, all - row) : 1;
        if (ahead.length < count * columns) {
            ahead = new float[count * columns];
        }
        aheadRows = 0;
        data.read(source, from * columns, ahead, 0, count * columns, scratch);
        aheadFrom = from;
        aheadRows = count;
    }
}
