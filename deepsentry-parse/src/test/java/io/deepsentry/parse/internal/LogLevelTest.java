package io.deepsentry.parse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogLevelTest {
    @ParameterizedTest
    @CsvSource({
        "FINEST, TRACE",
        "' Debug ', DEBUG",
        "DEBUG5, DEBUG",
        "DDEBUG, DEBUG",
        "I, INFO",
        "STATS, INFO",
        "notice, NOTICE",
        "Wrn, WARNING",
        "GCWARNING, WARNING",
        "app.error, ERROR",
        "Severe, ERROR",
        "DISASTER, FATAL",
        "DPANIC, FATAL",
        "emerg, FATAL"
    })
    void aLevelMeansWhatItsWriterMeant(String level, LogLevel meaning) {
        assertThat(LogLevel.of(level)).isEqualTo(meaning);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "-", "17", "combo", "AUDIT", "SYSERR"})
    void otherWordsMeanNone(String level) {
        assertThat(LogLevel.of(level)).isNull();
    }

    @Test
    void everyWordTakenForALevelHasAMeaning() {
        assertThat(Severities.WORDS)
                .filteredOn(word -> LogLevel.of(word) == null)
                .as("the one that says nothing about severity")
                .containsExactly("AUDIT");
    }
}
