package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code benchmark --inject} as a user does, without a label. */
@Tag("long")
class InjectProgramTest {
    private final Path folder;

    InjectProgramTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private void writeStream(int lines) throws IOException {
        List<String> log = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            String message =
                    switch (i % 4) {
                        case 0 -> "worker ready";
                        case 1 -> "job " + i * 7919 + " started";
                        case 2 -> "job took " + (100 + i % 37) + " ms";
                        default -> "queue length " + i % 11;
                    };
            log.add(String.format("2026-05-04T%02d:%02d:%02dZ INFO app: %s", i / 3600, i / 60 % 60, i % 60, message));
        }
        Files.write(folder.resolve("app.log"), log);
    }

    @Test
    void faults_in_a_log_without_labels_are_shown_with_what_is_found() throws IOException {
        writeStream(600);

        ProgramRun run = ProgramRun.in(
                folder, "benchmark", "--inject", "--input", "app.log", "--epochs", "1", "--per-kind", "4");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("learned from   480 lines, 4 May 00:00 to 00:07")
                .contains("injected into  120 lines after them, 4 May 00:08 to 00:09")
                .containsPattern("new error +120 +4 +4 +100%")
                .containsPattern("two lines swapped +\\d+ +4 ")
                .contains("never-seen word: not possible here: no place of a message has few words")
                .containsPattern("untouched +\\d+ of 120 lines flagged: [\\d.]+ per 1,000 lines, [\\d,.]+ a day");
        assertThat(run.out().lines().filter(line -> !line.contains("/") && line.length() > 80))
                .isEmpty();
        assertThat(folder.resolve("deepsentry-data/benchmark_results/inject.json"))
                .isNotEmptyFile();
        assertThat(folder.resolve("deepsentry-data/benchmark_results/inject.png"))
                .isNotEmptyFile();
        assertThat(folder.resolve("deepsentry-data/benchmark_results/work")).doesNotExist();
    }

    @Test
    void sessions_get_faults_in_their_own_lines() throws IOException {
        SyntheticLog.write(folder, 120);

        ProgramRun run = ProgramRun.in(
                folder,
                "benchmark",
                "--inject",
                "--input",
                "app.log",
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--epochs",
                "1",
                "--per-kind",
                "5");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("new error +\\d+ +5 ")
                .containsPattern("two lines swapped +\\d+ +5 ")
                .containsPattern("step missing +\\d+ +5 ")
                .containsPattern("one too many +\\d+ +5 ")
                .containsPattern("untouched +\\d+ of 24 sessions flagged");
    }

    @Test
    void a_log_that_cannot_be_read_again_is_refused() {
        ProgramRun run = ProgramRun.in(folder, "benchmark", "--inject", "--input", "-");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("raw_log_file must name files", "was -").doesNotContain("\tat ");
    }
}
