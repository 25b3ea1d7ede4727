package io.deepsentry.live;

import io.deepsentry.live.internal.tail.FedEvents;
import io.deepsentry.live.tail.DeferredEvent;
import io.deepsentry.parse.LogEvent;
import java.util.Objects;

/**
 * Takes events that a program hands over by calls, for {@link LiveMonitor} or a {@link DataStream} to read. It is the
 * counterpart of {@link LogFeed} for a program that knows the parts of its events: nothing is written as text and
 * read again. It holds a bounded number of events. When it is full, an event is dropped and counted: {@link #offer}
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
    /** The number of events held unless set otherwise. */
    public static final int DEFAULT_CAPACITY = 10_000;

    /** Characters of messages held: 64 MB where they are of Latin-1, as most are. */
    private static final long MOST_CHARS = 64L << 20;

    private final FedEvents events;

    private EventFeed(FedEvents events) {
        this.events = events;
    }

    /**
     * Returns a feed of {@value #DEFAULT_CAPACITY} events.
     *
     * @param name the name in alerts
     * @return an open, empty feed
     */
    public static EventFeed named(String name) {
        return named(name, DEFAULT_CAPACITY);
    }

    /**
     * Returns a feed with a capacity of its own. It holds at most about 64 million characters, however few its events
     * are.
     *
     * @param name the name in alerts
     * @param capacity the most events it holds, at least 1
     * @return an open, empty feed
     * @throws IllegalArgumentException if the capacity is less than 1
     */
    public static EventFeed named(String name, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
        }
        return new EventFeed(new FedEvents(Objects.requireNonNull(name, "name"), capacity, MOST_CHARS));
    }

    /**
     * Hands over an event. Its origin stays as it is.
     *
     * @param event the event; its message counts towards the characters held
     * @return whether it was taken; false if the feed is full, which is counted, or closed
     */
    public boolean offer(LogEvent event) {
        return offer(origin -> event, event.message().length());
    }

    /**
     * Hands over an event that is made when it is read. The data it is made from must not change until then.
     *
     * @param event makes the event on the reading thread
     * @param length about how many characters it has
     * @return whether it was taken; false if the feed is full, which is counted, or closed
     */
    public boolean offer(DeferredEvent event, int length) {
        return events.offer(event, length);
    }

    /**
     * Returns the feed's name in alerts.
     *
     * @return the name
     */
    public String name() {
        return events.name();
    }

    /**
     * Returns how many events were dropped because the feed was full.
     *
     * @return zero or more
     */
    public long dropped() {
        return events.dropped();
    }

    /**
     * Returns how many events wait to be read.
     *
     * @return zero or more
     */
    public int waiting() {
        return events.waiting();
    }

    /** Ends the input: events already taken are still read, later ones are refused. */
    @Override
    public void close() {
        events.close();
    }

    /** The other end. */
    FedEvents events() {
        return events;
    }
}
