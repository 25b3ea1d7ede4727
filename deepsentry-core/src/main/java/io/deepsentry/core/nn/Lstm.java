package io.deepsentry.core.nn;

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates): {@code [time, features]} to {@code
 * [units]}, or to {@code [time, units]}. Steps that a mask marks as padding keep the state of the step before.
 *
 * @param name the layer's name
 * @param units the size of the state
 * @param returnSequences whether to give the state after every step instead of after the last
 * @param goBackwards whether to read time from its end; the sequence given is then in the order of reading, last step
 *     first
 * @param activation of the cell, usually {@link Activation#TANH}
 * @param recurrentActivation of the gates, usually {@link Activation#SIGMOID}
 * @param useBias whether the gates have a bias
 */
public record Lstm(
        String name,
        int units,
        boolean returnSequences,
        boolean goBackwards,
        Activation activation,
        Activation recurrentActivation,
        boolean useBias)
        implements Recurrent {
    public Lstm {
        LayerChecks.name(name);
        LayerChecks.size(name, "units", units);
    }

    /**
     * {@return an LSTM as Keras makes one when only these are said}
     *
     * @param name the name
     * @param units the size of the state
     * @param returnSequences whether each step gives an output, not only the last
     */
    public static Lstm of(String name, int units, boolean returnSequences) {
        return new Lstm(name, units, returnSequences, false, Activation.TANH, Activation.SIGMOID, true);
    }

    @Override
    public Lstm reversed(String otherName) {
        return new Lstm(otherName, units, returnSequences, !goBackwards, activation, recurrentActivation, useBias);
    }
}
