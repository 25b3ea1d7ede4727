package io.deepsentry.core.nn;

import io.deepsentry.core.ModelException;
import java.util.ArrayList;
import java.util.List;

/** The shape a layer gives for the shapes it takes, without the batch. */
final class Shapes {
    private static final int LONGEST_SEQUENCE = 10_000;

    private Shapes() {}

    static List<Integer> of(String network, Layer layer, List<List<Integer>> inputs) {
        List<Integer> input = inputs.get(0);
        if (layer instanceof Concatenate) {
            return concatenated(network, layer, inputs);
        }
        if (layer instanceof Add) {
            return added(network, layer, inputs);
        }
        if (inputs.size() != 1) {
            throw problem(network, layer, "takes one input, but has " + inputs.size());
        }
        if (layer instanceof Embedding embedding) {
            require(network, layer, input, 1);
            return List.of(input.get(0), embedding.size());
        } else if (layer instanceof Recurrent recurrent) {
            requireSequence(network, layer, input);
            return recurrent(recurrent, input);
        } else if (layer instanceof Bidirectional both) {
            requireSequence(network, layer, input);
            List<Integer> one = recurrent(both.forward(), input);
            return both.mergeMode() == MergeMode.CONCAT
                    ? withLast(one, both.forward().units() + both.backward().units())
                    : one;
        } else if (layer instanceof Dense dense) {
            return withLast(input, dense.units());
        } else if (layer instanceof TimeDistributed distributed) {
            require(network, layer, input, 2);
            return of(network, distributed.inner(), inputs);
        } else if (layer instanceof RepeatVector repeat) {
            require(network, layer, input, 1);
            return List.of(repeat.n(), input.get(0));
        } else if (layer instanceof Cropping1D cropping) {
            require(network, layer, input, 2);
            int left = input.get(0) - cropping.before() - cropping.after();
            if (left < 1) {
                throw problem(
                        network,
                        layer,
                        "leaves out " + cropping.before() + " + " + cropping.after() + " steps, but there are only "
                                + input.get(0));
            }
            return List.of(left, input.get(1));
        } else if (layer instanceof ZeroPadding1D padding) {
            require(network, layer, input, 2);
            return List.of(padding.before() + input.get(0) + padding.after(), input.get(1));
        } else if (layer instanceof Masking
                || (layer instanceof Dropout dropout && dropout.kind() == Dropout.Kind.FEATURES)) {
            require(network, layer, input, 2);
        }
        return input;
    }

    private static List<Integer> recurrent(Recurrent recurrent, List<Integer> input) {
        return recurrent.returnSequences() ? List.of(input.get(0), recurrent.units()) : List.of(recurrent.units());
    }

    /** Recurrent layers are unrolled, so their length is bounded. */
    private static void requireSequence(String network, Layer layer, List<Integer> input) {
        require(network, layer, input, 2);
        if (input.get(0) > LONGEST_SEQUENCE) {
            throw problem(
                    network,
                    layer,
                    "reads sequences of at most " + LONGEST_SEQUENCE + " steps, but its input has " + input.get(0));
        }
    }

    private static List<Integer> added(String network, Layer layer, List<List<Integer>> inputs) {
        if (inputs.size() < 2) {
            throw problem(network, layer, "takes at least two inputs, but has " + inputs.size());
        }
        if (inputs.stream().distinct().count() > 1) {
            throw problem(network, layer, "adds inputs of one shape, but they are " + inputs);
        }
        return inputs.get(0);
    }

    private static List<Integer> concatenated(String network, Layer layer, List<List<Integer>> inputs) {
        if (inputs.size() < 2) {
            throw problem(network, layer, "takes at least two inputs, but has " + inputs.size());
        }
        List<Integer> first = inputs.get(0);
        int total = 0;
        for (List<Integer> input : inputs) {
            int rank = input.size();
            if (rank != first.size() || !input.subList(0, rank - 1).equals(first.subList(0, rank - 1))) {
                throw problem(
                        network, layer, "joins inputs that differ only in the last dimension, but they are " + inputs);
            }
            total += input.get(rank - 1);
        }
        return withLast(first, total);
    }

    private static List<Integer> withLast(List<Integer> shape, int last) {
        List<Integer> changed = new ArrayList<>(shape);
        changed.set(changed.size() - 1, last);
        return List.copyOf(changed);
    }

    private static void require(String network, Layer layer, List<Integer> input, int rank) {
        if (input.size() != rank) {
            throw problem(
                    network,
                    layer,
                    "takes an input of " + rank + (rank == 1 ? " dimension" : " dimensions")
                            + " besides the batch, but it has shape " + input);
        }
    }

    private static ModelException problem(String network, Layer layer, String problem) {
        return new ModelException("network \"" + network + "\": layer \"" + layer.name() + "\" ("
                + layer.getClass().getSimpleName() + ") " + problem);
    }
}
