package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtahLogParserTest {
    @ParameterizedTest
    @ValueSource(strings = {"220115 142345 Got block report", "220115 14:23:45 Got block report"})
    void bothWaysOfWritingTheTimeAreRead(String line) {
        assertThat(new UtahLogParser().parse(line).orElseThrow())
                .isEqualTo(ParsedLine.of(java.time.Instant.parse("2022-01-15T14:23:45Z"), "Got block report"));
    }

    @Test
    void aZoneMayBeGiven() {
        ParsedLine line = new UtahLogParser(ZoneId.of("America/Denver"))
                .parse("220115 142345 x")
                .orElseThrow();
        assertThat(line.time()).isEqualTo("2022-01-15T21:23:45Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "220115",
                "220115 1423 x",
                "2201151 142345 x",
                "221315 142345 x",
                "220115 14:2345 x",
                " 220115 142345 x"
            })
    void otherLinesGetNoInventedTime(String line) {
        assertThat(new UtahLogParser().parse(line)).isEmpty();
    }
}
