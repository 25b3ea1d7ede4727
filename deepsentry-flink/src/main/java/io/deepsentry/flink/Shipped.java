package io.deepsentry.flink;

import java.io.Serializable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a record says of the text that it holds. It counts where the text does not say it itself. Immutable.
 *
 * @param whole whether the text is the message of one event, without a header in it, as a logger's API took it
 * @param time when it was logged or read, or null if the record does not say
 * @param level its severity, or null
 * @param component the logger or service that wrote it, or null
 * @param fieldNames the names of what else the record says, in their order
 * @param fieldValues their values, in the same order
 */
public record Shipped(
        boolean whole,
        @Nullable Instant time,
        @Nullable String level,
        @Nullable String component,
        List<String> fieldNames,
        List<String> fieldValues)
        implements Serializable {
    /**
     * Creates what a record says, with its fields as a map.
     *
     * @param whole whether the text is the message of one event
     * @param time when it was logged or read, or null
     * @param level its severity, or null
     * @param component the logger or service that wrote it, or null
     * @param fields what else the record says, name to text, in order
     * @return the same with its fields as lists
     */
    public static Shipped of(
            boolean whole,
            @Nullable Instant time,
            @Nullable String level,
            @Nullable String component,
            Map<String, String> fields) {
        return new Shipped(whole, time, level, component, List.copyOf(fields.keySet()), List.copyOf(fields.values()));
    }

    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < fieldNames.size(); i++) {
            fields.put(fieldNames.get(i), fieldValues.get(i));
        }
        return fields;
    }
}
