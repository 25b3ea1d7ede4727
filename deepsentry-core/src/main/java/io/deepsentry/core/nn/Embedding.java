package io.deepsentry.core.nn;

/**
 * A learned vector for each id: {@code [time]} of ids to {@code [time, size]}.
 *
 * @param name the layer's name
 * @param words how many ids there are; ids are {@code 0} to {@code words - 1}
 * @param size the length of each vector
 * @param maskZero whether id 0 is padding that later layers pass over
 */
public record Embedding(String name, int words, int size, boolean maskZero) implements Layer {
    public Embedding {
        LayerChecks.name(name);
        LayerChecks.size(name, "words", words);
        LayerChecks.size(name, "size", size);
    }
}
