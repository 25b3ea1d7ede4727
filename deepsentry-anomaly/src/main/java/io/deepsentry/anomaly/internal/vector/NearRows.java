package io.deepsentry.anomaly.internal.vector;

/**
 * Which of many rows may be nearest to a vector. A product in floats, with a bound of its error, leaves few rows out of
 * thousands; whoever asks computes their distances in full. So what follows never depends on how the product rounds, on
 * the processor or on how many vectors are asked for at once.
 *
 * <p>Of few rows all are left. Immutable, safe for use by several threads.
 */
final class NearRows {
    /** Fewer rows are not worth a product. */
    private static final int FEW = 64;
    /** Rows whose sums lie together in the processor's nearest cache. */
    private static final int TILE = 512;
    /** Vectors that share one reading of the rows. */
    private static final int TOGETHER = 8;

    private static final int STEP = 4;
    private static final double UNIT_ROUNDOFF = 0x1p-24;
    /** A vector whose squared length is greater might overflow. */
    private static final double GREATEST = 1e30;

    private final int dimension;
    private final int count;
    /** By tile, by place in a vector: the values of the tile's rows. */
    private final float[][][] columns;

    /**
     * By tile: minus half of the squared lengths of its rows, so that sums that begin with it rise as distances fall.
     */
    private final float[][] beginnings;

    private final double greatestLength;

    /** @param values {@code [count, dimension]}, and perhaps more after them */
    NearRows(int dimension, int count, float[] values) {
        this.dimension = dimension;
        this.count = count;
        int tiles = count <= FEW ? 0 : (count + TILE - 1) / TILE;
        int padded = (dimension + STEP - 1) / STEP * STEP;
        columns = new float[tiles][padded][TILE];
        beginnings = new float[tiles][TILE];
        double greatest = 0;
        for (int row = 0; row < tiles * TILE; row++) {
            float[] beginning = beginnings[row / TILE];
            if (row >= count) {
                beginning[row % TILE] = Float.NEGATIVE_INFINITY;
                continue;
            }
            for (int k = 0; k < dimension; k++) {
                columns[row / TILE][k][row % TILE] = values[row * dimension + k];
            }
            double length = squaredLength(values, row * dimension, dimension);
            beginning[row % TILE] = (float) (-length / 2);
            greatest = Math.max(greatest, length);
        }
        greatestLength = greatest;
    }

    static double squaredLength(float[] values, int offset, int dimension) {
        double sum = 0;
        for (int k = 0; k < dimension; k++) {
            sum += (double) values[offset + k] * values[offset + k];
        }
        return sum;
    }

    /** Takes the rows that are left for a vector. */
    interface Visitor {
        /**
         * Takes rows.
         *
         * @param vector the vector's number, from 0
         * @param rows in ascending order; valid during the call
         * @param count how many there are
         */
        void visit(int vector, int[] rows, int count);
    }

    /**
     * Visits, for each vector, a few rows. Among them are the nearest one and all whose squared distance is greater by
     * no more than {@code slack}.
     *
     * @param vectors {@code [number, dimension]}
     */
    void forEach(float[] vectors, int number, double slack, Visitor visitor) {
        forEach(vectors, number, slack, false, visitor);
    }

    /**
     * Visits, for each row, a few others. Among them is the nearest one.
     *
     * @param values the rows
     */
    void forEachOther(float[] values, Visitor visitor) {
        forEach(values, count, 0, true, visitor);
    }

    private void forEach(float[] vectors, int number, double slack, boolean others, Visitor visitor) {
        int[] rows = new int[count];
        float[][][] sums = new float[Math.min(number, TOGETHER)][columns.length][TILE];
        for (int from = 0; from < number; from += TOGETHER) {
            int together = Math.min(TOGETHER, number - from);
            multiply(vectors, from, together, sums);
            for (int i = from; i < from + together; i++) {
                double length = squaredLength(vectors, i * dimension, dimension);
                visitor.visit(i, rows, select(sums[i - from], length, slack, others ? i : -1, rows));
            }
        }
    }

    private void multiply(float[] vectors, int from, int together, float[][][] sums) {
        for (int tile = 0; tile < columns.length; tile++) {
            for (int i = 0; i < together; i++) {
                System.arraycopy(beginnings[tile], 0, sums[i][tile], 0, TILE);
            }
            float[][] some = columns[tile];
            for (int k = 0; k < dimension; k += STEP) {
                for (int i = 0; i < together; i++) {
                    int at = (from + i) * dimension;
                    float a = vectors[at + k];
                    float b = k + 1 < dimension ? vectors[at + k + 1] : 0;
                    float c = k + 2 < dimension ? vectors[at + k + 2] : 0;
                    float d = k + 3 < dimension ? vectors[at + k + 3] : 0;
                    add(some[k], a, some[k + 1], b, some[k + 2], c, some[k + 3], d, sums[i][tile]);
                }
            }
        }
    }

    /** Short, so that the compiler makes it one of vector instructions. */
    private static void add(
            float[] p, float a, float[] q, float b, float[] r, float c, float[] s, float d, float[] sums) {
        for (int i = 0; i < TILE; i++) {
            sums[i] += (a * p[i] + b * q[i]) + (c * r[i] + d * s[i]);
        }
    }

    /** @param except a row that is not looked at, or -1 */
    private int select(float[][] sums, double length, double slack, int except, int[] rows) {
        boolean all = sums.length == 0 || !(length + greatestLength < GREATEST);
        float least = Float.NEGATIVE_INFINITY;
        if (!all) {
            if (except >= 0) {
                sums[except / TILE][except % TILE] = Float.NEGATIVE_INFINITY;
            }
            // A sum is off by d roundings of |a||b| + |b|^2 / 2 at most; the differences in a full distance round, too.
            double error = (dimension + 16) * UNIT_ROUNDOFF * (length / 2 + greatestLength);
            least = Math.nextDown((float) (greatest(sums) - slack / 2 - 2 * error));
        }
        if (all) {
            return allBut(except, rows);
        }
        int selected = 0;
        for (int tile = 0; tile < sums.length; tile++) {
            float[] some = sums[tile];
            for (int i = 0; i < TILE; i++) {
                if (some[i] >= least) {
                    rows[selected++] = tile * TILE + i;
                }
            }
        }
        return selected;
    }

    private int allBut(int except, int[] rows) {
        int selected = 0;
        for (int row = 0; row < count; row++) {
            if (row != except) {
                rows[selected++] = row;
            }
        }
        return selected;
    }

    private static float greatest(float[][] sums) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        for (float[] tile : sums) {
            for (int i = 0; i < TILE; i += 4) {
                a = Math.max(a, tile[i]);
                b = Math.max(b, tile[i + 1]);
                c = Math.max(c, tile[i + 2]);
                d = Math.max(d, tile[i + 3]);
            }
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }
}
