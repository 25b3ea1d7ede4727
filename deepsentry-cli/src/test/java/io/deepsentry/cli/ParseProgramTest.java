package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code deepsentry parse} as users do and looks at its exit code and at what it writes where. */
class ParseProgramTest {
    private static final String UTAH = """
            220115 142345 Got block report of blk_1 from dn-1
            220115 142346 Processing took 120ms
            no time here
            220115 142347 Rescan of blk_2 finished
            """;

    private Path folder = Path.of("");

    @BeforeEach
    void workIn(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void a_log_is_shown_as_a_table_with_its_statistics_on_standard_error() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "utah");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "TIME                  MESSAGE",
                        "2022-01-15T14:23:45Z  Got block report of blk_1 from dn-1",
                        "2022-01-15T14:23:46Z  Processing took 120ms\\nno time here",
                        "2022-01-15T14:23:47Z  Rescan of blk_2 finished");
        assertThat(run.err())
                .contains("4 lines: 3 events, 1 attached, 0 blank; 1 fit no format")
                .contains("app.log:3: no time here");
    }

    @Test
    void a_log_is_shown_as_json_lines() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = ProgramRun.in(
                folder,
                "parse",
                "--input",
                "app.log",
                "--format=utah",
                "--session-key",
                "(blk_\\d+)",
                "--output",
                "json");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .hasSize(3)
                .first()
                .isEqualTo("{\"time\":\"2022-01-15T14:23:45Z\",\"level\":null,\"component\":null,"
                        + "\"message\":\"Got block report of blk_1 from dn-1\",\"sessions\":[\"blk_1\"],\"label\":null,"
                        + "\"file\":\"app.log\",\"line\":1,\"offset\":0}");
        assertThat(run.err()).contains("1 events without a session key");
    }

    @Test
    void the_account_of_the_lines_adds_up_in_a_file_for_programs() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH + "\n");

        ProgramRun run =
                ProgramRun.in(folder, "parse", "--input", "app.log", "--format=utah", "--account", "account.json");

        assertThat(run.code()).isZero();
        assertThat(Files.readString(folder.resolve("account.json")))
                .contains("{\"format\":\"utah\",\"lines\":5,\"events\":3,\"attached\":1,\"blank\":1,\"dropped\":0,");
    }

    @Test
    void a_table_never_passes_on_what_could_drive_a_terminal() throws IOException {
        Files.writeString(folder.resolve("app.log"), "220115 142345 red \033[31mtext\007\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "utah");

        assertThat(run.out()).contains("red text\\u0007").doesNotContain("\033");
    }

    @Test
    void a_file_that_does_not_exist_is_missing_data() {
        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "nowhere.log");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("deepsentry: ")
                .contains("nowhere.log");
    }

    @Test
    void an_empty_file_is_missing_data() throws IOException {
        Files.createFile(folder.resolve("empty.log"));

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "empty.log");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines()).singleElement().asString().contains("empty.log");
    }

    @Test
    void a_binary_file_fits_no_format() throws IOException {
        Files.write(folder.resolve("image.log"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 1, 2, 0, 0, '\n', 0, 3});

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "image.log");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("image.log")
                .contains("binary");
    }

    @Test
    void a_log_of_another_format_than_the_one_named_is_refused() throws IOException {
        Files.writeString(folder.resolve("app.log"), "INFO hello\nWARN again\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--input", "app.log", "--format", "hdfs");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("hdfs")
                .contains("INFO hello");
    }

    @Test
    void options_come_before_the_environment_and_this_before_the_file() throws IOException {
        Files.writeString(folder.resolve("app.log"), UTAH);
        Files.writeString(folder.resolve("parse.yml"), "raw_log_file: app.log\nlog_format: json\n");

        ProgramRun file = ProgramRun.in(folder, "parse", "--config", "parse.yml");
        ProgramRun option = ProgramRun.in(folder, "parse", "--config", "parse.yml", "--format", "utah");

        assertThat(file.code()).isEqualTo(2);
        assertThat(option.code()).isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void a_reader_that_goes_away_ends_the_program_quietly() throws IOException {
        Files.writeString(folder.resolve("long.log"), "220115 142345 one of very many lines\n".repeat(50_000));

        ProgramRun run = shell("%s parse --input long.log | head -n 2; echo \"${PIPESTATUS[0]}\" >&2");

        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.err().lines().toList()).last().isEqualTo("0");
        assertThat(run.err()).doesNotContain("deepsentry: ");
    }

    @Test
    void a_full_disk_behind_standard_output_is_said_once() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        Files.writeString(folder.resolve("app.log"), UTAH);

        ProgramRun run = shell("%s parse --input app.log >/dev/full");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("deepsentry: ")))
                .singleElement()
                .asString()
                .contains("standard output");
    }

    private ProgramRun shell(String script) {
        String program = String.join(
                " ", ProgramRun.java().stream().map(word -> "'" + word + "'").toList());
        return ProgramRun.startCommand(folder, Map.of(), List.of("bash", "-c", script.formatted(program)))
                .await();
    }
}
