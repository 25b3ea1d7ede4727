package io.deepsentry.anomaly;

import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * How fast a model is here and now, and how far from another.
 *
 * @param runtime what computed
 * @param rowsAtOnce rows in a second where they come one by one
 * @param rowsInBatches rows in a second where they come by 256
 * @param difference between this model's numbers and the first one's, on average, for the same random rows
 */
public record ModelSpeed(ModelRuntime runtime, double rowsAtOnce, double rowsInBatches, double difference) {
    private static final int BATCH = 256;
    private static final long NANOS = 1_500_000_000L;

    /** Measures two models that take the same rows, the first with both runtimes; the best of many calls counts, which other work of the machine disturbs least. */
    static Comparison compare(Path before, Path after) {
        try (OpenModel tensorflow = OpenModel.open(before, Device.CPU, ModelRuntime.TENSORFLOW);
                OpenModel onnx = OpenModel.open(before, Device.CPU, ModelRuntime.ONNXRUNTIME);
                OpenModel made = OpenModel.open(after, Device.CPU)) {
            Rows rows = Rows.of(tensorflow.predictor());
            float[] expected = rows.predict(tensorflow.predictor(), BATCH);
            return new Comparison(
                    of(ModelRuntime.TENSORFLOW, tensorflow.predictor(), rows, expected),
                    of(ModelRuntime.ONNXRUNTIME, onnx.predictor(), rows, expected),
                    of(ModelRuntime.ONNXRUNTIME, made.predictor(), rows, expected));
        }
    }

    /**
     * Three ways to serve one model.
     *
     * @param tensorflow the original, by TensorFlow
     * @param onnx the original, by ONNX Runtime
     * @param made what was made of it
     */
    public record Comparison(ModelSpeed tensorflow, ModelSpeed onnx, ModelSpeed made) {}

    private static ModelSpeed of(ModelRuntime runtime, Predictor predictor, Rows rows, float[] expected) {
        float[] found = rows.predict(predictor, BATCH);
        double difference = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.abs(found[i] - expected[i]) / found.length;
        }
        return new ModelSpeed(
                runtime, rowsPerSecond(predictor, rows, 1), rowsPerSecond(predictor, rows, BATCH), difference);
    }

    private static double rowsPerSecond(Predictor predictor, Rows rows, int batch) {
        long best = Long.MAX_VALUE;
        long end = System.nanoTime() + NANOS;
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            float[] unused = rows.predict(predictor, batch);
            best = Math.min(best, System.nanoTime() - start);
        }
        return batch * 1e9 / best;
    }

    /** Random rows that a model takes: values as a tangent gives them, or ids and padding. */
    private static final class Rows {
        private final int length;
        private final boolean takesIds;
        private final float[] values;
        private final int[] ids;

        private Rows(int length, boolean takesIds) {
            this.length = length;
            this.takesIds = takesIds;
            this.values = new float[BATCH * length];
            this.ids = new int[BATCH * length];
        }

        static Rows of(Predictor predictor) {
            Rows rows = new Rows(predictor.inputShape().stream().reduce(1, Math::multiplyExact), predictor.takesIds());
            Random random = new Random(1);
            for (int row = 0; row < BATCH; row++) {
                int tokens = 1 + random.nextInt(rows.length);
                for (int i = 0; i < rows.length; i++) {
                    int at = row * rows.length + i;
                    rows.values[at] = (float) Math.tanh(random.nextGaussian());
                    rows.ids[at] = i < tokens && predictor.words() > 1
                            ? 1 + random.nextInt(Math.min(1 << 20, predictor.words() - 1))
                            : 0;
                }
            }
            return rows;
        }

        float[] predict(Predictor predictor, int batch) {
            return takesIds
                    ? predictor.predict(batch == BATCH ? ids : Arrays.copyOf(ids, batch * length), batch)
                    : predictor.predict(batch == BATCH ? values : Arrays.copyOf(values, batch * length), batch);
        }
    }
}
