package io.deepsentry.anomaly.internal.vector;

import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.TrainingData;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Windows as training examples: drawn by how often they came, for training, each once with its count as weight for
 * validation. For one thread.
 */
public final class WindowBatches implements TrainingData {
    private final WindowCounts windows;
    private final MessageTable messages;
    private final TrainingMessages known;
    private final WindowRows rows;
    private final int batchSize;
    private final int batches;
    private final double[] cumulative;
    private final long seed;
    private final boolean drawn;

    private WindowBatches(
            WindowCounts windows,
            MessageTable messages,
            TrainingMessages known,
            int batchSize,
            int batches,
            long seed,
            boolean drawn) {
        this.windows = windows;
        this.messages = messages;
        this.known = known;
        this.rows = new WindowRows(messages.table(), known);
        this.batchSize = batchSize;
        this.batches = batches;
        this.seed = seed;
        this.drawn = drawn;
        this.cumulative = new double[windows.size()];
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += share(windows, i);
            cumulative[i] = sum;
        }
    }

    /**
     * Windows drawn with replacement in proportion to the root of their counts, and weighted by what is left of the
     * count: the same objective, but what came once in thousands is met often enough for the network to learn how rare
     * it is.
     */
    public static WindowBatches drawn(
            WindowCounts windows,
            MessageTable messages,
            TrainingMessages known,
            int batchSize,
            int batches,
            long seed) {
        return new WindowBatches(windows, messages, known, batchSize, batches, seed, true);
    }

    /** Every kept window once, up to a number, weighted by its count. */
    public static WindowBatches once(
            WindowCounts windows, MessageTable messages, TrainingMessages known, int batchSize, int mostBatches) {
        int batches = Math.min(mostBatches, (windows.size() + batchSize - 1) / batchSize);
        return new WindowBatches(windows, messages, known, batchSize, batches, 0, false);
    }

    /** How often a window is drawn, compared with others. */
    private static double share(WindowCounts windows, int i) {
        return Math.sqrt(windows.weight(i));
    }

    /** The shares of all windows together: a window that came once is drawn once in as many draws. */
    public static double shares(WindowCounts windows) {
        double sum = 0;
        for (int i = 0; i < windows.size(); i++) {
            sum += share(windows, i);
        }
        return sum;
    }

    @Override
    public int batchesPerEpoch() {
        return batches;
    }

    @Override
    public Batch batch(int epoch, int index) {
        int size = drawn ? batchSize : Math.min(batchSize, windows.size() - index * batchSize);
        SplittableRandom random = new SplittableRandom(seed * 31 + (long) epoch * batches + index);
        int length = -1;
        float[] input = new float[0];
        int[] targets = new int[0];
        float[] weights = new float[0];
        int dimension = known.dimension();
        for (int i = 0; i < size; i++) {
            int at = drawn ? draw(random) : index * batchSize + i;
            int[] codes = windows.window(at);
            if (length < 0) {
                length = codes.length;
                input = new float[size * length * dimension];
                targets = new int[size * length];
                weights = new float[size * length];
            }
            rows.fill(codes, input, i * length * dimension);
            float weight = (float) (drawn ? windows.weight(at) / share(windows, at) : windows.weight(at));
            int last = Windows.rows(codes) - 1;
            for (int row = windows.learnAll(at) ? 0 : last; row <= last; row++) {
                int target = target(codes[row]);
                if (target >= 0) {
                    targets[i * length + row] = target;
                    weights[i * length + row] = weight;
                }
            }
        }
        return Batch.of(size)
                .input(input)
                .target(targets)
                .target(input)
                .sampleWeights(weights)
                .build();
    }

    private int target(int code) {
        return switch (code) {
            case Windows.BEGIN, Windows.PADDING -> -1;
            case Windows.END -> known.endRow();
            default -> messages.row(code);
        };
    }

    private int draw(SplittableRandom random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int at = Arrays.binarySearch(cumulative, point);
        return Math.min(at >= 0 ? at + 1 : -at - 1, cumulative.length - 1);
    }
}
