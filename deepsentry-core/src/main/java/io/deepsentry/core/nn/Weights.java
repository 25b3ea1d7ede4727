package io.deepsentry.core.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The learned values of a network: for each layer its arrays by name, in Keras' order. Names within a layer are {@code embeddings}; {@code kernel} and
 * {@code bias}; {@code kernel}, {@code recurrent_kernel} and {@code bias} of an LSTM (gates in the order input, forget, cell, output), with {@code forward/}
 * and {@code backward/} before them in a bidirectional layer.
 *
 * <p>Immutable, equal by content, safe for use by several threads.
 */
public final class Weights {
    private final Map<String, Map<String, NdArray>> byLayer;

    private Weights(Map<String, Map<String, NdArray>> byLayer) {
        this.byLayer = byLayer;
    }

    /** Weights by layer and name; the iteration orders of the maps are kept. Layers without weights may be left out. */
    public static Weights of(Map<String, Map<String, NdArray>> byLayer) {
        Map<String, Map<String, NdArray>> copy = new LinkedHashMap<>();
        byLayer.forEach((layer, arrays) -> {
            if (!arrays.isEmpty()) {
                copy.put(layer, Collections.unmodifiableMap(new LinkedHashMap<>(arrays)));
            }
        });
        return new Weights(Collections.unmodifiableMap(copy));
    }

    /** The layers that have weights. */
    public Set<String> layers() {
        return byLayer.keySet();
    }

    /** The arrays of a layer by name, in Keras' order; empty if the layer has none. Unmodifiable. */
    public Map<String, NdArray> of(String layer) {
        return byLayer.getOrDefault(layer, Map.of());
    }

    /** How many numbers there are in all arrays together. */
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
