package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.internal.records.JsonRecords;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\n  \"message\": \"a\"\n}\n{\n  \"message\": \"b\"\n}\n",
                "[\n{\"message\": \"a\"},\n{\"message\": \"b\"}\n]\n",
                "[{\"message\": \"a\"}, {\"message\": \"b\"}]",
                "{\"Records\": [{\"message\": \"a\", \"x\": [1, {\"y\": 2}]}, {\"message\": \"b\"}]}",
                "{\n \"Records\": [\n  {\n   \"message\": \"a\"\n  },\n  {\n   \"message\": \"b\"\n  }\n ]\n}",
            })
    void recordsAreReadHoweverTheyAreLaidOut(String text) {
        try (LogReader reader = reader(text)) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("a", "b");
            assertThat(reader.formatName()).isEqualTo("json");
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void aBracketInATextEndsNothing() {
        assertThat(new JsonRecords().accept("{\"message\": \"} ] \\\" {\"}")).hasSize(1);
    }

    @Test
    void anObjectThatBreaksOffTakesNoRecordWithIt() {
        String text = "{\"message\": \"a\"}\n{\"message\": \"cut\n{\"message\": \"b\"}\n";
        try (LogReader reader = reader(text)) {
            List<String> messages = reader.stream().map(LogEvent::message).toList();
            assertThat(messages).containsExactly("a", "{\"message\": \"cut", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"time\":\"2026-03-02T08:00:01Z\",\"level\":\"ERROR\",\"msg\":",
                "{\"ts\":\"2026-03-02T08:00:01Z\",\"@fields\":{\"lvl\":\"ERROR\",\"msg\":",
                "{\"time\":\"2026-03-02T08:00:01Z\",\"log\":{\"level\":\"ERROR\"},\"msg\":\"a",
            })
    void aRecordThatBreaksOffKeepsTheTimeAndLevelBeforeTheBreak(String cut) {
        String good = "{\"time\":\"2026-03-02T08:00:00Z\",\"level\":\"INFO\",\"msg\":\"good\"}\n";
        try (LogReader reader = reader(good + cut + "\n" + good)) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events).extracting(LogEvent::level).containsExactly("INFO", "ERROR", "INFO");
            assertThat(events.get(1).time()).isEqualTo("2026-03-02T08:00:01Z");
            assertThat(events.get(1).message()).isEqualTo(cut);
            assertThat(reader.stats().malformed()).isOne();
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void theRecordsOfAnExportOfOpenTelemetryAreEventsWithTheirResource() {
        String export = """
                {"resourceLogs":[{"scopeLogs":[{"scope":{"name":"shop.Cart"},"logRecords":[
                {"timeUnixNano":"1772438400000000000","severityNumber":9,"body":{"stringValue":"saved } ]"},
                 "attributes":[{"key":"cart","value":{"intValue":"7"}}]},
                {"timeUnixNano":"1772438407000000000","severityText":"ERROR","body":{"stringValue":"failed"}}]}],
                "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}},
                {"key":"pod","value":{"stringValue":"p1"}}]}}]}
                """;
        for (String text : List.of(export, export.replace("\n", ""))) {
            try (LogReader reader = reader(text)) {
                List<LogEvent> events = reader.stream().toList();
                assertThat(reader.formatName()).isEqualTo("json");
                assertThat(events).extracting(LogEvent::message).containsExactly("saved } ]", "failed");
                assertThat(events).extracting(LogEvent::level).containsExactly("info", "ERROR");
                assertThat(events).extracting(LogEvent::component).containsOnly("cart");
                assertThat(events.get(0).time()).isEqualTo("2026-03-02T08:00:00Z");
                assertThat(events.get(0).fields())
                        .containsEntry("attributes.cart", "7")
                        .containsEntry("resource.attributes.pod", "p1")
                        .containsEntry("scope.name", "shop.Cart");
                assertThat(reader.stats().unaccounted()).isZero();
            }
        }
    }

    @Test
    void anEventIsWhereItsObjectBegins() {
        try (LogReader reader = reader("{\n\"message\": \"a\"\n}\n{\n\"message\": \"b\"\n}\n")) {
            assertThat(reader).extracting(e -> e.origin().lineNumber()).containsExactly(1L, 4L);
        }
    }

    private static LogReader reader(String text) {
        return LogReader.builder()
                .input("app.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .onMalformed(OnMalformed.ATTACH)
                .open();
    }
}
