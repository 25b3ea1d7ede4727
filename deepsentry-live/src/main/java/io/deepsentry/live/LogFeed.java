package io.deepsentry.live;

import io.deepsentry.live.internal.tail.FedLines;
import io.deepsentry.live.tail.Overload;
import java.util.Objects;

/**
 * Takes lines that a program hands over by calls, for a {@link DataStream} to read. It holds a bounded number of lines; when it is full, {@link #add} waits or drops
 * the line, whichever was chosen.
 *
 * <pre>{@code
 * LogFeed feed = LogFeed.named("orders");
 * DataStream stream = DataStream.builder().feed(feed).format("<Content>").open();
 * feed.add("order 17 accepted");
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class LogFeed implements AutoCloseable {
    /** Lines held unless told otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final FedLines lines;

    private LogFeed(FedLines lines) {
        this.lines = lines;
    }

    /** A feed of {@value #DEFAULT_CAPACITY} lines, whose callers wait while it is full; the name stands in alerts. */
    public static LogFeed named(String name) {
        return named(name, DEFAULT_CAPACITY, Overload.WAIT);
    }

    /** A feed of so many lines, at least 1. */
    public static LogFeed named(String name, int capacity, Overload overload) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        return new LogFeed(new FedLines(
                Objects.requireNonNull(name, "name"), capacity, Objects.requireNonNull(overload, "overload")));
    }

    /**
     * Hands over a line, without its terminator. The stream that reads it leaves out what is longer than its
     * {@link DataStream.Builder#maxLineLength}.
     *
     * @return whether it was taken; false if the feed was full and drops
     * @throws InterruptedException if the thread is interrupted while it waits; the line was not taken then
     * @throws IllegalStateException if the feed is closed
     */
    public boolean add(String line) throws InterruptedException {
        return lines.add(line);
    }

    /** Lines dropped because the feed was full. */
    public long dropped() {
        return lines.dropped();
    }

    /** Ends the input: what was taken is still read, more is refused. */
    @Override
    public void close() {
        lines.close();
    }

    /** The other end. */
    FedLines lines() {
        return lines;
    }
}
