package io.deepsentry.anomaly.internal.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
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

    @Test
    void withoutALevelTheWordsSayThatSomethingFailed() {
        for (String message : List.of(
                "fatal Write failed Connection reset by peer",
                "rts FAILED to mount <path>",
                "java.io.IOException at <path>",
                "an error of no kind known")) {
            assertThat(Severity.of(null, message)).as(message).isEqualTo(Severity.HIGH);
        }
        for (String message : List.of("finished with no errors", "default route set", "queue exploded")) {
            assertThat(Severity.of(null, message)).as(message).isEqualTo(Severity.PLAIN);
        }
    }

    @Test
    void aLevelIsNotOverruledByWords() {
        assertThat(Severity.of("INFO", "login failed")).isEqualTo(Severity.LOW);
        assertThat(Severity.of("WARN", "login failed")).isEqualTo(Severity.PLAIN);
        assertThat(Severity.of("ERROR", "payment of order <num> refused")).isEqualTo(Severity.HIGH);
    }

    @Test
    void anErrorOfNothingButValuesIsADump() {
        assertThat(Severity.of("FATAL", "FATAL <id> <num> ffffffff ffffffff 0b85ffee"))
                .isEqualTo(Severity.PLAIN);
        assertThat(Severity.of("FATAL", "<id> <num> dbsr <num> <id>")).isEqualTo(Severity.PLAIN);
        assertThat(Severity.of("FATAL", "error <num> <num> <num> <num>")).isEqualTo(Severity.HIGH);
        assertThat(Severity.of("FATAL", "FATAL Killed")).isEqualTo(Severity.HIGH);
    }
}
