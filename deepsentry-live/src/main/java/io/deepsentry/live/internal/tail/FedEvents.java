package io.deepsentry.live.internal.tail;

import io.deepsentry.live.tail.DeferredEvent;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.ReadStats;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A bounded queue of events that a program hands over without ever waiting: no lock is taken, and nobody is woken, so
 * that it costs the program's threads as little as can be. Safe for use by several threads; one reads.
 */
public final class FedEvents {
    private static final int AT_ONCE = 1024;

    private final String name;
    private final int capacity;
    private final long maxChars;
    private final Queue<Fed> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicLong chars = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private volatile boolean closed;

    private record Fed(DeferredEvent event, int length) {}

    /**
     * @param capacity the most events held
     * @param maxChars the most characters of the events held
     */
    public FedEvents(String name, int capacity, long maxChars) {
        this.name = name;
        this.capacity = capacity;
        this.maxChars = maxChars;
    }

    /** What the feed is called. */
    public String name() {
        return name;
    }

    /**
     * Takes an event, and says whether it did.
     *
     * @param length how many characters it has
     */
    public boolean offer(DeferredEvent event, int length) {
        if (closed) {
            return false;
        }
        if (size.incrementAndGet() > capacity) {
            size.decrementAndGet();
            dropped.increment();
            return false;
        }
        if (chars.addAndGet(length) > maxChars) {
            chars.addAndGet(-length);
            size.decrementAndGet();
            dropped.increment();
            return false;
        }
        queue.add(new Fed(event, length));
        return true;
    }

    /** Events dropped because the queue was full. */
    public long dropped() {
        return dropped.sum();
    }

    /** Events that wait to be read. */
    public int waiting() {
        return Math.max(0, size.get());
    }

    /** Ends the input: what was taken is still read, more is refused. */
    public void close() {
        closed = true;
    }

    /** The end that is read. */
    EventSource reader() {
        return new Reader();
    }

    private final class Reader implements EventSource {
        private long events;
        private long bytes;

        @Override
        public PollResult poll(Consumer<LogEvent> out) {
            boolean ending = closed;
            int taken = 0;
            while (taken < AT_ONCE) {
                Fed next = queue.poll();
                if (next == null) {
                    break;
                }
                taken++;
                size.decrementAndGet();
                chars.addAndGet(-next.length());
                out.accept(next.event().at(new Origin(name, ++events, bytes)));
                bytes += next.length();
            }
            return taken > 0 ? PollResult.READ : ending ? PollResult.ENDED : PollResult.IDLE;
        }

        @Override
        public StreamStats stats() {
            ReadStats read = new ReadStats(events, events, 0, 0, 0, 0, 0, 0, 0, bytes, 0, List.of());
            return SourceIncidents.ofStream(dropped()).with(read, 1);
        }

        @Override
        public void close() {
            FedEvents.this.close();
        }
    }
}
