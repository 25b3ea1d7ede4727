package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.internal.JsonRecords;
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
            assertThat(messages).containsExactly("a\n{\"message\": \"cut", "b");
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
