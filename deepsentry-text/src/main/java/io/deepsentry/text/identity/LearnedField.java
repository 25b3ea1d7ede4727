package io.deepsentry.text.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What training taught about a field of structured lines.
 *
 * @param use whether its value belongs to the message
 * @param usual the masked value that it always had in training, which is not shown; null if it had several
 */
record LearnedField(Use use, @Nullable String usual) {
    /** Whether the value of a field belongs to the message. */
    enum Use {
        /** It does. */
        WORDS,
        /** It is there or not; which value it has is a value. */
        PRESENCE,
        /** It does not. */
        VALUE
    }

    void write(ObjectNode node) {
        node.put("use", use.name());
        node.put("usual", usual);
    }

    static LearnedField read(JsonNode node) {
        JsonNode usual = node.path("usual");
        return new LearnedField(
                Use.valueOf(node.path("use").asText("VALUE")), usual.isTextual() ? usual.asText() : null);
    }
}
