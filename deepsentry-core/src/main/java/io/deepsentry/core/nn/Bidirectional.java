package io.deepsentry.core.nn;

/**
 * Two LSTMs over the same sequence, one reading it from its end. Whole sequences come out in the order of time in both directions.
 *
 * @param name the layer's name
 * @param forward reads from the start
 * @param backward reads from the end; alike in size, in whether it gives whole sequences and in having a bias
 * @param mergeMode how the two results are joined; {@link MergeMode#NONE} gives two outputs, {@code name} (or {@code name:0}) and {@code name:1}
 */
public record Bidirectional(String name, Lstm forward, Lstm backward, MergeMode mergeMode) implements Layer {
    public Bidirectional {
        LayerChecks.name(name);
        if (forward.goBackwards() || !backward.goBackwards()) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": the forward LSTM must read forwards and the backward one backwards, but goBackwards was "
                    + forward.goBackwards() + " and " + backward.goBackwards());
        }
        if (forward.units() != backward.units()
                || forward.returnSequences() != backward.returnSequences()
                || forward.useBias() != backward.useBias()) {
            throw new IllegalArgumentException("layer \"" + name
                    + "\": both directions must have the same units, returnSequences and useBias, but were " + forward
                    + " and " + backward);
        }
    }

    /** Two like LSTMs, named as Keras names them. */
    public static Bidirectional of(String name, Lstm forward, MergeMode mergeMode) {
        return new Bidirectional(name, forward, forward.reversed(forward.name() + "_backward"), mergeMode);
    }
}
