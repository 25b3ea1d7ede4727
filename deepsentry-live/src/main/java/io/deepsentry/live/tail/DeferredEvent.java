package io.deepsentry.live.tail;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;

/** Makes an event when it is read, on the reading thread, so that the logging thread does not wait. */
@FunctionalInterface
public interface DeferredEvent {
    /**
     * Returns the event. Called once.
     *
     * @param origin the name of the feed, and how many events were read of it, this one included
     * @return the event, with this origin
     */
    LogEvent at(Origin origin);
}
