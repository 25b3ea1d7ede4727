package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.Screen;
import io.deepsentry.core.Cancellation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Runs the program with right and wrong arguments. */
class ProgramTest {
    private Path folder = Path.of("");

    @BeforeEach
    void workIn(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    void version_says_what_runs_on_what() {
        ProgramRun run = ProgramRun.in(folder, "--version");

        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("deepsentry ").contains("Java " + System.getProperty("java.version"));
        assertThat(run.out()).doesNotContain("${");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void help_goes_to_standard_output() {
        ProgramRun run = ProgramRun.in(folder, "--help");

        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("parse");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void every_command_has_help_with_examples_and_the_global_options() {
        CommandLine program = new Program(Console.ofProcess(false), Cancellation.none(), Map.of()).commandLine();

        assertThat(program.getSubcommands()).isNotEmpty();
        program.getSubcommands().forEach((name, command) -> assertThat(command.getUsageMessage())
                .as(name)
                .contains("--config")
                .contains("--data-dir")
                .contains("--verbose")
                .contains("--version")
                .contains("  deepsentry " + name));
    }

    @Test
    void the_name_alone_lists_the_commands_and_is_wrong_use() {
        ProgramRun run = ProgramRun.in(folder);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: deepsentry").contains("  run  ", "  live  ", "  demo  ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "prepare"})
    void a_run_without_a_log_says_what_it_needs(String command) {
        ProgramRun run = ProgramRun.in(folder, command);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains(command + " needs a log", "--input FILE");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 132})
    void help_fits_the_width_and_breaks_no_word(int columns) {
        CommandLine wide = program(2000);
        CommandLine narrow = program(columns);

        assertThat(narrow.getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
        narrow.getSubcommands().forEach((name, command) -> {
            assertThat(command.getUsageMessage().lines()).as(name).allSatisfy(line -> assertThat(line)
                    .hasSizeLessThanOrEqualTo(columns));
            assertThat(words(command))
                    .as("the words of " + name)
                    .isEqualTo(
                            words(Objects.requireNonNull(wide.getSubcommands().get(name))));
        });
    }

    /** The words of the help; a backslash at the end of a line is none. */
    private static List<String> words(CommandLine command) {
        return List.of(command.getUsageMessage().replace(" \\\n", " ").strip().split("\\s+"));
    }

    private static CommandLine program(int columns) {
        Console console = Console.of(
                OutputStream.nullOutputStream(),
                new PrintStream(OutputStream.nullOutputStream()),
                new Screen(columns, true, true));
        return new Program(console, Cancellation.none(), Map.of()).commandLine();
    }

    @ParameterizedTest
    @CsvSource({"pars, parse?", "rnu, run?", "evla, eval?", "train, train-detector or train-text?"})
    void an_unknown_command_is_wrong_use_and_the_nearest_is_named(String typed, String meant) {
        ProgramRun run = ProgramRun.in(folder, typed);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("'" + typed + "'")
                .contains("did you mean " + meant);
    }

    @Test
    void an_unknown_option_is_wrong_use() {
        ProgramRun run = ProgramRun.in(folder, "parse", "--imput", "x.log");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("--imput")
                .contains("did you mean --input?");
    }

    @Test
    void an_option_without_its_value_is_wrong_use() {
        ProgramRun run = ProgramRun.in(folder, "parse", "--format");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("--format");
    }

    @Test
    void a_config_file_that_does_not_exist_is_told_by_name() {
        ProgramRun run = ProgramRun.in(folder, "parse", "--config", "nowhere.yml");

        assertThat(run.code()).isIn(2, 3);
        assertThat(run.err().lines()).singleElement().asString().contains("nowhere.yml");
    }

    @Test
    void all_that_is_wrong_with_a_config_file_is_told_at_once() throws IOException {
        Files.writeString(folder.resolve("bad.yml"), "log_fromat: hdfs\non_malformed: explode\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--config", "bad.yml");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("log_fromat")
                .contains("log_format")
                .contains("bad.yml:1")
                .contains("explode")
                .contains("skip, attach, fail")
                .contains("bad.yml:2")
                .doesNotContain("\tat ");
    }

    @Test
    void an_unclosed_quote_in_a_config_file_is_told_with_its_line() throws IOException {
        Files.writeString(folder.resolve("bad.yml"), "log_format: \"hdfs\nsession_key: x\n");

        ProgramRun run = ProgramRun.in(folder, "parse", "--config", "bad.yml");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("bad.yml:").doesNotContain("\tat ");
    }

    @Test
    void the_stack_trace_is_shown_when_asked_for() {
        ProgramRun option = ProgramRun.in(folder, "parse", "--verbose", "--input", "nowhere.log");
        ProgramRun variable =
                ProgramRun.in(folder, Map.of("DEEPSENTRY_VERBOSE", "1"), "parse", "--input", "nowhere.log");

        assertThat(option.err()).contains("\tat io.deepsentry");
        assertThat(variable.err()).contains("\tat io.deepsentry");
    }
}
