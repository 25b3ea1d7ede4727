package io.deepsentry.core.nn;

import io.deepsentry.core.array.Matrix;
import java.util.List;

/** What training makes small: the mean over the output steps of a batch, each counted by its sample weight. */
public sealed interface Loss {
    /** The cross-entropy of an output layer with {@link Activation#SOFTMAX} towards an id for each step. */
    record SparseCategoricalCrossentropy() implements Loss {}

    /** The mean over the features of the squared difference to a vector for each step. */
    record MeanSquaredError() implements Loss {}

    /** The mean over the features of the absolute difference to a vector for each step. */
    record MeanAbsoluteError() implements Loss {}

    /**
     * The cross-entropy towards an id for each step of a softmax over known vectors: the probability of row {@code r}
     * falls with its squared distance from the output, as {@code softmax(-scale * ||output - row||^2)}. It allows
     * several rows to be likely where a squared error would ask for their mean.
     *
     * @param table the known vectors, {@code [ids, features]}, features as many as the output has
     * @param scale how sharply probability falls with distance, above 0
     */
    record VectorSoftmax(Matrix table, float scale) implements Loss {
        public VectorSoftmax {
            if (!(scale > 0) || Float.isInfinite(scale)) {
                throw new IllegalArgumentException("scale must be above 0 and finite, but was " + scale);
            }
            if (table.rows() < 1) {
                throw new IllegalArgumentException("the table of a vector softmax needs at least 1 row");
            }
        }
    }

    /**
     * A loss with its share in a sum.
     *
     * @param weight what the loss is multiplied by, above 0
     * @param loss the loss
     */
    record Weighted(float weight, Loss loss) {
        public Weighted {
            if (!(weight > 0) || Float.isInfinite(weight)) {
                throw new IllegalArgumentException(
                        "the weight of a loss must be above 0 and finite, but was " + weight);
            }
        }
    }

    /**
     * Several losses of the same output together.
     *
     * @param parts at least one
     */
    record Sum(List<Weighted> parts) implements Loss {
        public Sum {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("a sum of losses needs at least one");
            }
        }
    }
}
