package io.deepsentry.live;

import io.deepsentry.live.internal.tail.FedLines;
import io.deepsentry.live.tail.Overload;
import java.util.Objects;

/**
 * Takes lines that a program hands over by calls, for a {@link DataStream} to read. It holds a bounded number of
 * lines; when it is full, {@link #add} waits or drops the line, as chosen.
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
    /** The number of lines held unless set otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final FedLines lines;

    private LogFeed(FedLines lines) {
        this.lines = lines;
    }

    /**
     * Returns a feed of {@value #DEFAULT_CAPACITY} lines, whose callers wait while it is full.
     *
     * @param name the name in alerts
     * @return an open, empty feed
     */
    public static LogFeed named(String name) {
        return named(name, DEFAULT_CAPACITY, Overload.WAIT);
    }

    /**
     * Returns a feed with a capacity of its own.
     *
     * @param name the name in alerts
     * @param capacity the most lines it holds, at least 1
     * @param overload whether a caller waits or its line is dropped when the feed is full
     * @return an open, empty feed
     * @throws IllegalArgumentException if the capacity is less than 1
     */
    public static LogFeed named(String name, int capacity, Overload overload) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        return new LogFeed(new FedLines(
                Objects.requireNonNull(name, "name"), capacity, Objects.requireNonNull(overload, "overload")));
    }

    /**
     * Hands over a line. The stream that reads it cuts it at its {@link DataStream.Builder#maxLineLength}.
     *
     * @param line the line, without its terminator
     * @return whether it was taken; false if the feed was full and drops
     * @throws InterruptedException if the thread is interrupted while it waits; the line was not taken then
     * @throws IllegalStateException if the feed is closed
     */
    public boolean add(String line) throws InterruptedException {
        return lines.add(line);
    }

    /**
     * Returns how many lines were dropped because the feed was full.
     *
     * @return zero or more
     */
    public long dropped() {
        return lines.dropped();
    }

    /** Ends the input: lines already taken are still read, later ones are refused. */
    @Override
    public void close() {
        lines.close();
    }

    /** The other end. */
    FedLines lines() {
        return lines;
    }
}
