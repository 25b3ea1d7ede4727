package io.deepsentry.anomaly.train;

import io.deepsentry.core.nn.Activation;
import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Concatenate;
import io.deepsentry.core.nn.Cropping1D;
import io.deepsentry.core.nn.Dense;
import io.deepsentry.core.nn.Dropout;
import io.deepsentry.core.nn.InputLayer;
import io.deepsentry.core.nn.Lstm;
import io.deepsentry.core.nn.MergeMode;
import io.deepsentry.core.nn.Network;
import io.deepsentry.core.nn.ZeroPadding1D;
import java.util.List;

/**
 * The detector's architecture: {@code [time, d]} to {@code [time, d]}, where the output at a step is computed from the
 * steps before it and, in both directions, from those after it, but never from the step itself. A network that saw the
 * vector it has to repeat would learn to copy.
 */
final class DetectorNetwork {
    private DetectorNetwork() {}

    /**
     * A detector.
     *
     * @param length rows of a window, at least 2
     * @param dimension values of a vector
     * @param units of each LSTM
     * @param layers LSTMs on top of each other in each direction, at least 1
     * @param bidirectional whether what comes after counts too
     */
    static Network of(
            String name, int length, int dimension, int units, int layers, double dropout, boolean bidirectional) {
        Network.Builder network =
                Network.builder(name).input(new InputLayer("window", List.of(length, dimension), false));
        String forward = "window";
        String backward = "window";
        for (int i = 1; i <= layers; i++) {
            String suffix = i == 1 ? "" : "_" + i;
            if (!bidirectional) {
                network.add(Lstm.of("lstm" + suffix, units, true), forward);
                forward = "lstm" + suffix;
            } else if (i == 1) {
                network.add(Bidirectional.of("states", Lstm.of("lstm", units, true), MergeMode.NONE), "window");
                forward = "states";
                backward = "states:1";
            } else {
                // The directions must not meet below the top, or a step would be seen through the other one. Only a
                // bidirectional layer gives what it read from
                // the end in the order of time, so the backward direction takes the second output of one.
                network.add(Lstm.of("lstm" + suffix, units, true), forward);
                forward = "lstm" + suffix;
                network.add(
                        Bidirectional.of("states" + suffix, Lstm.of("lstm_back" + suffix, units, true), MergeMode.NONE),
                        backward);
                backward = "states" + suffix + ":1";
            }
        }
        network.add(new Cropping1D("before_crop", 0, 1), forward);
        network.add(new ZeroPadding1D("before", 1, 0), "before_crop");
        String context = "before";
        if (bidirectional) {
            network.add(new Cropping1D("after_crop", 1, 0), backward);
            network.add(new ZeroPadding1D("after", 0, 1), "after_crop");
            network.add(new Concatenate("context"), "before", "after");
            context = "context";
        }
        if (dropout > 0) {
            network.add(new Dropout("dropout", dropout), context);
            context = "dropout";
        }
        network.add(new Dense("expected", dimension, Activation.LINEAR, true), context);
        return network.build();
    }
}
