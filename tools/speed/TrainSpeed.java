package io.deepsentry.tools.speed;

import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.Matrix;
import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Loss;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.core.nn.TrainingSettings;
import io.deepsentry.core.nn.ZeroPadding1D;
import io.deepsentry.core.tensorflow.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Measures how many steps of 32 examples a second of the clock training takes in one version, with all processors, and
 * prints the median of some epochs. The data are random. See table, which calls it for two versions in turn.
 */
public final class TrainSpeed {
    private static final int EXAMPLES = 32;
    private static final int BATCHES = 64;
    private static final int EPOCHS = 6;
    private static final int MESSAGES = 200;
    private static final int WINDOW = 10;
    private static final int VECTOR = 128;

    private TrainSpeed() {}

    /**
     * "autoencoder", its words, the tokens that it reads and the usual length of a message, or "detector" and its known
     * messages; then the steps of an epoch.
     */
    public static void main(String[] args) {
        int steps = Integer.parseInt(args[args.length - 1]);
        int size = Integer.parseInt(args[1]);
        double rate = args[0].equals("detector")
                ? rate(detector(), windows(size), detectorLoss(size), steps)
                : rate(
                        autoencoder(size, Integer.parseInt(args[2])),
                        messages(size, Integer.parseInt(args[2]), Integer.parseInt(args[3])),
                        new Loss.SparseCategoricalCrossentropy(),
                        steps);
        System.out.println(String.format(Locale.ROOT, "%.4f", rate));
    }

    private static double rate(Network network, List<Batch> batches, Loss loss, int steps) {
        List<Long> begins = new ArrayList<>();
        TrainingData data = new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return steps;
            }

            @Override
            public Batch batch(int epoch, int index) {
                if (index == 0) {
                    begins.add(System.nanoTime());
                }
                return batches.get((epoch * steps + index) % batches.size());
            }
        };
        TrainingSettings settings = TrainingSettings.builder()
                .epochs(EPOCHS + 1)
                .seed(7)
                .device(Device.CPU)
                .saveBestOnly(false)
                .build();
        Trainer.fit(Model.initialise(network, 7), data, null, loss, settings, RunContext.quiet());
        begins.add(System.nanoTime());
        // The first epoch warms up.
        double[] rates = new double[EPOCHS];
        for (int i = 0; i < EPOCHS; i++) {
            rates[i] = steps * 1e9 / (begins.get(i + 2) - begins.get(i + 1));
        }
        Arrays.sort(rates);
        return rates[EPOCHS / 2];
    }

    private static Network autoencoder(int words, int time) {
        return Network.builder("autoencoder")
                .input(new InputLayer("tokens", List.of(time), true))
                .add(new Embedding("embedding", words, 64, true))
                .add(new Dropout("embedding_dropout", 0.2))
                .add(Lstm.of("encoder_lstm", 128, false))
                .add(new Dense("encoding", VECTOR, Activation.TANH, true))
                .add(new RepeatVector("repeat", time))
                .add(Lstm.of("decoder_lstm", 128, true))
                .add(new TimeDistributed("words", new Dense("word", words, Activation.SOFTMAX, true)))
                .build();
    }

    private static Network detector() {
        return Network.builder("detector")
                .input(new InputLayer("window", List.of(WINDOW, VECTOR), false))
                .add(Bidirectional.of("states", Lstm.of("lstm", 64, true), MergeMode.NONE), "window")
                .add(new Cropping1D("before_crop", 0, 1), "states")
                .add(new ZeroPadding1D("before", 1, 0), "before_crop")
                .add(new Cropping1D("after_crop", 1, 0), "states:1")
                .add(new ZeroPadding1D("after", 0, 1), "after_crop")
                .add(new Concatenate("context"), "before", "after")
                .add(new Dropout("dropout", 0.2), "context")
                .add(new Dense("expected", VECTOR, Activation.LINEAR, true))
                .build();
    }

    private static List<Batch> messages(int words, int time, int usual) {
        Random random = new Random(5);
        int[][] messages = new int[MESSAGES][];
        for (int i = 0; i < MESSAGES; i++) {
            int length = (int) Math.round(usual * Math.exp(0.4 * random.nextGaussian()));
            messages[i] = new int[Math.max(2, Math.min(time - 1, length))];
            Arrays.setAll(messages[i], at -> 2 + random.nextInt(words - 2));
        }
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            int[] ids = new int[EXAMPLES * time];
            float[] weights = new float[EXAMPLES * time];
            for (int from = 0; from < ids.length; from += time) {
                int[] message = messages[random.nextInt(MESSAGES)];
                System.arraycopy(message, 0, ids, from, message.length);
                Arrays.fill(weights, from, from + message.length + 1, 1);
            }
            batches.add(Batch.of(EXAMPLES)
                    .input(ids)
                    .target(ids.clone())
                    .sampleWeights(weights)
                    .build());
        }
        return batches;
    }

    private static float[] vectors(int known) {
        Random random = new Random(6);
        float[] vectors = new float[known * VECTOR];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = (float) Math.tanh(random.nextGaussian());
        }
        return vectors;
    }

    private static Loss detectorLoss(int known) {
        return new Loss.Sum(List.of(
                new Loss.Weighted(1, new Loss.VectorSoftmax(Matrix.of(known, VECTOR, vectors(known)), 0.1f)),
                new Loss.Weighted(0.1f, new Loss.MeanSquaredError())));
    }

    private static List<Batch> windows(int known) {
        Random random = new Random(5);
        float[] vectors = vectors(known);
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            int[] ids = new int[EXAMPLES * WINDOW];
            float[] input = new float[ids.length * VECTOR];
            for (int row = 0; row < ids.length; row++) {
                ids[row] = row % WINDOW == 0 ? random.nextInt(known) : (ids[row - 1] + row % WINDOW) % known;
                System.arraycopy(vectors, ids[row] * VECTOR, input, row * VECTOR, VECTOR);
            }
            float[] weights = new float[ids.length];
            Arrays.fill(weights, 1);
            batches.add(Batch.of(EXAMPLES)
                    .input(input)
                    .target(input.clone())
                    .target(ids)
                    .sampleWeights(weights)
                    .build());
        }
        return batches;
    }
}
