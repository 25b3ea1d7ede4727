package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small logs of our own, one for each preset, beside what must be read from them. */
class GoldenFilesTest {
    private static final Instant REFERENCE = Instant.parse("2026-07-01T00:00:00Z");

    static List<String> presets() {
        return LogFormat.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void presetReadsItsGoldenFile(String preset) throws IOException {
        assertThat(read(preset, preset)).isEqualTo(resource(preset + ".expected"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "json",
                "bgl",
                "thunderbird",
                "openstack",
                "hdfs",
                "apache",
                "hadoop",
                "logback",
                "syslog",
                "utah",
                "columns",
                "header",
                "level",
                "plain"
            })
    void autoTakesThePresetItsGoldenFileIsWrittenIn(String preset) throws IOException {
        try (LogReader reader =
                LogReader.builder().input(preset, open(preset + ".log")).open()) {
            assertThat(reader.formatName()).isEqualTo(preset);
        }
    }

    @Test
    void presetsOfTheContractAreAllThere() {
        assertThat(LogFormat.presets())
                .containsExactlyInAnyOrder(
                        "utah",
                        "hdfs",
                        "bgl",
                        "thunderbird",
                        "openstack",
                        "hadoop",
                        "syslog",
                        "apache",
                        "logback",
                        "json",
                        "logfmt",
                        "columns",
                        "header",
                        "level",
                        "plain");
    }

    private static String read(String name, String format) throws IOException {
        try (LogReader reader = LogReader.builder()
                .input(name, open(name + ".log"))
                .format(format)
                .reference(REFERENCE)
                .open()) {
            return reader.stream().map(GoldenFilesTest::shown).collect(Collectors.joining("\n", "", "\n"));
        }
    }

    private static String shown(LogEvent e) {
        return e.origin().lineNumber() + " | " + e.origin().byteOffset() + " | " + e.time() + " | " + e.level() + " | "
                + e.component() + " | " + e.label() + " | " + Excerpt.of(e.message());
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(GoldenFilesTest.class.getResourceAsStream("/golden/" + name), name);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
