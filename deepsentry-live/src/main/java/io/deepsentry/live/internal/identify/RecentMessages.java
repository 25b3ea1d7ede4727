package io.deepsentry.live.internal.identify;

import io.deepsentry.live.internal.tail.LineSplitter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last messages of a session or a stream, each shortened: many are remembered, and a line may be long. */
final class RecentMessages {
    static final int LONGEST_MESSAGE = 500;

    private final int size;
    private final Deque<String> messages = new ArrayDeque<>(4);

    RecentMessages(int size) {
        this.size = size;
    }

    void add(String message) {
        restore(shortened(message, LONGEST_MESSAGE));
    }

    /** Adds a message as {@link #messages} gave it. */
    void restore(String message) {
        if (messages.size() == size) {
            messages.removeFirst();
        }
        messages.add(message);
    }

    /** Oldest first. */
    List<String> messages() {
        return List.copyOf(messages);
    }

    /** The beginning of a message, marked by {@code ...} if something is left out. */
    static String shortened(String message, int length) {
        return message.length() <= length ? message : LineSplitter.cut(message, length) + "...";
    }
}
