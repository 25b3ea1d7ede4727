package io.deepsentry.live.internal.identify;

import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What judging needs to know of events and another thread has found out while it read them. Nothing that is judged
 * depends on it: what is not in it is found out when it is needed. Made by one thread, then used by another.
 */
public final class PreparedEvents {
    /** Finds out what judging will need. Called by one thread at a time, any one. */
    @FunctionalInterface
    public interface Preparation {
        PreparedEvents prepare(List<LogEvent> events);
    }

    /** Nothing is known. */
    public static final PreparedEvents NONE = new PreparedEvents(new Object(), List.of());

    /** How far is looked for an event that is not the next: some may have been left out. */
    private static final int FURTHEST = 8;

    private final Object models;
    private final List<Prepared> events;
    private int next;

    /**
     * An event.
     *
     * @param safe the event without its secrets
     */
    record Prepared(LogEvent event, LogEvent safe, IdentifiedMessage message) {}

    PreparedEvents(Object models, List<Prepared> events) {
        this.models = models;
        this.events = new ArrayList<>(events);
    }

    boolean isFor(Object other) {
        return models == other;
    }

    /** Returns what is known of an event, if it was prepared; events are asked for in their order. */
    @SuppressWarnings("ReferenceEquality") // of two lines that are alike, each is prepared
    @Nullable
    Prepared of(LogEvent event) {
        int last = Math.min(events.size(), next + FURTHEST);
        for (int i = next; i < last; i++) {
            Prepared prepared = events.get(i);
            if (prepared.event() == event) {
                next = i + 1;
                return prepared;
            }
        }
        return null;
    }
}
