package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogEventTest {
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static Map<String, String> fields(String... names) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : names) {
            fields.put(name, "of " + name);
        }
        return fields;
    }

    @Test
    void whatAnEventDoesNotSayItselfIsCompleted() {
        LogEvent bare = new LogEvent(null, "m", null, null, new Origin("a.log", 1, 0), List.of("s"), null);
        LogEvent complete = bare.completedBy(TIME, "INFO", "shop", fields("b", "a"));
        assertThat(complete)
                .isEqualTo(
                        new LogEvent(TIME, "m", "INFO", "shop", bare.origin(), List.of("s"), null, fields("b", "a")));
        assertThat(complete.fields().keySet()).containsExactly("b", "a");
    }

    @Test
    void whatAnEventSaysItselfStays() {
        LogEvent full = new LogEvent(
                TIME, "m", "WARN", "cart", new Origin("a.log", 1, 0), List.of(), null, Map.of("a", "its own"));
        LogEvent complete = full.completedBy(TIME.plusSeconds(1), "INFO", "shop", fields("b", "a"));
        assertThat(complete.withMessage("m", "WARN", full.fields())).isEqualTo(full);
        assertThat(complete.fields()).containsExactly(Map.entry("a", "its own"), Map.entry("b", "of b"));
    }
}
