package io.deepsentry.core.keras;

import io.deepsentry.core.array.Npy;
import io.deepsentry.core.nn.Device;
import io.deepsentry.core.nn.Model;
import io.deepsentry.core.nn.Predictor;
import io.deepsentry.core.tensorflow.TensorFlow;
import java.nio.file.Path;

/** What Keras predicted, kept in files beside a model: NAME.h5 has NAME_input.npy and NAME_output.npy. */
final class KerasOutputs {
    private KerasOutputs() {}

    /**
     * The largest difference to what Keras predicted, each divided by the value's size if that is above 1; infinite if
     * the shapes differ or a value is missing.
     */
    static double farthest(Path file, Model model) {
        String stem = stem(String.valueOf(file.getFileName()));
        float[] input = Npy.read(file.resolveSibling(stem + "_input.npy")).toArray();
        float[] expected = Npy.read(file.resolveSibling(stem + "_output.npy")).toArray();
        try (Predictor predictor = TensorFlow.predictor(model, Device.CPU)) {
            return farthest(predict(predictor, input), expected);
        }
    }

    static double farthest(float[] found, float[] expected) {
        if (found.length != expected.length) {
            return Double.POSITIVE_INFINITY;
        }
        double farthest = 0;
        for (int i = 0; i < found.length; i++) {
            double off = Math.abs((double) found[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
            if (found[i] != expected[i] && !(off <= farthest)) {
                farthest = Double.isNaN(off) ? Double.POSITIVE_INFINITY : off;
            }
        }
        return farthest;
    }

    static float[] predict(Predictor predictor, float[] input) {
        int length = predictor.inputShape().stream().reduce(1, (a, b) -> a * b);
        int rows = input.length / length;
        if (!predictor.takesIds()) {
            return predictor.predict(input, rows);
        }
        int[] ids = new int[input.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) input[i];
        }
        return predictor.predict(ids, rows);
    }

    static String stem(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
