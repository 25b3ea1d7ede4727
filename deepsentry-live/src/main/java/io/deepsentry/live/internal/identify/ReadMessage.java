package io.deepsentry.live.internal.identify;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.util.List;

/** An event that is to be judged, with what the models know it by. */
final class ReadMessage {
    private final LogEvent event;
    private final List<String> keys;
    private final IdentifiedMessage message;
    private final float[] vector;

    ReadMessage(LogEvent event, List<String> keys, IdentifiedMessage message, float[] vector) {
        this.event = event;
        this.keys = keys;
        this.message = message;
        this.vector = vector;
    }

    LogEvent event() {
        return event;
    }

    /** The sessions it belongs to. */
    List<String> keys() {
        return keys;
    }

    /** Its message, with values where they are judged. */
    IdentifiedMessage message() {
        return message;
    }

    /** The vector of its message; not to be changed. */
    float[] vector() {
        return vector;
    }
}
