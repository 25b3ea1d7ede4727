package io.deepsentry.core.keras;

import io.deepsentry.core.nn.Bidirectional;
import io.deepsentry.core.nn.Layer;
import io.deepsentry.core.nn.Recurrent;
import io.deepsentry.core.nn.TimeDistributed;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What lies where in a {@code .keras} file, a zip archive. Weights are numbered in {@code model.weights.h5} under their
 * layer, and layers not by their names but by their classes, counted in the order of the configuration: {@code
 * layers/lstm}, {@code layers/lstm_1}.
 */
final class KerasArchiveLayout {
    static final String CONFIG = "config.json";
    static final String METADATA = "metadata.json";
    static final String WEIGHTS = "model.weights.h5";

    /** The folder of our own texts. */
    static final String EXTRAS = KerasReader.EXTRAS + "/";

    private final Map<String, Integer> counts = new HashMap<>();

    /** The folder of the next layer of a class. */
    String next(String kind) {
        String name = snakeCase(kind);
        int before = counts.merge(name, 1, Integer::sum) - 1;
        return "layers/" + name + (before == 0 ? "" : "_" + before);
    }

    private static String snakeCase(String kind) {
        return kind.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /** Where in its layer's folder a weight lies. */
    static String place(Layer layer, Set<String> weights, String weight) {
        int number = 0;
        String prefix = weight.substring(0, weight.lastIndexOf('/') + 1);
        for (String other : weights) {
            if (other.equals(weight)) {
                break;
            }
            if (other.startsWith(prefix)) {
                number++;
            }
        }
        String part = "";
        if (layer instanceof Recurrent) {
            part = "cell/";
        } else if (layer instanceof Bidirectional) {
            part = (prefix.equals("forward/") ? "forward_layer" : "backward_layer") + "/cell/";
        } else if (layer instanceof TimeDistributed) {
            part = "layer/";
        }
        return part + "vars/" + number;
    }

    /** The groups that Keras makes for a layer, whether or not there are weights in them. */
    static List<String> groups(Layer layer) {
        if (layer instanceof Recurrent) {
            return List.of("vars", "cell/vars");
        } else if (layer instanceof Bidirectional) {
            return List.of("vars", "forward_layer/vars", "backward_layer/vars", "layer/vars", "layer/cell/vars");
        } else if (layer instanceof TimeDistributed) {
            return List.of("vars", "layer/vars");
        }
        return List.of("vars");
    }
}
