package io.deepsentry.parse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountedTest {
    @ParameterizedTest
    @CsvSource({
        "0, line, 0 lines",
        "1, line, 1 line",
        "2, line, 2 lines",
        "1234567, false alarm, '1,234,567 false alarms'",
        "1, anomaly, 1 anomaly",
        "2, anomaly, 2 anomalies",
        "2, day, 2 days"
    })
    void oneThingIsInTheSingular(long n, String noun, String text) {
        assertThat(Counted.of(n, noun)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 are lost", "1, 1 is lost", "2, 2 are lost"})
    void aVerbFollowsItsNumber(long n, String text) {
        assertThat(Counted.of(n, "is lost", "are lost")).isEqualTo(text);
    }
}
