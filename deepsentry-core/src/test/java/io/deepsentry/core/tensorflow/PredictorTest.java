package io.deepsentry.core.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.Predictor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
        float[] input = NetworksForTests.gaussians(rows * ROW, 1);
        try (Predictor predictor = TensorFlow.predictor(model(), Device.CPU)) {
            float[] all = predictor.predict(input, rows);
            IntStream.range(0, rows).parallel().forEach(row -> assertThat(
                            predictor.predict(Arrays.copyOfRange(input, row * ROW, (row + 1) * ROW), 1))
                    .isEqualTo(Arrays.copyOfRange(all, row * ROW, (row + 1) * ROW)));
        }
    }

    @Test
    void saysThatItIsClosed() {
        Predictor predictor = TensorFlow.predictor(model(), Device.CPU);
        predictor.close();
        predictor.close();
        assertThatThrownBy(() -> predictor.predict(new float[ROW], 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the predictor of network \"sequence\" is closed");
    }

    @Test
    void servesSixtyFourThreadsWithTheBitsOfOne() throws Exception {
        int threads = 64;
        int rows = 40;
        float[] input = NetworksForTests.gaussians(rows * ROW, 2);
        try (Predictor predictor = TensorFlow.predictor(model(), Device.CPU)) {
            float[] alone = predictor.predict(input, rows);
            CountDownLatch ready = new CountDownLatch(threads);
            List<float[]> found = Collections.synchronizedList(new ArrayList<>());
            List<Thread> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Thread thread = new Thread(() -> {
                    ready.countDown();
                    try {
                        ready.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        return;
                    }
                    for (int round = 0; round < 5; round++) {
                        found.add(predictor.predict(input, rows));
                    }
                });
                all.add(thread);
                thread.start();
            }
            for (Thread thread : all) {
                thread.join();
            }
            assertThat(found).hasSize(threads * 5).allSatisfy(one -> assertThat(one)
                    .isEqualTo(alone));
        }
    }

    @Test
    void givesARowOfIdsTheSameBitsInAnyCompany() {
        int rows = Predictor.DEFAULT_BLOCK + 1;
        int[] ids = new Random(3).ints(rows * 5L, 0, 9).toArray();
        Model model = Model.initialise(NetworksForTests.autoencoder(5, 9), 1);
        try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
            float[] all = predictor.predict(ids, rows);
            for (int row = 0; row < rows; row++) {
                assertThat(predictor.predict(Arrays.copyOfRange(ids, row * 5, (row + 1) * 5), 1))
                        .isEqualTo(Arrays.copyOfRange(all, row * 45, (row + 1) * 45));
            }
        }
    }

    @Test
    void givesNothingForNoRows() {
        try (Predictor predictor = TensorFlow.predictor(model(), Device.CPU)) {
            assertThat(predictor.predict(new float[0], 0)).isEmpty();
        }
    }

    @Test
    void refusesInputThatTheNetworkCannotTake() {
        try (Predictor predictor = TensorFlow.predictor(model(), Device.CPU)) {
            refuses(
                    () -> predictor.predict(new float[2 * ROW - 1], 2),
                    "network \"sequence\" takes rows of shape [6, 8], so a batch of 2 needs 96 values, but there were 95");
            refuses(() -> predictor.predict(new float[2 * ROW + 1], 2), "needs 96 values, but there were 97");
            refuses(() -> predictor.predict(new float[ROW], -1), "so a batch of -1 needs");
            refuses(() -> predictor.predict(new int[ROW], 1), "takes float values, not ids");
        }
        try (Predictor predictor =
                TensorFlow.predictor(Model.initialise(NetworksForTests.autoencoder(5, 9), 1), Device.CPU)) {
            assertThat(predictor.predict(new int[] {0, 8, 0, 8, 0}, 1)).hasSize(45);
            refuses(
                    () -> predictor.predict(new int[] {0, 8, 0, 9, 0}, 1),
                    "layer \"embedding\" knows ids from 0 to 8, but the id at position 3 was 9");
            refuses(() -> predictor.predict(new int[] {-1, 0, 0, 0, 0}, 1), "the id at position 0 was -1");
            refuses(() -> predictor.predict(new float[5], 1), "takes ids, not float values");
        }
        refuses(() -> TensorFlow.predictor(model(), Device.CPU, 0), "block must be at least 1, but was 0");
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
