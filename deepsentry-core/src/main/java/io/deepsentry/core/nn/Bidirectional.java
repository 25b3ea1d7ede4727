package io.deepsentry.core.nn;

/**
 * Two recurrent layers over the same sequence, reading it in opposite directions. Whole sequences come out in the order
 * in which the forward layer reads, so usually in the order of time; padding in them is zero.
 *
 * @param name the layer's name
 * @param forward usually reads from the start
 * @param backward reads the other way round; alike in whether it gives whole sequences, and in size unless the results
 *     stay side by side
 * @param mergeMode how the two results are joined; {@link MergeMode#NONE} gives two outputs, {@code name} (or {@code
 *     name:0}) and {@code name:1}
 */
public record Bidirectional(String name, Recurrent forward, Recurrent backward, MergeMode mergeMode) implements Layer {
    public Bidirectional {
        LayerChecks.name(name);
        if (forward.goBackwards() == backward.goBackwards()) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": its two directions must read opposite ways, but goBackwards was " + forward.goBackwards()
                    + " in both");
        }
        if (forward.returnSequences() != backward.returnSequences()) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": both directions must have the same returnSequences, but were " + forward + " and "
                    + backward);
        }
        if (mergeMode != MergeMode.CONCAT && mergeMode != MergeMode.NONE && forward.units() != backward.units()) {
            throw new IllegalArgumentException("layer \"" + name + "\": a merge mode of " + mergeMode
                    + " needs the same units in both directions, but they were " + forward.units() + " and "
                    + backward.units());
        }
    }

    /**
     * Creates a layer of two like ones, named as Keras names them.
     *
     * @param name the name
     * @param forward the layer that reads from the first step on
     * @param mergeMode how the two directions become one output
     * @return the layer
     */
    public static Bidirectional of(String name, Recurrent forward, MergeMode mergeMode) {
        return new Bidirectional(name, forward, forward.reversed(forward.name() + "_backward"), mergeMode);
    }
}
