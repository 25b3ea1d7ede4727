package io.deepsentry.text.identity;

import java.util.List;

/**
 * A line taken apart: the message that it is, and its values.
 *
 * @param text the identity, words and typed tokens joined by single spaces
 * @param values what stood at the variable places, in the order of the line, then those of its fields
 */
public record IdentifiedMessage(String text, List<MessageValue> values) {
    public IdentifiedMessage {
        values = List.copyOf(values);
    }
}
