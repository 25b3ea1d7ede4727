package io.deepsentry.core.nn;

/** A layer that reads a sequence step by step and keeps a state. */
public sealed interface Recurrent extends Layer permits Lstm, Gru {
    /** {@return the size of the state} */
    int units();

    /** {@return whether the state after every step is given instead of that after the last} */
    boolean returnSequences();

    /**
     * {@return whether time is read from its end; a sequence is then given in the order of reading, last step first}
     */
    boolean goBackwards();

    /** {@return whether the gates have a bias} */
    boolean useBias();

    /**
     * {@return the same layer under another name, reading time the other way round}
     *
     * @param otherName the name of the new layer
     */
    Recurrent reversed(String otherName);
}
