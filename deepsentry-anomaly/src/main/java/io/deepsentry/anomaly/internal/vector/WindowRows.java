package io.deepsentry.anomaly.internal.vector;

/** Turns codes into the rows a detector takes: vectors, markers, zeros for padding. For one thread. */
public final class WindowRows {
    private final VectorTable table;
    private final float[] begin;
    private final float[] end;

    public WindowRows(VectorTable table, TrainingMessages known) {
        this.table = table;
        this.begin = Windows.begin(table.dimension(), known.amplitude());
        this.end = Windows.end(table.dimension(), known.amplitude());
    }

    /** Writes the rows of a window, {@code [length, d]}, from {@code offset} on; {@code target} is zero there. */
    public void fill(int[] codes, float[] target, int offset) {
        int dimension = table.dimension();
        for (int i = 0; i < codes.length; i++) {
            int at = offset + i * dimension;
            switch (codes[i]) {
                case Windows.PADDING -> {}
                case Windows.BEGIN -> System.arraycopy(begin, 0, target, at, dimension);
                case Windows.END -> System.arraycopy(end, 0, target, at, dimension);
                default -> table.copy(codes[i], target, at);
            }
        }
    }
}
