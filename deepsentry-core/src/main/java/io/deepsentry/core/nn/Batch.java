package io.deepsentry.core.nn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.jspecify.annotations.Nullable;

/**
 * Examples for one step of training: input, what the output should be, and how much each output step counts. Arrays are row-major and are handed over:
 * nobody changes them afterwards.
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

    /** Starts a batch of that many examples, at least 1. */
    public static Builder of(int size) {
        return new Builder(size);
    }

    public int size() {
        return size;
    }

    public int @Nullable [] ids() {
        return ids;
    }

    public float @Nullable [] values() {
        return values;
    }

    public int @Nullable [] targetIds() {
        return targetIds;
    }

    public float @Nullable [] targetVectors() {
        return targetVectors;
    }

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

        /** The input of a network that takes ids, {@code [batch, time]}. */
        @CanIgnoreReturnValue
        public Builder input(int[] inputIds) {
            ids = inputIds;
            return this;
        }

        /** The input of a network that takes values, {@code [batch, ...]}. */
        @CanIgnoreReturnValue
        public Builder input(float[] inputValues) {
            values = inputValues;
            return this;
        }

        /** For a loss over ids: one for each output step, {@code [batch, time]} or {@code [batch]}. */
        @CanIgnoreReturnValue
        public Builder target(int[] idOfStep) {
            targetIds = idOfStep;
            return this;
        }

        /** For a loss over vectors: of the shape of the output. */
        @CanIgnoreReturnValue
        public Builder target(float[] vectors) {
            targetVectors = vectors;
            return this;
        }

        /** How much each output step counts, {@code [batch, time]} or {@code [batch]}, not negative; without it all count 1. */
        @CanIgnoreReturnValue
        public Builder sampleWeights(float[] stepWeights) {
            weights = stepWeights;
            return this;
        }

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
