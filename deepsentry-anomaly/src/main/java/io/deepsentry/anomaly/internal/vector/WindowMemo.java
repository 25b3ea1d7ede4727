package io.deepsentry.anomaly.internal.vector;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found out about windows: all those asked for lately, and never more than so many. For one thread.
 */
public final class WindowMemo<V> {
    private final int generation;
    private Map<MessageSequence, V> young = new HashMap<>();
    private Map<MessageSequence, V> old = new HashMap<>();

    /** @param most how many windows are remembered at most, at least 2 */
    WindowMemo(int most) {
        this.generation = most / 2;
    }

    @Nullable
    public V get(MessageSequence window) {
        V value = young.get(window);
        if (value == null) {
            value = old.remove(window);
            if (value != null) {
                put(window, value);
            }
        }
        return value;
    }

    /** When as many were asked for as one generation holds, those not asked for since are forgotten. */
    public void put(MessageSequence window, V value) {
        if (young.size() >= generation) {
            old = young;
            young = new HashMap<>();
        }
        young.put(window, value);
    }

    int size() {
        return young.size() + old.size();
    }
}
