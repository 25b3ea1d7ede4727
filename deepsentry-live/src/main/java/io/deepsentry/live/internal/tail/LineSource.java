package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where lines come from, piece by piece. Used by one thread at a time. */
interface LineSource extends AutoCloseable {
    /**
     * Reads what is there, without waiting for more, up to a fixed number of bytes; complete lines go to {@code lines}.
     */
    PollResult poll(Consumer<RawLine> lines);

    /** Whether the beginning of a line is held back because its end is not there yet. */
    boolean holdsPartialLine();

    /** Hands out the beginning of a line that is held back; what follows it up to its end will be a line of its own. */
    void releasePartialLine(Consumer<RawLine> lines);

    /** How it is called in origins and messages. */
    String name();

    /** Bytes read so far. */
    long bytes();

    /** Those of them that belong to no line: NULs. */
    default long ignoredBytes() {
        return 0;
    }

    /** Where reading resumes after a restart, behind the last line handed out; null if it cannot. */
    default @Nullable ReadPosition place() {
        return null;
    }

    /** Grows when lines are missing between what came before and what comes next. */
    default long gaps() {
        return 0;
    }

    /** When what is read was written, as far as that is known. */
    default Optional<Instant> written() {
        return Optional.empty();
    }

    /** What happened to the source, apart from the content of its lines. */
    default SourceIncidents incidents() {
        return SourceIncidents.NONE;
    }

    @Override
    void close();
}
