package io.deepsentry.anomaly.internal.vector;

import java.util.Arrays;

/** The numbers of messages, in order, as a key. The array must not be changed. */
public final class MessageSequence {
    private final int[] messages;

    /** A sequence of this very array. */
    public MessageSequence(int[] messages) {
        this.messages = messages;
    }

    /** The array, which must not be changed. */
    public int[] messages() {
        return messages;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MessageSequence sequence && Arrays.equals(messages, sequence.messages);
    }

    @Override
    public int hashCode() {
        int hash = Arrays.hashCode(messages) * 0x9E3779B1;
        return hash ^ (hash >>> 16);
    }
}
