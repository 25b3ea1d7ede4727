package io.deepsentry.core.nn;

import io.deepsentry.core.ModelException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network with its weights. Immutable; safe for use by several threads.
 *
 * @param network the architecture
 * @param weights a value for each weight that the architecture has, and no others
 */
public record Model(Network network, Weights weights) {
    /**
     * A model.
     *
     * @param network the network
     * @param weights its weights
     * @throws ModelException if a weight is missing, has another shape than the network needs, or is not the network's
     */
    public Model {
        Map<String, List<LayerWeight>> needed = network.weights();
        for (Map.Entry<String, List<LayerWeight>> layer : needed.entrySet()) {
            Map<String, NdArray> given = weights.of(layer.getKey());
            List<String> names =
                    layer.getValue().stream().map(LayerWeight::name).toList();
            if (!names.equals(List.copyOf(given.keySet()))) {
                throw new ModelException("network \"" + network.name() + "\": layer \"" + layer.getKey()
                        + "\" needs the weights " + names + ", but has " + given.keySet());
            }
            for (LayerWeight weight : layer.getValue()) {
                NdArray array = given.get(weight.name());
                if (array == null || !Arrays.equals(array.shape(), weight.dimensions())) {
                    throw new ModelException("network \"" + network.name() + "\": weight \"" + weight.name()
                            + "\" of layer \"" + layer.getKey() + "\" needs shape " + weight.shape() + ", but is "
                            + array);
                }
            }
        }
        for (String layer : weights.layers()) {
            if (!needed.containsKey(layer)) {
                throw new ModelException(
                        "network \"" + network.name() + "\" has no layer \"" + layer + "\" with weights");
            }
        }
    }

    /**
     * {@return a model with the weights that Keras' default initialisers draw; the same seed gives the same bits on
     * every machine}
     *
     * @param network the network
     * @param seed the seed of the random weights
     */
    public static Model initialise(Network network, long seed) {
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        network.weights().forEach((layer, weights) -> {
            Map<String, NdArray> arrays = new LinkedHashMap<>();
            weights.forEach(weight -> arrays.put(weight.name(), Initialisation.draw(layer, weight, seed)));
            byLayer.put(layer, arrays);
        });
        return new Model(network, Weights.of(byLayer));
    }

    /**
     * Takes this model's weights for the layers of the same name in another network, such as the encoder of an
     * autoencoder.
     *
     * @param part the network to take the weights for
     * @return the model of that network
     * @throws ModelException if this model has no layer of a name, or one of another shape
     */
    public Model part(Network part) {
        Map<String, Map<String, NdArray>> byLayer = new LinkedHashMap<>();
        part.weights().keySet().forEach(layer -> byLayer.put(layer, weights.of(layer)));
        return new Model(part, Weights.of(byLayer));
    }
}
