package io.deepsentry.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrainingSettingsTest {
    @Test
    void keepTheLearningRateConstantUnlessAFinalOneIsGiven() {
        TrainingSettings settings =
                TrainingSettings.builder().learningRate(0.007).build();
        assertThat(settings.finalLearningRate()).isEqualTo(0.007);
        for (long step = 0; step < 30; step++) {
            assertThat(settings.learningRateAt(step, 30)).isEqualTo(0.007);
        }
    }

    @Test
    void letTheLearningRateFallAlongHalfACosine() {
        TrainingSettings settings = TrainingSettings.builder()
                .finalLearningRate(0.002)
                .learningRate(0.01)
                .build();
        assertThat(settings.learningRateAt(0, 100)).isEqualTo(0.01);
        assertThat(settings.learningRateAt(25, 100)).isEqualTo(0.006 + 0.004 * Math.sqrt(0.5), within(1e-12));
        assertThat(settings.learningRateAt(50, 100)).isEqualTo(0.006, within(1e-12));
        assertThat(settings.learningRateAt(100, 100)).isEqualTo(0.002, within(1e-12));
    }

    @Test
    void acceptAFinalLearningRateFromZeroToTheLearningRate() {
        assertThat(TrainingSettings.builder().finalLearningRate(0).build().finalLearningRate())
                .isZero();
        TrainingSettings.Builder negative = TrainingSettings.builder().finalLearningRate(-1e-9);
        assertThatThrownBy(negative::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("finalLearningRate must be from 0 to the learningRate of 0.001, but was -1.0E-9");
        TrainingSettings.Builder above = TrainingSettings.builder().finalLearningRate(0.0011);
        assertThatThrownBy(above::build).isInstanceOf(IllegalArgumentException.class);
        TrainingSettings.Builder none = TrainingSettings.builder().finalLearningRate(Double.NaN);
        assertThatThrownBy(none::build).isInstanceOf(IllegalArgumentException.class);
    }
}
