package io.deepsentry.benchmark.inject;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one injection.
 *
 * @param file the log, as it was named
 * @param line the line of it at which the injection begins, from 1
 * @param subject what it concerns: a message, two messages, or a message and a place of it
 * @param found whether something was flagged because of it
 * @param delayLines how many lines after its begin; null if it was not found
 * @param delaySeconds how many seconds after its begin; null if it was not found or the log has no times
 */
public record InjectionOutcome(
        String file,
        long line,
        String subject,
        boolean found,
        @Nullable Integer delayLines,
        @Nullable Double delaySeconds) {
    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("file", file);
        map.put("line", line);
        map.put("subject", subject);
        map.put("found", found);
        map.put("delay_lines", delayLines);
        map.put("delay_seconds", delaySeconds);
        return map;
    }
}
