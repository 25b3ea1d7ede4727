package io.deepsentry.text.train;

import io.deepsentry.core.ConfigException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which layers of an encoder that is trained further stay as they are, counted from its input among those with weights:
 * 1 the embedding, 2 the LSTM, 3 the dense layer that gives the vector. The decoder is always trained. Immutable.
 *
 * @param count how many layers stay, or are trained
 * @param fromEnd whether {@code count} is of those that are trained, the last ones
 */
public record FrozenLayers(int count, boolean fromEnd) {
    /** Every layer is trained. */
    public static final FrozenLayers NONE = first(0);

    private static final Pattern FORM = Pattern.compile("(all-but-)?([0-9]{1,9})");

    public FrozenLayers {
        if (count < 0) {
            throw new ConfigException("freeze must name at least 0 layers, but was " + count);
        }
    }

    /**
     * {@return the first layers stay}
     *
     * @param layers how many layers
     */
    public static FrozenLayers first(int layers) {
        return new FrozenLayers(layers, false);
    }

    /**
     * Keeps all layers as they are but the last ones.
     *
     * @param layers how many layers
     * @return the layers
     */
    public static FrozenLayers allBut(int layers) {
        return new FrozenLayers(layers, true);
    }

    /**
     * Reads a text: {@code 2} or {@code all-but-1}.
     *
     * @param text the text
     * @return the layers
     * @throws ConfigException if it is neither
     */
    public static FrozenLayers parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new ConfigException("freeze must be a number of layers such as 1, or all-but-1, but was " + text);
        }
        return new FrozenLayers(Integer.parseInt(form.group(2)), form.group(1) != null);
    }

    /**
     * Those of the layers that stay.
     *
     * @param layers from the input on
     * @throws ConfigException if there are fewer than are named
     */
    List<String> of(List<String> layers, String where) {
        if (count > layers.size()) {
            throw new ConfigException("freeze must name at most the " + layers.size() + " layers that the encoder of "
                    + where + " has (" + String.join(", ", layers) + "), but was " + this);
        }
        return List.copyOf(layers.subList(0, fromEnd ? layers.size() - count : count));
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return (fromEnd ? "all-but-" : "") + count;
    }
}
