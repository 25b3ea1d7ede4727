package io.deepsentry.live;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogParseException;
import java.util.Optional;
import java.util.function.Consumer;

/** Where events come from, piece by piece. Used by one thread at a time. */
interface EventSource extends AutoCloseable {
    /**
     * Takes what is there, without waiting for more, up to a bounded number of events.
     *
     * @throws LogParseException if the input does not fit its format
     */
    LineSource.State poll(Consumer<LogEvent> events);

    /** Whether a line or an event is held back because more of it may follow. */
    boolean holdsBack();

    /** Hands out what is held back. */
    void release(Consumer<LogEvent> events);

    /** For a format that was detected, a sentence that says which and why; empty before. */
    Optional<String> detection();

    /** What was seen so far. */
    StreamStats stats();

    @Override
    void close();
}
