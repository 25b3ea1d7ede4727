package io.deepsentry.core.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PredictorTest {
    private static final int ROW = 6 * 8;

    private static Model model() {
        return Model.initialise(
                Network.builder("sequence")
                        .input(new InputLayer("window", List.of(6, 8), false))
                        .add(Bidirectional.of("both", Lstm.of("lstm", 16, true), MergeMode.CONCAT))
                        .add(new Dense("dense", 8, Activation.LINEAR, true))
                        .build(),
                1);
    }

    @Test
    void givesARowTheSameBitsInAnyCompanyAndThread() {
        int rows = 70;
        float[] input = new float[rows * ROW];
        Random random = new Random(1);
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) random.nextGaussian();
        }
        try (Predictor predictor = Predictor.open(model(), Device.CPU)) {
            float[] all = predictor.predict(input, rows);
            IntStream.range(0, rows).parallel().forEach(row -> assertThat(
                            predictor.predict(Arrays.copyOfRange(input, row * ROW, (row + 1) * ROW), 1))
                    .isEqualTo(Arrays.copyOfRange(all, row * ROW, (row + 1) * ROW)));
        }
    }

    @Test
    void saysThatItIsClosed() {
        Predictor predictor = Predictor.open(model(), Device.CPU);
        predictor.close();
        predictor.close();
        assertThatThrownBy(() -> predictor.predict(new float[ROW], 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the predictor of network \"sequence\" is closed");
    }
}
