package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CustomParserTest {
    /** A parser as a user would write it. */
    public static final class Shouted implements LogParser {
        /** Named by class, so without arguments. */
        public Shouted() {}

        @Override
        public Optional<ParsedLine> parse(String line) {
            return line.endsWith("!") ? Optional.of(ParsedLine.of(null, line)) : Optional.empty();
        }
    }

    /** Lacks a constructor that can be called. */
    public static final class Closed implements LogParser {
        private Closed() {}

        @Override
        public Optional<ParsedLine> parse(String line) {
            return Optional.empty();
        }
    }

    /** Fails to start. */
    public static final class Failing implements LogParser {
        /** Always fails. */
        public Failing() {
            throw new IllegalStateException("no licence");
        }

        @Override
        public Optional<ParsedLine> parse(String line) {
            return Optional.empty();
        }
    }

    @Test
    void aParserIsNamedByItsClass() {
        try (LogReader reader = open(Shouted.class.getName())) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("hey!\nquiet");
            assertThat(reader.formatName()).isEqualTo(Shouted.class.getName());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            com.example.Nowhere | was not found on the class path
            java.lang.String | must implement io.deepsentry.parse.LogParser
            io.deepsentry.parse.LogParser | must be a concrete class
            io.deepsentry.parse.CustomParserTest$Closed | must have a public constructor without arguments
            io.deepsentry.parse.CustomParserTest$Failing | failed in its constructor: java.lang.IllegalStateException: no licence
            """)
    void aClassThatIsNoneIsRefused(String name, String problem) {
        assertThatThrownBy(() -> open(name))
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining("custom parser " + name)
                .hasMessageContaining(problem);
    }

    private static LogReader open(String className) {
        return LogReader.builder()
                .input("test", new ByteArrayInputStream("hey!\nquiet\n".getBytes(StandardCharsets.UTF_8)))
                .parserClass(className)
                .open();
    }
}
