package io.deepsentry.core.nn;

import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where masks come from and how far they go, by name only; the engine computes them. */
final class Masks {
    private Masks() {}

    /** The mask that a layer gives for those of its inputs; null if every step counts. */
    static @Nullable String of(Layer layer, List<@Nullable String> inputs) {
        if (layer instanceof Embedding embedding) {
            return embedding.maskZero() ? "ids" : null;
        } else if (layer instanceof Masking) {
            return layer.name();
        } else if (layer instanceof Add add) {
            boolean all = add.masks() == Add.Masks.ALL;
            return !all && inputs.stream().anyMatch(Objects::isNull) ? null : joined(all ? "and" : "or", inputs);
        } else if (layer instanceof Concatenate) {
            return joined("and", inputs);
        } else if (layer instanceof Recurrent recurrent) {
            return recurrent.returnSequences() ? inputs.get(0) : null;
        } else if (layer instanceof Bidirectional both) {
            return both.forward().returnSequences() ? inputs.get(0) : null;
        } else if (layer instanceof InputLayer
                || layer instanceof RepeatVector
                || layer instanceof Cropping1D
                || layer instanceof ZeroPadding1D) {
            return null;
        }
        return inputs.get(0);
    }

    private static @Nullable String joined(String how, List<@Nullable String> inputs) {
        TreeSet<String> distinct = new TreeSet<>();
        for (String input : inputs) {
            if (input != null) {
                distinct.add(input);
            }
        }
        return distinct.isEmpty() ? null : distinct.size() == 1 ? distinct.first() : how + distinct;
    }
}
