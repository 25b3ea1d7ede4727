package io.deepsentry.live.internal.tail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One of the files that a log consists of, open for reading; what becomes of its name meanwhile does not matter. */
interface LogPart extends AutoCloseable {
    /**
     * Reads what is there from a position on. A {@link #sequential} part is read from its beginning, each byte once.
     */
    int read(ByteBuffer target, long at) throws IOException;

    /** Its length at the moment; of a sequential part, how much of it has been read. */
    long size() throws IOException;

    /** What the file system tells it from others by. */
    String key();

    /** Where it was when it was opened, links followed. */
    Path file();

    /** When it was changed last, as it was when it was opened, in nanoseconds. */
    long changed();

    /** Whether it can only be read from the beginning to the end, and changes no more. */
    boolean sequential();

    @Override
    void close() throws IOException;
}
