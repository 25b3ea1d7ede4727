package io.deepsentry.live.internal.tail;

import io.deepsentry.live.tail.Overload;
import io.deepsentry.parse.RawLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** A bounded queue of lines that a program hands over. Safe for use by several threads. */
public final class FedLines {
    private static final int AT_ONCE = 1024;

    private final String name;
    private final int capacity;
    private final Overload overload;
    private final Deque<RawLine> lines = new ArrayDeque<>();
    private final Object lock = new Object();
    private long count;
    private long bytes;
    private long dropped;
    private boolean closed;

    public FedLines(String name, int capacity, Overload overload) {
        this.name = name;
        this.capacity = capacity;
        this.overload = overload;
    }

    /**
     * Takes a line and says whether it did.
     *
     * @throws IllegalStateException if the queue is closed
     */
    public boolean add(String line) throws InterruptedException {
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
            lines.add(new RawLine(line, count, offset, false));
            return true;
        }
    }

    /** Lines dropped because the queue was full. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    /** Ends the input: what was taken is still read, more is refused. */
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** The end that is read, which leaves out what is longer than so many chars. */
    LineSource reader(int maxLineLength) {
        return new Reader(maxLineLength);
    }

    private final class Reader implements LineSource {
        private final int maxLineLength;

        Reader(int maxLineLength) {
            this.maxLineLength = maxLineLength;
        }

        @Override
        public PollResult poll(Consumer<RawLine> taken) {
            List<RawLine> next = new ArrayList<>();
            boolean ended;
            synchronized (lock) {
                while (next.size() < AT_ONCE && !lines.isEmpty()) {
                    next.add(lines.remove());
                }
                ended = closed && lines.isEmpty();
                lock.notifyAll();
            }
            next.forEach(line -> taken.accept(cut(line)));
            return !next.isEmpty() ? PollResult.READ : ended ? PollResult.ENDED : PollResult.IDLE;
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
            return SourceIncidents.ofStream(dropped());
        }

        private RawLine cut(RawLine line) {
            String kept = LineSplitter.cut(line.text(), maxLineLength);
            return new RawLine(
                    kept,
                    line.number(),
                    line.offset(),
                    kept.length() < line.text().length());
        }

        @Override
        public void close() {
            FedLines.this.close();
        }
    }
}
