package io.deepsentry.text.prepare;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.ReadStats;
import io.deepsentry.parse.SessionKey;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Events that can be gone through more than once. */
interface ReplayableEvents extends AutoCloseable {
    /**
     * Begins a pass over all events.
     *
     * @param sessionKey finds the keys of events that bring none; null: there are no sessions
     */
    Reading open(@Nullable SessionKey sessionKey);

    /** Returns the folders among the inputs. */
    default List<Path> folders() {
        return List.of();
    }

    /** Returns what there is to say of the inputs before they are read, if anything. */
    default Optional<String> note() {
        return Optional.empty();
    }

    /** Returns the share of the sessions, or the lines of streams, that are here; below 1 for a sample. */
    default double share() {
        return 1;
    }

    /** Returns the sample of streams that they are, if it is not whole: it has sums of what is not here. */
    default Optional<LogSample> sampleOfStreams() {
        return Optional.empty();
    }

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

        /** The stretch of the last event, as {@link IndexRow#stretch()} says. */
        default int stretch() {
            return 0;
        }

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
