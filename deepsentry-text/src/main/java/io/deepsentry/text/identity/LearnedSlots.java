package io.deepsentry.text.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deepsentry.core.DataException;

/**
 * What the training part of a log taught about its messages. Stored beside the vocabulary, in JSON.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class LearnedSlots {
    /** Nothing learned: masking alone says what a message is. */
    public static final LearnedSlots NONE = new LearnedSlots();

    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private LearnedSlots() {}

    /** Returns the JSON that {@link #parse} reads; equal slots give equal texts. */
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        return root.toString();
    }

    /**
     * Reads slots.
     *
     * @param where the file, for messages
     * @throws DataException if the text is not what {@link #toJson} writes
     */
    public static LearnedSlots parse(String json, String where) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root.path("version").asInt() != VERSION) {
                throw new DataException(where + ": version of the learned slots must be " + VERSION + ", but was "
                        + root.path("version").asText("absent") + "; run prepare again");
            }
            return NONE;
        } catch (JsonProcessingException e) {
            throw new DataException(where + ": the learned slots are no JSON: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LearnedSlots;
    }

    @Override
    public int hashCode() {
        return LearnedSlots.class.hashCode();
    }
}
