package io.deepsentry.live;

import io.deepsentry.live.internal.tail.FedEvents;
import io.deepsentry.live.tail.DeferredEvent;
import io.deepsentry.parse.LogEvent;
import java.util.Objects;

/**
 * Takes events that a program hands over by calls, for {@link LiveMonitor} or a {@link DataStream} to read. It is what {@link LogFeed} is for lines, for a program that knows
 * the parts of its events: nothing is written as text and read again. It holds a bounded number of events. When it is full, an event is dropped and counted: {@link #offer}
 * never waits, and takes no lock.
 *
 * <pre>{@code
 * EventFeed feed = EventFeed.named("orders");
 * new Thread(() -> LiveMonitor.run(settings, feed, sink, end -> {}, run, context)).start();
 * feed.offer(new LogEvent(Instant.now(), "order 17 accepted", "INFO", "shop.Orders", origin, List.of(), null));
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class EventFeed implements AutoCloseable {
    /** Events held unless set otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    /** Characters of messages held: 64 MB where they are of Latin-1, as most are. */
    private static final long MOST_CHARS = 64L << 20;

    private final FedEvents events;

    private EventFeed(FedEvents events) {
        this.events = events;
    }

    /** A feed of {@value #DEFAULT_CAPACITY} events; the name stands in alerts. */
    public static EventFeed named(String name) {
        return named(name, DEFAULT_CAPACITY);
    }

    /** A feed of so many events, at least 1. However few they are, they have at most 64 million characters together. */
    public static EventFeed named(String name, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        return new EventFeed(new FedEvents(Objects.requireNonNull(name, "name"), capacity, MOST_CHARS));
    }

    /**
     * Hands over an event. Its origin stays as it is.
     *
     * @return whether it was taken; false if the feed is full, which is counted, or closed
     */
    public boolean offer(LogEvent event) {
        return offer(origin -> event, event.message().length());
    }

    /**
     * Hands over an event that is made when it is read. What it is made of must not change meanwhile.
     *
     * @param length how many characters it has, about
     * @return whether it was taken; false if the feed is full, which is counted, or closed
     */
    public boolean offer(DeferredEvent event, int length) {
        return events.offer(event, length);
    }

    /** What it is called in alerts. */
    public String name() {
        return events.name();
    }

    /** Events dropped because the feed was full. */
    public long dropped() {
        return events.dropped();
    }

    /** Events that wait to be read. */
    public int waiting() {
        return events.waiting();
    }

    /** Ends the input: what was taken is still read, more is refused. */
    @Override
    public void close() {
        events.close();
    }

    /** The other end. */
    FedEvents events() {
        return events;
    }
}
