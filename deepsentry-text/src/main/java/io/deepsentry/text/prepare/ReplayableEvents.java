package io.deepsentry.text.prepare;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.ReadStats;
import java.util.Iterator;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Events that can be gone through more than once. */
interface ReplayableEvents extends AutoCloseable {
    /** Begins a pass over all events. */
    Reading open();

    /** Returns what the events are, in messages to users. */
    String description();

    /**
     * Returns what to do about a session key that none of the events has.
     *
     * @param format how they were read
     */
    String keyAdvice(String format);

    @Override
    void close();

    /** One pass. */
    interface Reading extends Iterator<LogEvent>, AutoCloseable {
        /** How many bytes there are to read, if that is known. */
        OptionalLong totalBytes();

        long bytesRead();

        ReadStats stats();

        /** The format by which the events are read, which can be named again. */
        String formatName();

        /** How the format was found, or null if it was named. */
        @Nullable
        String detection();

        @Override
        void close();
    }
}
