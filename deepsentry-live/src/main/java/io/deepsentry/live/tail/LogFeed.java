package io.deepsentry.live.tail;

import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.RawLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Lines that a program hands over by calls, for a {@link DataStream} to read: its {@link DataStream.Builder#feed} takes one. It holds a bounded number of lines; when
 * it is full, {@link #add} waits or drops the line, whichever was chosen.
 *
 * <p>Safe for use by several threads.
 */
public final class LogFeed implements AutoCloseable {
    /** Lines held unless told otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    private final String name;
    private final int capacity;
    private final Overload overload;
    private final Deque<RawLine> lines = new ArrayDeque<>();
    private final Object lock = new Object();
    private long count;
    private long bytes;
    private long dropped;
    private boolean closed;

    private LogFeed(String name, int capacity, Overload overload) {
        this.name = name;
        this.capacity = capacity;
        this.overload = overload;
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
        return new LogFeed(
                Objects.requireNonNull(name, "name"), capacity, Objects.requireNonNull(overload, "overload"));
    }

    /**
     * Hands over a line, without its terminator. Beyond a length of {@link LogReader#DEFAULT_MAX_LINE_LENGTH} the rest is left out.
     *
     * @return whether it was taken; false if the feed was full and drops
     * @throws InterruptedException if the thread is interrupted while it waits; the line was not taken then
     * @throws IllegalStateException if the feed is closed
     */
    public boolean add(String line) throws InterruptedException {
        String kept = LineSplitter.cut(line, LogReader.DEFAULT_MAX_LINE_LENGTH);
        int length = line.getBytes(StandardCharsets.UTF_8).length + 1;
        synchronized (lock) {
            while (!closed && lines.size() >= capacity && overload == Overload.WAIT) {
                lock.wait();
            }
            if (closed) {
                throw new IllegalStateException("the LogFeed " + name + " is closed");
            }
            count++;
            long offset = bytes;
            bytes += length;
            if (lines.size() >= capacity) {
                dropped++;
                return false;
            }
            lines.add(new RawLine(kept, count, offset, kept.length() < line.length()));
            return true;
        }
    }

    /** Lines dropped because the feed was full. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    /** Ends the input: what was taken is still read, more is refused. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** The other end. */
    LineSource source() {
        return new FedLines();
    }

    private final class FedLines implements LineSource {
        private static final int AT_ONCE = 1024;

        @Override
        public State poll(Consumer<RawLine> taken) {
            List<RawLine> next = new ArrayList<>();
            boolean ended;
            synchronized (lock) {
                while (next.size() < AT_ONCE && !lines.isEmpty()) {
                    next.add(lines.remove());
                }
                ended = closed && lines.isEmpty();
                lock.notifyAll();
            }
            next.forEach(taken);
            return !next.isEmpty() ? State.READ : ended ? State.ENDED : State.IDLE;
        }

        @Override
        public boolean holdsPartialLine() {
            return false;
        }

        @Override
        public void releasePartialLine(Consumer<RawLine> taken) {}

        @Override
        public String name() {
            return name;
        }

        @Override
        public long bytes() {
            synchronized (lock) {
                return bytes;
            }
        }

        @Override
        public SourceIncidents incidents() {
            return new SourceIncidents(0, 0, 0, 0, dropped(), 0);
        }

        @Override
        public void close() {
            LogFeed.this.close();
        }
    }
}
