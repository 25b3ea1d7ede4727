package io.deepsentry.benchmark.inject;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;

/**
 * A line of the later part.
 *
 * @param event the line as it was read
 * @param message which message it is, and its values
 */
record LaterLine(LogEvent event, IdentifiedMessage message) {
    /** Which message it is. */
    String text() {
        return message.text();
    }
}
