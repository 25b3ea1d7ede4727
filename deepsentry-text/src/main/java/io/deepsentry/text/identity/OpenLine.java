package io.deepsentry.text.identity;

import java.util.List;

/**
 * A masked line with its values, before anything learned is applied to it. Made by {@link MessageIdentity#openLine};
 * {@link MessageIdentity#values} says what it holds once something is learned.
 *
 * @param message the line without its values
 * @param values those of its tokens in the order of the line, then those of its fields
 */
public record OpenLine(OpenMessage message, List<OpenValue> values) {
    public OpenLine {
        values = List.copyOf(values);
    }
}
