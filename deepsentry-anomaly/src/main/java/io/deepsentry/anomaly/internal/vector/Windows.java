package io.deepsentry.anomaly.internal.vector;

/**
 * How sessions become windows: a begin marker, the messages, an end marker, seen through windows of {@code
 * sequence_length} rows, one ending at every step; those that end early in the session are filled up at the end with
 * zero rows.
 *
 * <p>A row is a code: the number of a vector, or one of the constants here.
 */
public final class Windows {
    static final int PADDING = -1;
    public static final int BEGIN = -2;
    public static final int END = -3;

    private Windows() {}

    /** The vector of the begin marker: one size throughout, the signs in pairs. */
    static float[] begin(int dimension, float amplitude) {
        float[] marker = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            marker[i] = (i & 2) == 0 ? amplitude : -amplitude;
        }
        return marker;
    }

    /** The vector of the end marker: the signs alternate, which is at a right angle to the begin marker. */
    static float[] end(int dimension, float amplitude) {
        float[] marker = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            marker[i] = (i & 1) == 0 ? amplitude : -amplitude;
        }
        return marker;
    }

    /**
     * The window that ends at a row of a session's sequence.
     *
     * @param sequence begin marker, messages and, if it has ended, end marker
     * @param last which row is the last one, from 0
     * @param length rows of a window
     */
    public static int[] endingAt(int[] sequence, int last, int length) {
        int[] window = new int[length];
        int first = Math.max(0, last - length + 1);
        int rows = last - first + 1;
        System.arraycopy(sequence, first, window, 0, rows);
        for (int i = rows; i < length; i++) {
            window[i] = PADDING;
        }
        return window;
    }

    /** A session's sequence: begin marker, messages, end marker. */
    public static int[] sequence(int[] ids) {
        int[] sequence = new int[ids.length + 2];
        sequence[0] = BEGIN;
        System.arraycopy(ids, 0, sequence, 1, ids.length);
        sequence[ids.length + 1] = END;
        return sequence;
    }

    /** Whether a window has a message in each row. */
    public static boolean isFull(int[] window) {
        return window[0] >= 0 && window[window.length - 1] >= 0;
    }

    /** The last row of a window that is not padding. */
    public static int last(int[] window) {
        return window[rows(window) - 1];
    }

    /** How many rows of a window are not padding. */
    public static int rows(int[] window) {
        int rows = window.length;
        while (rows > 0 && window[rows - 1] == PADDING) {
            rows--;
        }
        return rows;
    }
}
