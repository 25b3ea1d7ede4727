package io.deepsentry.live.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Makes what is posted of an alert. Immutable. */
interface WebhookBody {
    /** The mapper of all of them. */
    JsonMapper JSON = new JsonMapper();

    /** What is posted. */
    String of(Notice notice);

    /** What it is. */
    default String contentType() {
        return "application/json";
    }

    /** A tree that was made here as text. */
    static String text(JsonNode tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers have a JSON form", e);
        }
    }
}
