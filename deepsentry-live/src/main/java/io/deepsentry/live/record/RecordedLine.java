package io.deepsentry.live.record;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of a record, with what the record says about it.
 *
 * @param text the line as the program wrote it
 * @param whole whether it is the message of one event, with no header in it and no lines to follow, as a logger's API
 *     took it
 * @param cut whether a part of it was left out because it was too long
 * @param host the machine that it was written on, or null if the record does not say
 * @param file the file that it was read from there, or null
 * @param time when it was logged or read; counts where the line has no time of its own; null if the record does not
 *     say
 * @param level its severity; counts where the line has none of its own; null if the record does not say
 * @param component the logger or service that wrote it; counts where the line names none; null if the record does not
 *     say
 * @param fields what else the record says of it, in order
 */
public record RecordedLine(
        String text,
        boolean whole,
        boolean cut,
        @Nullable String host,
        @Nullable String file,
        @Nullable Instant time,
        @Nullable String level,
        @Nullable String component,
        Map<String, String> fields) {
    public RecordedLine {
        Objects.requireNonNull(text, "text");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * Returns a copy with another text: another line of the same record.
     *
     * @param newText the line as the program wrote it
     * @param newCut whether a part of it was left out because it was too long
     * @return a line with the other values of this one
     */
    public RecordedLine withText(String newText, boolean newCut) {
        return new RecordedLine(newText, whole, newCut, host, file, time, level, component, fields);
    }

    /**
     * Returns a line of which only the text is known.
     *
     * @param text the line as the program wrote it
     * @param cut whether a part of it was left out because it was too long
     * @return a line without time, level, component and fields
     */
    public static RecordedLine of(String text, boolean cut) {
        return new RecordedLine(text, false, cut, null, null, null, null, null, Map.of());
    }

    /**
     * Returns everything that the record says of the line and that becomes a field of its event: {@link #fields()},
     * then {@code host.name} and {@code log.file.path}.
     *
     * @return name to text, in order
     */
    public Map<String, String> eventFields() {
        if (host == null && file == null) {
            return fields;
        }
        Map<String, String> all = new LinkedHashMap<>(fields);
        if (host != null) {
            all.putIfAbsent("host.name", host);
        }
        if (file != null) {
            all.putIfAbsent("log.file.path", file);
        }
        return all;
    }
}
