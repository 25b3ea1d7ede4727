package io.deepsentry.core.nn;

/**
 * A gated recurrent unit: {@code [time, features]} to {@code [units]}, or to {@code [time, units]}. Steps that a mask
 * marks as padding keep the state of the step before.
 *
 * @param name the layer's name
 * @param units the size of the state
 * @param returnSequences whether to give the state after every step instead of after the last
 * @param goBackwards whether to read time from its end; the sequence given is then in the order of reading, last step
 *     first
 * @param activation of the candidate for the next state, usually {@link Activation#TANH}
 * @param recurrentActivation of the gates, usually {@link Activation#SIGMOID}
 * @param useBias whether the gates have a bias
 * @param resetAfter whether the reset gate comes after the state's matrix product, with a bias of its own, as Keras has
 *     it by default, or before it as in Cho et al. 2014
 */
public record Gru(
        String name,
        int units,
        boolean returnSequences,
        boolean goBackwards,
        Activation activation,
        Activation recurrentActivation,
        boolean useBias,
        boolean resetAfter)
        implements Recurrent {
    public Gru {
        LayerChecks.name(name);
        LayerChecks.size(name, "units", units);
    }

    /**
     * {@return a GRU as Keras makes one when only these are said}
     *
     * @param name the name
     * @param units the size of the state
     * @param returnSequences whether each step gives an output, not only the last
     */
    public static Gru of(String name, int units, boolean returnSequences) {
        return new Gru(name, units, returnSequences, false, Activation.TANH, Activation.SIGMOID, true, true);
    }

    @Override
    public Gru reversed(String otherName) {
        return new Gru(
                otherName, units, returnSequences, !goBackwards, activation, recurrentActivation, useBias, resetAfter);
    }
}
