package io.deepsentry.core.tensorflow;

import io.deepsentry.core.TrainingException;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Loss;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Adds a loss to a graph. */
final class LossGraph {
    private final Ops tf;
    private final int features;
    private final Value output;
    private final @Nullable Operand<TInt32> targetIds;
    private final @Nullable Operand<TFloat32> targetVectors;

    /**
     * For one output.
     *
     * @param features the size of its last axis
     * @param targetIds {@code [steps]}, for the losses that need them
     * @param targetVectors {@code [steps, features]}, for the losses that need them
     */
    LossGraph(
            Ops tf,
            Value output,
            int features,
            @Nullable Operand<TInt32> targetIds,
            @Nullable Operand<TFloat32> targetVectors) {
        this.tf = tf;
        this.output = output;
        this.features = features;
        this.targetIds = targetIds;
        this.targetVectors = targetVectors;
    }

    /** Whether a loss needs an id for each step. */
    static boolean needsIds(Loss loss) {
        return loss instanceof Loss.Sum sum
                ? sum.parts().stream().anyMatch(part -> needsIds(part.loss()))
                : loss instanceof Loss.SparseCategoricalCrossentropy || loss instanceof Loss.VectorSoftmax;
    }

    /** Whether a loss needs a vector for each step. */
    static boolean needsVectors(Loss loss) {
        return loss instanceof Loss.Sum sum
                ? sum.parts().stream().anyMatch(part -> needsVectors(part.loss()))
                : loss instanceof Loss.MeanSquaredError || loss instanceof Loss.MeanAbsoluteError;
    }

    /** The number of ids a loss knows: targets are below it. */
    static int ids(Loss loss, int features) {
        if (loss instanceof Loss.Sum sum) {
            return sum.parts().stream()
                    .mapToInt(part -> ids(part.loss(), features))
                    .min()
                    .orElse(Integer.MAX_VALUE);
        }
        if (loss instanceof Loss.VectorSoftmax softmax) {
            return softmax.table().rows();
        }
        return loss instanceof Loss.SparseCategoricalCrossentropy ? features : Integer.MAX_VALUE;
    }

    /** The loss of each step, {@code [steps]}. */
    Operand<TFloat32> perStep(Loss loss) {
        if (loss instanceof Loss.SparseCategoricalCrossentropy) {
            if (output.logits() == null) {
                throw new TrainingException(
                        "a sparse categorical cross-entropy needs an output layer with a softmax activation");
            }
            return crossEntropy(rows(output.logits()));
        } else if (loss instanceof Loss.MeanSquaredError) {
            return tf.math.mean(tf.math.square(difference()), tf.constant(1));
        } else if (loss instanceof Loss.MeanAbsoluteError) {
            return tf.math.mean(tf.math.abs(difference()), tf.constant(1));
        } else if (loss instanceof Loss.VectorSoftmax softmax) {
            return vectorSoftmax(softmax);
        } else if (loss instanceof Loss.Sum sum) {
            Operand<TFloat32> total = null;
            for (Loss.Weighted part : sum.parts()) {
                Operand<TFloat32> weighted = tf.math.mul(perStep(part.loss()), tf.constant(part.weight()));
                total = total == null ? weighted : tf.math.add(total, weighted);
            }
            return Objects.requireNonNull(total);
        }
        throw new IllegalStateException("no graph for " + loss);
    }

    /** Of each step, 1 where the most probable class is another than the target, else 0. */
    Operand<TFloat32> wrong() {
        Operand<TInt32> best =
                tf.math.argMax(rows(Objects.requireNonNull(output.logits())), tf.constant(1), TInt32.class);
        return tf.dtypes.cast(tf.math.notEqual(best, Objects.requireNonNull(targetIds)), TFloat32.class);
    }

    /**
     * The length of the output cancels in the softmax, so {@code 2 output.row - ||row||^2} stands for the negative
     * squared distance.
     */
    private Operand<TFloat32> vectorSoftmax(Loss.VectorSoftmax softmax) {
        Matrix table = softmax.table();
        if (table.columns() != features) {
            throw new TrainingException("the table of the vector softmax has rows of " + table.columns()
                    + " values, but the network's output has " + features);
        }
        float[] doubled = table.toArray();
        float[] offset = new float[table.rows()];
        for (int row = 0; row < table.rows(); row++) {
            double square = 0;
            for (int i = row * features; i < (row + 1) * features; i++) {
                square += (double) doubled[i] * doubled[i];
                doubled[i] *= 2 * softmax.scale();
            }
            offset[row] = (float) (-softmax.scale() * square);
        }
        Operand<TFloat32> rows = tf.constant(Shape.of(table.rows(), features), DataBuffers.of(doubled, true, false));
        Operand<TFloat32> products = tf.linalg.matMul(rows(output.tensor()), rows, MatMul.transposeB(true));
        return crossEntropy(tf.nn.biasAdd(products, tf.constant(offset)));
    }

    private Operand<TFloat32> crossEntropy(Operand<TFloat32> logits) {
        return tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, Objects.requireNonNull(targetIds))
                .loss();
    }

    private Operand<TFloat32> difference() {
        return tf.math.sub(rows(output.tensor()), Objects.requireNonNull(targetVectors));
    }

    private Operand<TFloat32> rows(Operand<TFloat32> values) {
        return tf.reshape(values, tf.constant(new int[] {-1, features}));
    }
}
