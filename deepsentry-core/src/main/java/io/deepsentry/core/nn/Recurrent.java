package io.deepsentry.core.nn;

/** A layer that reads a sequence step by step and keeps a state. */
public sealed interface Recurrent extends Layer permits Lstm, Gru {
    /** The size of the state. */
    int units();

    /** Whether the state after every step is given instead of that after the last. */
    boolean returnSequences();

    /** Whether time is read from its end; a sequence is then given in the order of reading, last step first. */
    boolean goBackwards();

    /** Whether the gates have a bias. */
    boolean useBias();

    /** The same layer under another name, reading time the other way round. */
    Recurrent reversed(String otherName);
}
