package io.deepsentry.anomaly.quantize;

import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.core.model.ModelRuntime;
import io.deepsentry.core.model.OpenModel;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Predictor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The speed of a model on this machine, and its distance from another model. Immutable.
 *
 * @param runtime the runtime that computed
 * @param rowsOneByOne rows per second when rows come one at a time
 * @param rowsInBatches rows per second in batches of 256
 * @param difference the mean absolute difference from the output of the first model, for the same random rows
 */
public record ModelSpeed(ModelRuntime runtime, double rowsOneByOne, double rowsInBatches, double difference) {
    private static final int BATCH = 256;
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 9;

    /**
     * Measures two models that take the same rows, the first with both runtimes. They take turns and the median counts,
     * so other work of the machine disturbs all alike.
     */
    static Comparison compare(Path before, Path after) {
        try (OpenModel tensorflow = OpenModel.open(before, Device.CPU, ModelRuntime.TENSORFLOW);
                OpenModel onnx = OpenModel.open(before, Device.CPU, ModelRuntime.ONNXRUNTIME);
                OpenModel made = OpenModel.open(after, Device.CPU)) {
            RandomRows rows = RandomRows.of(tensorflow.predictor());
            List<Predictor> predictors = List.of(tensorflow.predictor(), onnx.predictor(), made.predictor());
            double[][] single = new double[predictors.size()][ROUNDS];
            double[][] batches = new double[predictors.size()][ROUNDS];
            // The first rounds warm up.
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (int i = 0; i < predictors.size(); i++) {
                    single[i][Math.max(0, round)] = rows.perSecond(predictors.get(i), 1);
                    batches[i][Math.max(0, round)] = rows.perSecond(predictors.get(i), BATCH);
                }
            }
            float[] expected = rows.predict(tensorflow.predictor(), 0, BATCH);
            List<ModelSpeed> speeds = IntStream.range(0, predictors.size())
                    .mapToObj(i -> new ModelSpeed(
                            i == 0 ? ModelRuntime.TENSORFLOW : ModelRuntime.ONNXRUNTIME,
                            median(single[i]),
                            median(batches[i]),
                            difference(rows.predict(predictors.get(i), 0, BATCH), expected)))
                    .toList();
            return new Comparison(speeds.get(0), speeds.get(1), speeds.get(2));
        }
    }

    private static double median(double[] values) {
        return ScoreStatistics.quantile(Arrays.stream(values).sorted().toArray(), 0.5);
    }

    private static double difference(float[] found, float[] expected) {
        double difference = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.abs(found[i] - expected[i]) / found.length;
        }
        return difference;
    }

    /**
     * Three ways to serve one model.
     *
     * @param tensorflow the original in TensorFlow
     * @param onnx the original in ONNX Runtime
     * @param made the model made from it
     */
    public record Comparison(ModelSpeed tensorflow, ModelSpeed onnx, ModelSpeed made) {}

    /** Random rows for a model: values between -1 and 1, or ids with padding. */
    private static final class RandomRows {
        private final int length;
        private final boolean takesIds;
        private final float[] values;
        private final int[] ids;

        private RandomRows(int length, boolean takesIds) {
            this.length = length;
            this.takesIds = takesIds;
            this.values = new float[BATCH * length];
            this.ids = new int[BATCH * length];
        }

        static RandomRows of(Predictor predictor) {
            RandomRows rows = new RandomRows(
                    predictor.inputShape().stream().reduce(1, Math::multiplyExact), predictor.takesIds());
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

        float[] predict(Predictor predictor, int from, int to) {
            return takesIds
                    ? predictor.predict(Arrays.copyOfRange(ids, from * length, to * length), to - from)
                    : predictor.predict(Arrays.copyOfRange(values, from * length, to * length), to - from);
        }

        /** Predicts all rows in batches of this size. */
        double perSecond(Predictor predictor, int batch) {
            long start = System.nanoTime();
            for (int from = 0; from < BATCH; from += batch) {
                float[] unused = predict(predictor, from, from + batch);
            }
            return BATCH * 1e9 / (System.nanoTime() - start);
        }
    }
}
