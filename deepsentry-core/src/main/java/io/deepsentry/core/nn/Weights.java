package io.deepsentry.core.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The learned values of a network: for each layer its arrays by name, in Keras' order. Names within a layer are {@code
 * embeddings}; {@code kernel} and {@code bias}; {@code kernel}, {@code recurrent_kernel} and {@code bias} of an LSTM
 * (gates in the order input, forget, cell, output), with {@code forward/} and {@code backward/} before them in a
 * bidirectional layer.
 *
 * <p>Immutable, equal by content, safe for use by several threads.
 */
public final class Weights {
    private final Map<String, Map<String, NdArray>> byLayer;

    private Weights(Map<String, Map<String, NdArray>> byLayer) {
        this.byLayer = byLayer;
    }

    /**
     * Creates weights. The order of the maps is kept; layers without weights may be left out.
     *
     * @param byLayer the arrays by the name of their layer, then by their own
     * @return the weights
     */
    public static Weights of(Map<String, Map<String, NdArray>> byLayer) {
        Map<String, Map<String, NdArray>> copy = new LinkedHashMap<>();
        byLayer.forEach((layer, arrays) -> {
            if (!arrays.isEmpty()) {
                copy.put(layer, Collections.unmodifiableMap(new LinkedHashMap<>(arrays)));
            }
        });
        return new Weights(Collections.unmodifiableMap(copy));
    }

    /** {@return the layers that have weights} */
    public Set<String> layers() {
        return byLayer.keySet();
    }

    /**
     * Creates weights. The order of the maps is kept; layers without weights may be left out.
     *
     * @param layer the name of a layer
     * @return the weights
     */
    public Map<String, NdArray> of(String layer) {
        return byLayer.getOrDefault(layer, Map.of());
    }

    /** {@return how many numbers there are in all arrays together} */
    public long parameterCount() {
        return byLayer.values().stream()
                .flatMap(arrays -> arrays.values().stream())
                .mapToLong(NdArray::size)
                .sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Weights weights && byLayer.equals(weights.byLayer);
    }

    @Override
    public int hashCode() {
        return byLayer.hashCode();
    }

    @Override
    public String toString() {
        return "Weights" + byLayer;
    }
}
