package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who wrote a line: host, process and thread, as far as it names them. */
class ThreadsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "auto ~ Dec 10 06:55:46 LabSZ sshd[24200]: Connection closed ~ LabSZ/24200",
                "auto ~ Dec 10 06:55:46 LabSZ kernel: eth0 up ~ LabSZ",
                "auto ~ <34>1 2026-03-02T08:00:00Z web-1 su 77 ID47 - failed for root ~ web-1/77",
                "auto ~ 2026-03-02 08:00:00,123 INFO [main] org.example.App: Started ~ main",
                "auto ~ 2026-03-02 08:00:00.123 [pool-1-thread-3] INFO  org.example.App - Started ~ pool-1-thread-3",
                "auto ~ 081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 terminating ~ 148",
                "auto ~ 03-17 16:13:38.820  1702  8671 D PowerManagerService: ready=true ~ 1702/8671",
                "auto ~ [Mon Mar 02 08:00:00.123456 2026] [core:error] [pid 1234:tid 5678] no such file ~ 1234/5678",
                "auto ~ {\"time\":\"2026-03-02T08:00:00Z\",\"level\":\"info\",\"msg\":\"up\",\"hostname\":\"web-1\",\"pid\":812} ~ web-1/812",
                "<Date> <Time> <Level> <Thread> <Content> ~ 2026-03-02 08:00:00 INFO t7 Started ~ t7",
                "regex:(?<time>\\S+ \\S+) (?<pid>\\d+) (?<message>.*) ~ 2026-03-02 08:00:00 99 Started ~ 99"
            })
    void isWhatTheHeaderOrTheFieldsName(String format, String line, String thread) {
        assertThat(read(format, line).get(0).thread()).isEqualTo(thread);
    }

    @Test
    void isNobodyWhereNothingIsNamed() {
        assertThat(read("auto", "2026-03-02 08:00:00 INFO Started").get(0).thread())
                .isNull();
        assertThat(read("auto", "2026-03-02 08:00:00 INFO [main] a.b.C: Started [twice]")
                        .get(0))
                .satisfies(event -> {
                    assertThat(event.thread()).isEqualTo("main");
                    assertThat(event.message()).isEqualTo("Started [twice]");
                });
    }

    @Test
    void staysWhenAnEventIsGivenAnotherMessageOrTime() {
        LogEvent event = read("auto", "Dec 10 06:55:46 LabSZ sshd[24200]: Connection closed")
                .get(0);
        assertThat(event.withMessage("Connection lost", "ERROR", Map.of())
                        .withTime(null)
                        .withSessionKeys(List.of("a")))
                .satisfies(changed -> {
                    assertThat(changed.thread()).isEqualTo("LabSZ/24200");
                    assertThat(changed.message()).isEqualTo("Connection lost");
                    assertThat(changed.level()).isEqualTo("ERROR");
                    assertThat(changed.time()).isNull();
                });
    }

    private static List<LogEvent> read(String format, String line) {
        byte[] log = (line + "\n").repeat(20).getBytes(StandardCharsets.UTF_8);
        try (LogReader reader = LogReader.builder()
                .input("app.log", new ByteArrayInputStream(log))
                .format(format)
                .open()) {
            return reader.stream().toList();
        }
    }
}
