package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Where events come from, piece by piece. Used by one thread at a time. */
public interface EventSource extends AutoCloseable {
    /**
     * Takes what is there, without waiting for more, up to a bounded number of events. What was held back because more
     * of it might have followed is handed out when its time is over.
     *
     * @throws io.deepsentry.parse.LogParseException if the input does not fit its format
     */
    PollResult poll(Consumer<LogEvent> events);

    /** Hands out the events that were held back because more of them might have followed. */
    default void release(Consumer<LogEvent> events) {}

    /** What was seen so far. */
    StreamStats stats();

    /** Where reading resumes after a restart, by the names of the inputs; inputs that cannot resume are left out. */
    default Map<String, ReadPosition> places() {
        return Map.of();
    }

    /** Lines that were read and are in no event yet, but in what {@link #places} says: whoever resumes has them. */
    default long keptLines() {
        return 0;
    }

    /** Whether the place is known at which reading begins: all that is to be passed over has been. */
    default boolean isPlaced() {
        return true;
    }

    /** Whether somebody waits for {@link #settled}. */
    default boolean isAwaited() {
        return false;
    }

    /** Everything given so far is judged, and kept if anything is kept. */
    default void settled() {}

    /** What was seen of records, where events come in records. */
    default RecordStats records() {
        return RecordStats.NONE;
    }

    /**
     * Whether a file is read here, under whatever name, or was and is where it was then.
     *
     * @param key what the file system tells it from others by
     */
    default boolean reads(Path file, String key) {
        return false;
    }

    /** Whether there is nothing to be read, and nobody knows whether there ever will be. */
    default boolean isGone() {
        return false;
    }

    @Override
    void close();
}
