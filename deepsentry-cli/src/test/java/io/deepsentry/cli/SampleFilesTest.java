package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands that take any file make of samples. */
class SampleFilesTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void log() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add("260302 %02d%02d%02d INFO order o%d: step %d done"
                    .formatted(8 + i / 3600, i / 60 % 60, i % 60, i / 3, i % 3));
        }
        Files.write(folder.resolve("app.log"), lines);
    }

    private ProgramRun sample(String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("sample", "--input", "app.log", "--output", output));
        arguments.addAll(List.of(more));
        return ProgramRun.in(folder, arguments.toArray(String[]::new));
    }

    @Test
    void inspect_says_what_a_sample_holds() {
        assertThat(sample("lines.sample", "--size", ".01", "--stretch", "10").code())
                .isZero();
        assertThat(sample("orders.sample", "--session-key", "(o\\d+)").code()).isZero();

        ProgramRun run = ProgramRun.in(folder, "inspect", "lines.sample", "orders.sample");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^kind +sample of a log")
                .containsPattern("(?m)^stretches +\\d+ stretches of up to 10 lines$")
                .containsPattern("(?m)^lines +\\d+ lines in them, of 300 \\([\\d.]+%\\)$")
                .containsPattern("(?m)^first lines +\\d messages? of the whole log$")
                .containsPattern("(?m)^sums +lines of each message in 1 hour$")
                .containsPattern("(?m)^sessions +100 sessions \\(100.00% of all\\)$")
                .containsPattern("(?m)^lines +300 lines in them, of 300$")
                .containsPattern("(?m)^session key +\\(o\\\\d\\+\\)$")
                .containsPattern("(?m)^first event +2026-03-02T08:00:00Z .*order o0: step 0 done$");
    }

    @Test
    void parse_shows_the_lines_of_samples() throws IOException {
        assertThat(sample("orders.sample", "--session-key", "(o\\d+)").code()).isZero();

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "orders.sample", "--output", "json");

        assertThat(run.code()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(300);
        JsonNode last = new ObjectMapper().readTree(lines.get(299));
        assertThat(last.get("message").asText()).endsWith("order o99: step 2 done");
        assertThat(last.get("sessions").get(0).asText()).isEqualTo("o99");
        assertThat(last.get("line").asInt()).isEqualTo(300);
        assertThat(last.get("offset").isNull()).isTrue();
        assertThat(run.err()).contains("parse: a sample, 300 of 300 lines, read as 'header'");
    }

    @Test
    void commands_that_need_a_log_name_those_that_take_a_sample() {
        assertThat(sample("lines.sample").code()).isZero();

        for (List<String> command : List.of(
                List.of("patterns", "--input", "lines.sample"),
                List.of("parse", "--input", "app.log", "lines.sample"))) {
            ProgramRun run = ProgramRun.in(folder, command.toArray(String[]::new));
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .contains("lines.sample is a sample of a log: run and prepare learn from samples, parse shows their"
                            + " lines");
        }
        ProgramRun key = ProgramRun.in(folder, "parse", "--input", "lines.sample", "--session-key", "(o\\d+)");
        assertThat(key.code()).isEqualTo(2);
        assertThat(key.err()).contains("session_key must be that of the sample, none");
    }
}
