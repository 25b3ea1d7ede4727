package io.deepsentry.live.internal.identify;

import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.live.internal.tail.LineSplitter;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last events of a session or a stream, each shortened: many are remembered, and a line may be long. */
final class RecentMessages {
    static final int LONGEST_MESSAGE = 500;

    private final int size;
    private final Deque<LogEvent> events = new ArrayDeque<>(4);

    RecentMessages(int size) {
        this.size = size;
    }

    void add(LogEvent event) {
        restore(shortened(event, LONGEST_MESSAGE));
    }

    private void restore(LogEvent event) {
        if (events.size() == size) {
            events.removeFirst();
        }
        events.add(event);
    }

    /** The messages, oldest first. */
    List<String> messages() {
        return events.stream().map(LogEvent::message).toList();
    }

    /** What is kept of the events, oldest first. */
    List<LogEvent> events() {
        return List.copyOf(events);
    }

    /** Writes all of them. */
    void write(StateOutput out) throws IOException {
        out.events(events);
    }

    /** Reads them into empty ones. */
    void read(StateInput in) throws IOException {
        in.events().forEach(this::restore);
    }

    /** An event with the beginning of its message and its first fields, and without its sessions. */
    static LogEvent shortened(LogEvent event, int length) {
        boolean whole =
                event.message().length() <= length && event.sessionKeys().size() <= 1;
        if (whole && lengthOf(event.fields()) <= length) {
            return event;
        }
        return event.withMessage(shortened(event.message(), length), event.level(), first(event.fields(), length))
                .withSessionKeys(List.of());
    }

    private static int lengthOf(Map<String, String> fields) {
        int length = 0;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            length += field.getKey().length() + field.getValue().length();
        }
        return length;
    }

    /** The fields that fit into a length, in their order; one that does not fit is left out. */
    private static Map<String, String> first(Map<String, String> fields, int length) {
        Map<String, String> kept = new LinkedHashMap<>();
        int left = length;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            int own = field.getKey().length() + field.getValue().length();
            if (own <= left) {
                kept.put(field.getKey(), field.getValue());
                left -= own;
            }
        }
        return kept;
    }

    /** The beginning of a message, marked by {@code ...} if something is left out. */
    static String shortened(String message, int length) {
        return message.length() <= length ? message : LineSplitter.cut(message, length) + "...";
    }
}
