package io.deepsentry.core.tensorflow;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Batch;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Embedding;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.RepeatVector;
import io.deepsentry.core.nn.TimeDistributed;
import io.deepsentry.core.nn.TrainingData;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.util.List;
import java.util.Random;

/** Small networks of the shapes that the later modules train. */
final class NetworksForTests {
    private NetworksForTests() {}

    /** Ids to ids by way of one vector; id 0 is padding. */
    static Network autoencoder(int steps, int words) {
        return autoencoder(steps, words, 2);
    }

    /** With a vector of that size. */
    static Network autoencoder(int steps, int words, int size) {
        return Network.builder("autoencoder")
                .input(new InputLayer("ids", List.of(steps), true))
                .add(new Embedding("embedding", words, 3, true))
                .add(Lstm.of("encoder", 3, false))
                .add(new Dense("bottleneck", size, Activation.TANH, true))
                .add(new RepeatVector("repeat", steps))
                .add(Lstm.of("decoder", 3, true))
                .add(new TimeDistributed("words", new Dense("word", words, Activation.SOFTMAX, true)))
                .build();
    }

    /** Each step from those before it and those after it, never from itself. */
    static Network detector(int steps, int features, int units) {
        return Network.builder("detector")
                .input(new InputLayer("window", List.of(steps, features), false))
                .add(Bidirectional.of("both", Lstm.of("lstm", units, true), MergeMode.NONE))
                .add(new Cropping1D("before", 0, 1), "both")
                .add(new ZeroPadding1D("before_shifted", 1, 0))
                .add(new Cropping1D("after", 1, 0), "both:1")
                .add(new ZeroPadding1D("after_shifted", 0, 1))
                .add(new Concatenate("context"), "before_shifted", "after_shifted")
                .add(new Dense("prediction", features, Activation.LINEAR, true))
                .build();
    }

    /** Ids to one id, reading both ways. */
    static Network classifier(int steps, int words) {
        return Network.builder("classifier")
                .input(new InputLayer("ids", List.of(steps), true))
                .add(new Embedding("embedding", words, 3, true))
                .add(Bidirectional.of("sequence", Lstm.of("lstm", 2, true), MergeMode.CONCAT))
                .add(Bidirectional.of("last", Lstm.of("lstm", 2, false), MergeMode.CONCAT))
                .add(new Dense("class", words, Activation.SOFTMAX, true))
                .build();
    }

    /** Only the backward output is read, and a second one is stacked upon it. */
    static Network backwardOnly(int steps, int features) {
        return Network.builder("backward")
                .input(new InputLayer("window", List.of(steps, features), false))
                .add(Bidirectional.of("lower", Lstm.of("lstm", 2, true), MergeMode.NONE))
                .add(Bidirectional.of("upper", Lstm.of("lstm", 2, true), MergeMode.NONE), "lower:1")
                .add(new Dense("prediction", features, Activation.LINEAR, true), "upper:1")
                .build();
    }

    static float[] gaussians(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The same batch again and again. */
    static TrainingData always(Batch batch) {
        return new TrainingData() {
            @Override
            public int batchesPerEpoch() {
                return 4;
            }

            @Override
            public Batch batch(int epoch, int index) {
                return batch;
            }
        };
    }
}
