package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes of samples that are too small, too large, or none. */
class SampleSizeTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void log() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            lines.add("260302 0800%02d INFO order o1: step %d done".formatted(i / 10, i));
        }
        Files.write(folder.resolve("app.log"), lines);
    }

    private ProgramRun sample(String... more) {
        List<String> arguments = new ArrayList<>(List.of("sample", "--output", "app.sample"));
        if (!List.of(more).contains("--input")) {
            arguments.addAll(List.of("--input", "app.log"));
        }
        arguments.addAll(List.of(more));
        return ProgramRun.in(folder, arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--stretch 1000       | no stretch of 1,000 lines fits into --size 0.01; take a larger --size, or a smaller",
                "--session-key (o\\d+) | no session fits into --size 0.01; take a larger --size, or a --session-key of",
                "--session-key (x\\d+) | no line has the session key (x\\d+); name another"
            })
    void a_size_into_which_nothing_fits_is_told_with_the_remedy(String options, String warning) {
        List<String> arguments = new ArrayList<>(List.of("--size", ".01"));
        arguments.addAll(List.of(options.strip().split(" ")));

        ProgramRun run = sample(arguments.toArray(String[]::new));

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).containsOnlyOnce("warning: ").contains(warning);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1024", "0.5"})
    void a_size_larger_than_the_log_keeps_all_of_it_and_warns_of_nothing(String size) {
        ProgramRun run = sample("--size", size);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("kept +1 stretch in 600 of 600 lines");
        assertThat(run.err()).doesNotContain("warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "0.009", "1025", "NaN"})
    void a_size_that_cannot_be_is_refused(String size) {
        ProgramRun run = sample("--size", size);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--size must be from 0.01 to 1024, but was " + size);
        assertThat(folder.resolve("app.sample")).doesNotExist();
    }

    @Test
    void an_empty_log_has_no_sample() throws IOException {
        Files.writeString(folder.resolve("empty.log"), "");

        ProgramRun run = sample("--input", "empty.log");

        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(run.err()).contains("empty.log");
        assertThat(folder.resolve("app.sample")).doesNotExist();
    }
}
