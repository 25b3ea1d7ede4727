package io.deepsentry.core.nn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the training of one network. Immutable.
 *
 * <pre>{@code
 * TrainingSettings settings = TrainingSettings.builder().epochs(20).patience(3).seed(7).build();
 * }</pre>
 *
 * @param epochs passes over the training data, at least 1
 * @param learningRate of Adam at the first step, above 0
 * @param finalLearningRate where the rate falls to, along half a cosine over all steps of all epochs (Loshchilov and
 *     Hutter 2017, without restarts); from 0 to {@code learningRate}, which leaves it constant
 * @param clipNorm the norm to which all gradients together are clipped; 0: not clipped
 * @param patience epochs in a row without a better loss after which training stops; 0: never
 * @param saveBestOnly whether the result is the model of the best epoch instead of the last
 * @param seed of dropout; the same seed on the same number of threads gives the same bits
 * @param device where to compute
 * @param frozenLayers names of layers whose weights stay as they are
 * @param frozenRows names of embeddings of which only the first rows, that many, stay as they are
 */
public record TrainingSettings(
        int epochs,
        double learningRate,
        double finalLearningRate,
        double clipNorm,
        int patience,
        boolean saveBestOnly,
        long seed,
        Device device,
        Set<String> frozenLayers,
        Map<String, Integer> frozenRows) {
    /** The epochs that are trained unless the builder says otherwise. */
    public static final int DEFAULT_EPOCHS = 10;
    /** The learning rate unless the builder says otherwise. */
    public static final double DEFAULT_LEARNING_RATE = 0.001;
    /** The norm that gradients are clipped to unless the builder says otherwise. */
    public static final double DEFAULT_CLIP_NORM = 1.0;

    public TrainingSettings {
        frozenLayers = Set.copyOf(frozenLayers);
        frozenRows = Map.copyOf(frozenRows);
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, but was " + epochs);
        }
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0 and finite, but was " + learningRate);
        }
        if (!(finalLearningRate >= 0 && finalLearningRate <= learningRate)) {
            throw new IllegalArgumentException("finalLearningRate must be from 0 to the learningRate of " + learningRate
                    + ", but was " + finalLearningRate);
        }
        if (!(clipNorm >= 0)) {
            throw new IllegalArgumentException("clipNorm must be at least 0, but was " + clipNorm);
        }
        if (patience < 0) {
            throw new IllegalArgumentException("patience must be at least 0, but was " + patience);
        }
        frozenRows.forEach((layer, rows) -> {
            if (rows < 0) {
                throw new IllegalArgumentException(
                        "frozenRows of \"" + layer + "\" must be at least 0, but was " + rows);
            }
        });
    }

    /**
     * {@return the learning rate of a step}
     *
     * @param step the step of training, from 0
     * @param steps how many steps all epochs have together
     */
    public double learningRateAt(long step, long steps) {
        double fallen = (1 - Math.cos(Math.PI * step / steps)) / 2;
        return learningRate - fallen * (learningRate - finalLearningRate);
    }

    /**
     * Creates a builder with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings, each named as the component it sets. Not thread-safe. */
    public static final class Builder {
        private int epochs = DEFAULT_EPOCHS;
        private double learningRate = DEFAULT_LEARNING_RATE;
        private @Nullable Double finalLearningRate;
        private double clipNorm = DEFAULT_CLIP_NORM;
        private int patience;
        private boolean saveBestOnly = true;
        private long seed;
        private Device device = Device.AUTO;
        private Set<String> frozenLayers = Set.of();
        private Map<String, Integer> frozenRows = Map.of();

        private Builder() {}

        /**
         * Sets the most epochs.
         *
         * @param value at least 1
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        /**
         * Sets the learning rate of the first step.
         *
         * @param value above 0
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        /**
         * Sets the learning rate of the last step, which training approaches step by step. Without it, the rate is
         * constant.
         *
         * @param value the learning rate of the last step
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder finalLearningRate(double value) {
            finalLearningRate = value;
            return this;
        }

        /**
         * Sets the norm that gradients are clipped to.
         *
         * @param value 0 for no clipping
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder clipNorm(double value) {
            clipNorm = value;
            return this;
        }

        /**
         * Sets the epochs without gain after which training ends; 0 trains all.
         *
         * @param value 0 or more
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        /**
         * Sets whether the weights of the best epoch are kept, not those of the last.
         *
         * @param value true to keep the best
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder saveBestOnly(boolean value) {
            saveBestOnly = value;
            return this;
        }

        /**
         * Sets the seed of dropout.
         *
         * @param value any number
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Sets where to compute.
         *
         * @param value the device
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder device(Device value) {
            device = value;
            return this;
        }

        /**
         * Sets the layers whose weights stay as they are.
         *
         * @param value the names of the layers
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder frozenLayers(Set<String> value) {
            frozenLayers = value;
            return this;
        }

        /**
         * Sets, by the name of an embedding, how many of its first rows stay as they are.
         *
         * @param value the rows by the name of their layer
         * @return this builder
         */
        @CanIgnoreReturnValue
        public Builder frozenRows(Map<String, Integer> value) {
            frozenRows = value;
            return this;
        }

        /**
         * Builds it from what was set, and checks it.
         *
         * @return the result
         */
        public TrainingSettings build() {
            return new TrainingSettings(
                    epochs,
                    learningRate,
                    finalLearningRate == null ? learningRate : finalLearningRate,
                    clipNorm,
                    patience,
                    saveBestOnly,
                    seed,
                    device,
                    frozenLayers,
                    frozenRows);
        }
    }
}
