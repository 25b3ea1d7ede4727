package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code auto} prints as the format reads the same when it is given. */
class FormatNameTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-01T00:00:00Z");

    static List<String> presets() {
        return LogFormat.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aPresetReadsAgain(String preset) throws IOException {
        String name = "/golden/" + preset + ".log";
        try (InputStream log = Objects.requireNonNull(getClass().getResourceAsStream(name))) {
            requireTheSame(preset, log.readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3/14/2026 08:00:00 WARN disk is full\n3/2/2026 08:00:00 INFO ready\n",
                "14/3/2026 08:00:00 WARN disk is full\n2/4/2026 08:00:00 INFO ready\n",
                "1772438400 disk is full\n1772438401 ready\n",
                "2026-03-02T08:00:00.1Z stdout P half\n2026-03-02T08:00:00.2Z stdout F of it\n",
                "2026-03-02T08:00:00Z stdout F {\"level\":\"warn\",\"msg\":\"full\"}\n",
                "{\"log\":\"08:00:00 WARN full\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-02T08:00:00Z\"}\n",
                "web-1  | 2026-03-02 08:00:00 WARN full\nweb-1  | 2026-03-02 08:00:01 INFO ready\n",
                "Mar  2 08:00:00 host app[7]: 2026-03-02 08:00:00 WARN full\n",
                "2026-03-02 08:00:00 WARN full\n{\"time\":\"2026-03-02T08:00:01Z\",\"level\":\"fatal\",\"msg\":\"gone\"}\n",
                "printed\n{\"time\":\"2026-03-02T08:00:01Z\",\"level\":\"fatal\",\"msg\":\"gone\"}\nprinted\n",
                "[\n{\"time\":\"2026-03-02T08:00:01Z\",\n\"msg\":\"a\"},\n{\"time\":\"2026-03-02T08:00:02Z\",\n\"msg\":\"b\"}\n]\n",
                "Mar 02, 2026 8:00:00 AM shop.Cart save\nINFO: saved\n",
                "\033[32m2026-03-02 08:00:00\033[0m WARN full\n",
            })
    void aVariationReadsAgain(String log) {
        requireTheSame("app.log", log.repeat(3).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void realLogsReadAgain() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("field/parse", "reader", "loghub_2k")) {
            try (Stream<Path> all = Files.walk(RealData.folder(folder))) {
                all.filter(Files::isRegularFile)
                        .filter(file -> file.toFile().length() < 300_000)
                        .forEach(files::add);
            }
        }
        int read = 0;
        for (Path file : files) {
            byte[] log = Files.readAllBytes(file);
            try {
                requireTheSame(file.toString(), log);
                read++;
            } catch (LogParseException e) {
                assertThat(e.kind())
                        .as(file.toString())
                        .isIn(LogParseException.Kind.BAD_FORMAT, LogParseException.Kind.EMPTY);
            }
        }
        assertThat(read).isGreaterThan(files.size() * 9 / 10);
    }

    private static void requireTheSame(String input, byte[] log) {
        List<LogEvent> chosen;
        String format;
        try (LogReader reader = reader(input, log).open()) {
            chosen = reader.stream().toList();
            format = reader.formatName();
        }
        assertThat(LogFormat.isNamed(format)).as(input + " read as " + format).isTrue();
        try (LogReader reader = reader(input, log).format(format).open()) {
            assertThat(reader.stream().toList())
                    .as(input + " read as " + format)
                    .isEqualTo(chosen);
        }
    }

    private static LogReader.Builder reader(String input, byte[] log) {
        return LogReader.builder().input(input, new ByteArrayInputStream(log)).reference(WRITTEN);
    }
}
