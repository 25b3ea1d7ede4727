package io.deepsentry.live.internal.tail;

import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.parse.RawLine;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where lines come from, piece by piece. Used by one thread at a time. */
interface LineSource extends AutoCloseable {
    /** Reads what is there, without waiting for more, up to a fixed number of bytes; complete lines go to {@code lines}. */
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

    /** Where reading goes on after a restart, null if it cannot. {@code held} is the oldest line that did not become an event yet, or null. */
    default @Nullable ReadPosition place(@Nullable RawLine held) {
        return null;
    }

    /** Grows when what comes next belongs to another file than what came before. */
    default long part() {
        return 0;
    }

    /** What happened to the source, apart from what stands in its lines. */
    default SourceIncidents incidents() {
        return SourceIncidents.NONE;
    }

    @Override
    void close();
}
