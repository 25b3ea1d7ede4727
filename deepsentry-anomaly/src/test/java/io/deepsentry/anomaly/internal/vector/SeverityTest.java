package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeverityTest {
    @ParameterizedTest
    @CsvSource({
        "INFO, LOW",
        "info, LOW",
        "' Debug ', LOW",
        "TRACE, LOW",
        "notice, LOW",
        "I, LOW",
        "ERROR, HIGH",
        "err, HIGH",
        "FATAL, HIGH",
        "Severe, HIGH",
        "FAILURE, HIGH",
        "crit, HIGH",
        "E, HIGH",
        "emerg, HIGH",
        "DDEBUG, LOW",
        "SUBDEBUG, LOW",
        "STATS, LOW",
        "SYSERR, PLAIN",
        "SYSERROR, HIGH",
        "DISASTER, HIGH",
        "app.error, HIGH",
        "DPANIC, HIGH",
        "DEBUG5, LOW",
        "DBG, LOW",
        "FTL, HIGH",
        "GCWARNING, PLAIN"
    })
    void levelsMeanWhatTheirWritersMeant(String level, Severity severity) {
        assertThat(Severity.of(level)).isEqualTo(severity);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "WARN", "WARNING", "W", "combo", "-", "17"})
    void warningsAndWhatIsNotKnownAreInBetween(String level) {
        assertThat(Severity.of(level)).isEqualTo(Severity.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void codesStandForSeverities(int code) {
        assertThat(Severity.ofCode(code).code()).isEqualTo(code);
    }
}
