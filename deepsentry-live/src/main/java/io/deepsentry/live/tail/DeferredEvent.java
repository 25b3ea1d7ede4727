package io.deepsentry.live.tail;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;

/** An event that is made when it is read, on the reading thread, so that whoever logged it need not wait for that. */
@FunctionalInterface
public interface DeferredEvent {
    /**
     * Returns the event. Called once.
     *
     * @param origin the name of the feed, and how many events were read of it, this one included
     */
    LogEvent at(Origin origin);
}
