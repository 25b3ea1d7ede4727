package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that a program logs is the message that reading its log file gives. */
class WrittenMessageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "order 17 sent",
                "  order 17 sent\t ",
                "\u001b[32morder\u001b[0m 17 sent",
                "order 17:\n\n  \n  - tea  \r\n\tat com.example.Shop(Shop.java:7)\n",
                "order 17\r\nfailed:",
                "order 17:\n\u001b[31m  refused\u001b[0m",
                "Grüße #033[1man 17#033[0m",
            })
    void is_read_back_as_it_is(String text) {
        String file = "2026-03-02 08:00:00,123 [main] INFO com.example.Shop - " + text + "\n";
        List<LogEvent> read;
        try (LogReader reader = LogReader.builder()
                .input("app.log", new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)))
                .format("logback")
                .open()) {
            read = StreamSupport.stream(reader.spliterator(), false).toList();
        }

        assertThat(read).extracting(LogEvent::message).containsExactly(LogEvent.messageOf(text));
    }

    @Test
    void is_no_longer_than_a_line_of_a_file() {
        int most = LogReader.DEFAULT_MAX_LINE_LENGTH;

        assertThat(LogEvent.messageOf("x".repeat(most))).hasSize(most);
        assertThat(LogEvent.messageOf("x".repeat(most + 1))).hasSize(most);
        assertThat(LogEvent.messageOf("x".repeat(most) + "\ny")).hasSize(most);
    }
}
