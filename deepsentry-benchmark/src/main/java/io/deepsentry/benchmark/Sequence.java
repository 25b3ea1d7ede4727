package io.deepsentry.benchmark;

import java.util.Arrays;

/** The numbers of a case's messages, in order, as a key. The array must not be changed. */
final class Sequence {
    private final int[] messages;

    Sequence(int[] messages) {
        this.messages = messages;
    }

    int[] messages() {
        return messages;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sequence sequence && Arrays.equals(messages, sequence.messages);
    }

    @Override
    public int hashCode() {
        int hash = Arrays.hashCode(messages) * 0x9E3779B1;
        return hash ^ (hash >>> 16);
    }
}
