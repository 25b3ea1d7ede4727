package io.deepsentry.text.prepare;

import io.deepsentry.parse.LogEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is known to be faulty in a log without labels: sessions by their keys, lines by their places. Training and
 * validation leave it out; the test part keeps it. Not safe for use by several threads while it is filled.
 */
public final class KnownFaults {
    private final Set<String> sessions = new HashSet<>();
    private final Map<String, Set<Long>> lines = new HashMap<>();

    /**
     * Adds a session.
     *
     * @param key the key of the session
     */
    public void addSession(String key) {
        sessions.add(key);
    }

    /**
     * Adds a line.
     *
     * @param event the event
     */
    public void addLine(LogEvent event) {
        lines.computeIfAbsent(event.origin().file(), unused -> new HashSet<>())
                .add(event.origin().lineNumber());
    }

    /** {@return how many sessions and lines are known} */
    public long count() {
        return sessions.size() + lines.values().stream().mapToLong(Set::size).sum();
    }

    boolean hasSession(String key) {
        return sessions.contains(key);
    }

    boolean hasLine(LogEvent event) {
        return lines.getOrDefault(event.origin().file(), Set.of())
                .contains(event.origin().lineNumber());
    }
}
