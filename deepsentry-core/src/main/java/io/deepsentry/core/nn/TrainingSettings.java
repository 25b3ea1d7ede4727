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
 * @param finalLearningRate where the rate falls to, along half a cosine over all steps of all epochs (Loshchilov and Hutter 2017, without restarts); from
 *     0 to {@code learningRate}, which leaves it constant
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
    public static final int DEFAULT_EPOCHS = 10;
    public static final double DEFAULT_LEARNING_RATE = 0.001;
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

    /** The rate of a step, counted from 0 through all epochs, of that many in all. */
    public double learningRateAt(long step, long steps) {
        double fallen = (1 - Math.cos(Math.PI * step / steps)) / 2;
        return learningRate - fallen * (learningRate - finalLearningRate);
    }

    /** Begins with the defaults. */
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

        @CanIgnoreReturnValue
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        /** Without it, the learning rate is constant. */
        @CanIgnoreReturnValue
        public Builder finalLearningRate(double value) {
            finalLearningRate = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder clipNorm(double value) {
            clipNorm = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder saveBestOnly(boolean value) {
            saveBestOnly = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder device(Device value) {
            device = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder frozenLayers(Set<String> value) {
            frozenLayers = value;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder frozenRows(Map<String, Integer> value) {
            frozenRows = value;
            return this;
        }

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
