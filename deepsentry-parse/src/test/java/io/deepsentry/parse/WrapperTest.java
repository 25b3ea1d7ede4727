package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.internal.TerminalCodes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrapperTest {
    @Test
    void partsOfALineThatKubernetesCutAreJoinedByStream() {
        String log = """
                2026-03-02T08:00:00.1Z stdout P one\s
                2026-03-02T08:00:00.2Z stderr F other
                2026-03-02T08:00:00.3Z stdout F line
                2026-03-02T08:00:00.4Z stdout F\s
                """;
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(reader.formatName()).isEqualTo("cri/plain");
            assertThat(reader.detection())
                    .hasValue(
                            "format 'cri/plain': lines of a Kubernetes container log (CRI), whose text is the message");
            assertThat(events).extracting(LogEvent::message).containsExactly("other", "one line");
            assertThat(events.get(1).origin().lineNumber()).isEqualTo(1);
            assertThat(reader.stats().blank()).isEqualTo(1);
            assertThat(reader.stats().unaccounted()).isZero();
        }
    }

    @Test
    void theLineInsideIsReadAgainAndItsTraceAttachedWithoutTheWrapper() {
        String log = """
                {"log":"2026-03-02 08:00:00 ERROR failed\\n","stream":"stderr","time":"2026-03-02T08:00:01Z"}
                {"log":"\\tat a.B.c(B.java:7)\\n","stream":"stderr","time":"2026-03-02T08:00:01Z"}
                {"log":"2026-03-02 08:00:02 INFO next\\n","stream":"stderr","time":"2026-03-02T08:00:03Z"}
                """;
        for (String format : List.of("auto", "docker/header")) {
            try (LogReader reader = reader(log, format)) {
                List<LogEvent> events = reader.stream().toList();
                assertThat(reader.formatName()).isEqualTo("docker/header");
                assertThat(events).extracting(LogEvent::level).containsExactly("ERROR", "INFO");
                assertThat(events.get(0).message()).isEqualTo("failed\n\tat a.B.c(B.java:7)");
                assertThat(events.get(0).time()).isEqualTo(Instant.parse("2026-03-02T08:00:00Z"));
            }
        }
    }

    @Test
    void aParserOfOneLineTakesTheWrapperOff() {
        LogParser parser = LogFormat.of("cri/json");
        ParsedLine line = parser.parse("2026-03-02T08:00:00Z stdout F {\"level\":\"warn\",\"msg\":\"full\"}")
                .orElseThrow();
        assertThat(line.message()).isEqualTo("full");
        assertThat(line.level()).isEqualTo("warn");
        assertThat(line.time()).isEqualTo("2026-03-02T08:00:00Z");
        assertThat(parser.parse("{\"level\":\"warn\",\"msg\":\"bare\"}")
                        .orElseThrow()
                        .message())
                .isEqualTo("bare");
    }

    @Test
    void composeNamesTheContainer() {
        String log = "web-1  | 2026-03-02 08:00:00 INFO up\ndb-1   | 2026-03-02 08:00:01 WARN slow\n";
        try (LogReader reader = reader(log, "auto")) {
            assertThat(reader).extracting(LogEvent::component).containsExactly("web-1", "db-1");
            assertThat(reader.formatName()).isEqualTo("compose/header");
            assertThat(reader.detection())
                    .hasValue(
                            "format 'compose/header': lines of docker compose, and in them format 'header': it fits 2 of"
                                    + " the first 2 lines");
        }
    }

    @Test
    void aLineThatCameThroughSyslogIsReadAgain() {
        String log = "Oct  8 06:18:58 host agent[5]: INFO:2022/10/08 06:18:58 main.go:23: launching\n".repeat(3);
        try (LogReader reader = reader(log, "auto")) {
            LogEvent event = reader.iterator().next();
            assertThat(reader.formatName()).isEqualTo("syslog/header");
            assertThat(event.level()).isEqualTo("INFO");
            assertThat(event.message()).isEqualTo("launching");
            assertThat(event.time()).isEqualTo(Instant.parse("2022-10-08T06:18:58Z"));
        }
    }

    @Test
    void structuredDataOfSyslogIsPassedOverWithItsEscapes() {
        ParsedLine line = LogFormat.of("syslog")
                .parse(
                        "<131>1 2026-03-02T08:00:00Z h app 3 ORD [m@1 n=\"[7\\] x\" w=\"a \\\"b\\\"\"][g@2 c=\"U\"] order 2")
                .orElseThrow();
        assertThat(line.message()).isEqualTo("order 2");
        assertThat(line.level()).isEqualTo("err");
        assertThat(line.component()).isEqualTo("app");
    }

    @Test
    void coloursAreTakenOutAlsoWhereSyslogEscapedThem() {
        assertThat(TerminalCodes.removed("\u001b[2m08:00\u001b[0;39m ok\u001b[K #033[0;33mwarm#033[0m"))
                .isEqualTo("08:00 ok warm");
        for (String other : List.of("\u001b]0;hidden\u0007ok", "\u001b[2Jok", "cut \u001b[", "cut \u001b", "#033[ x")) {
            assertThat(TerminalCodes.removed(other))
                    .as("what may carry text stays")
                    .isEqualTo(other);
        }
        String none = "none";
        assertThat(TerminalCodes.removed(none)).isSameAs(none);
    }

    @Test
    void theTwoLinesOfJavaUtilLoggingAreOneEvent() {
        String log = """
                Mar 02, 2026 11:58:00 AM shop.Cart save
                INFO: saved cart 0
                Mar 02, 2026 12:01:15 PM shop.Cart save
                SEVERE: no space
                \tat a.B.c(B.java:7)
                """;
        try (LogReader reader = reader(log, "auto")) {
            List<LogEvent> events = reader.stream().toList();
            assertThat(events).extracting(LogEvent::level).containsExactly("INFO", "SEVERE");
            assertThat(events).extracting(LogEvent::component).containsOnly("shop.Cart save");
            assertThat(events.get(1).message()).isEqualTo("no space\n\tat a.B.c(B.java:7)");
        }
    }

    private static LogReader reader(String log, String format) {
        return LogReader.builder()
                .input("app.log", new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)))
                .format(format)
                .onMalformed(OnMalformed.ATTACH)
                .open();
    }
}
