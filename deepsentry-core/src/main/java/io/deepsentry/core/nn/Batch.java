package io.deepsentry.core.nn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jspecify.annotations.Nullable;

/**
 * Examples for one step of training: input, what the output should be, and how much each output step counts. Arrays are
 * row-major and are handed over: nobody changes them afterwards.
 */
public final class Batch {
    private final int size;
    private final int @Nullable [] ids;
    private final float @Nullable [] values;
    private final int @Nullable [] targetIds;
    private final float @Nullable [] targetVectors;
    private final float @Nullable [] weights;

    private Batch(Builder builder) {
        this.size = builder.size;
        this.ids = builder.ids;
        this.values = builder.values;
        this.targetIds = builder.targetIds;
        this.targetVectors = builder.targetVectors;
        this.weights = builder.weights;
    }

    /**
     * Creates a builder of a batch.
     *
     * @param size how many examples the batch has
     * @return a builder
     */
    public static Builder of(int size) {
        return new Builder(size);
    }

    /** {@return how many examples there are} */
    public int size() {
        return size;
    }

    /** {@return the input ids, row-major; null if the input is values} */
    public int @Nullable [] ids() {
        return ids;
    }

    /** {@return the input values, row-major; null if the input is ids} */
    public float @Nullable [] values() {
        return values;
    }

    /** {@return the ids to predict; null if the target is vectors} */
    public int @Nullable [] targetIds() {
        return targetIds;
    }

    /** {@return the vectors to predict; null if the target is ids} */
    public float @Nullable [] targetVectors() {
        return targetVectors;
    }

    /** {@return the weight of each output step; null if all count 1} */
    public float @Nullable [] weights() {
        return weights;
    }

    /** Collects the parts of a batch. For one thread. */
    public static final class Builder {
        private final int size;
        private int @Nullable [] ids;
        private float @Nullable [] values;
        private int @Nullable [] targetIds;
        private float @Nullable [] targetVectors;
        private float @Nullable [] weights;

        private Builder(int size) {
            if (size < 1) {
                throw new IllegalArgumentException("a batch has at least 1 example, but was " + size);
            }
            this.size = size;
        }

        /**
         * Sets the input of a network that takes ids.
         *
         * @param inputIds {@code [batch, time]}, row-major
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder input(int[] inputIds) {
            ids = inputIds;
            return this;
        }

        /**
         * Sets the input of a network that takes values.
         *
         * @param inputValues {@code [batch, ...]}, row-major
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder input(float[] inputValues) {
            values = inputValues;
            return this;
        }

        /**
         * Sets the target of a loss over ids: one for each output step.
         *
         * @param idOfStep {@code [batch, time]} or {@code [batch]}, row-major
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder target(int[] idOfStep) {
            targetIds = idOfStep;
            return this;
        }

        /**
         * Sets the target of a loss over vectors.
         *
         * @param vectors the vectors, row-major, of the shape of the output
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder target(float[] vectors) {
            targetVectors = vectors;
            return this;
        }

        /**
         * Sets how much each output step counts, {@code [batch, time]} or {@code [batch]}, not negative. Without it all
         * count 1.
         *
         * @param stepWeights the weights, row-major
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder sampleWeights(float[] stepWeights) {
            weights = stepWeights;
            return this;
        }

        /**
         * Builds it from what was set, and checks it.
         *
         * @return the result
         */
        public Batch build() {
            if ((ids == null) == (values == null)) {
                throw new IllegalArgumentException("a batch has an input of either ids or values");
            }
            if (targetIds == null && targetVectors == null) {
                throw new IllegalArgumentException("a batch has a target");
            }
            return new Batch(this);
        }
    }
}
