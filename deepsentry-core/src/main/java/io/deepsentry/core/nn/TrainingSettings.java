package io.deepsentry.core.nn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Set;

/**
 * How a network is trained.
 *
 * @param epochs how many times all training data is seen, at least 1
 * @param learningRate of Adam, above 0
 * @param clipNorm the length to which all gradients together are cut, 0 for not at all
 * @param patience how many epochs in a row may bring no better loss before training stops, 0 for never
 * @param saveBestOnly whether the result is the model of the best epoch instead of the last
 * @param seed of dropout; the same seed on the same number of threads gives the same bits
 * @param device where to compute
 * @param frozenLayers names of layers whose weights stay as they are
 */
public record TrainingSettings(
        int epochs,
        double learningRate,
        double clipNorm,
        int patience,
        boolean saveBestOnly,
        long seed,
        Device device,
        Set<String> frozenLayers) {
    public static final int DEFAULT_EPOCHS = 10;
    public static final double DEFAULT_LEARNING_RATE = 0.001;
    public static final double DEFAULT_CLIP_NORM = 1.0;

    public TrainingSettings {
        frozenLayers = Set.copyOf(frozenLayers);
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, but was " + epochs);
        }
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be above 0 and finite, but was " + learningRate);
        }
        if (!(clipNorm >= 0)) {
            throw new IllegalArgumentException("clipNorm must be at least 0, but was " + clipNorm);
        }
        if (patience < 0) {
            throw new IllegalArgumentException("patience must be at least 0, but was " + patience);
        }
    }

    /** The defaults, to be changed one by one. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings. For one thread. */
    public static final class Builder {
        private int epochs = DEFAULT_EPOCHS;
        private double learningRate = DEFAULT_LEARNING_RATE;
        private double clipNorm = DEFAULT_CLIP_NORM;
        private int patience;
        private boolean saveBestOnly = true;
        private long seed;
        private Device device = Device.AUTO;
        private Set<String> frozenLayers = Set.of();

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

        public TrainingSettings build() {
            return new TrainingSettings(
                    epochs, learningRate, clipNorm, patience, saveBestOnly, seed, device, frozenLayers);
        }
    }
}
