package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.parse.internal.TerminalCodes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    void terminalCodesAreTakenOut() {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put(
                "\u001b[2Jclear \u001b[2Kline \u001b[?25lcursor \u001b[>4;2mkeys \u001b[1 qshape",
                "clear line cursor keys shape");
        lines.put("\u001b7saved\u001b8 \u001b(Bset \u001bcreset", "saved set reset");
        lines.put("\u001b[31\u001b[0mbroken then whole", "\u001b[31broken then whole");
        lines.put("#033[2Jclear #033[Kline", "clear line");
        lines.forEach((line, text) -> assertThat(TerminalCodes.removed(line)).isEqualTo(text));
    }

    @Test
    void coloursAreTakenOutAlsoWhereSyslogEscapedThem() {
        assertThat(TerminalCodes.removed("\u001b[2m08:00\u001b[0;39m ok\u001b[K #033[0;33mwarm#033[0m"))
                .isEqualTo("08:00 ok warm");
        for (String cut : List.of(
                "\u001b]0;title",
                "\u001b]0;title \u001b[",
                "\u001bPdata #033",
                "\u001b[1;3",
                "\u001b[1;3\u00e9",
                "cut \u001b[",
                "cut \u001b(",
                "cut \u001b")) {
            assertThat(TerminalCodes.removed(cut))
                    .as("a code that does not end keeps its text")
                    .isEqualTo(cut);
        }
        for (String string : List.of("\u001b]0;hidden\u0007ok", "\u001b]8;;http://h/x\u0007", "#033]0;title#007")) {
            assertThat(TerminalCodes.removed(string))
                    .as("a string carries text")
                    .isEqualTo(string);
        }
        for (String text : List.of("#033", "#033[ x", "#033[link]", "#033abc", "#033]0;title", "#0331", "\u009b31m")) {
            assertThat(TerminalCodes.removed(text)).as("text").isEqualTo(text);
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
