package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts for shells and manual pages, in the real shells and the real typesetter where there are any. */
class CompletionTest {
    private static Path folder = Path.of("");

    @BeforeAll
    static void write(@TempDir Path temporary) throws IOException {
        folder = temporary;
        for (String shell : List.of("bash", "zsh", "fish")) {
            ProgramRun run = ProgramRun.in(folder, "completion", shell);
            assertThat(run.code()).as(run.err()).isZero();
            Files.writeString(folder.resolve(shell), run.out());
        }
    }

    private static boolean has(String program) {
        for (String each : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(each, program))) {
                return true;
            }
        }
        return false;
    }

    private static ProgramRun shell(String... words) {
        return ProgramRun.startCommand(folder, Map.of(), List.of(words)).await();
    }

    @ParameterizedTest
    @CsvSource({
        "deepsentry|conv, convert",
        "deepsentry|run|--inp, --input",
        "deepsentry|run|--train-on|, normal all",
        "deepsentry|completion|, bash zsh fish",
        "deepsentry|parse|--output|, table json"
    })
    void bash_completes_commands_options_and_values(String typed, String offered) {
        String words = "(" + ("'" + typed.replace("|", "' '") + "'") + ")";

        ProgramRun run = shell(
                "bash",
                "-c",
                "source ./bash; compopt() { :; }; COMP_WORDS=" + words + "; COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
                        + " COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE}; _complete_deepsentry;"
                        + " echo \"${COMPREPLY[*]}\"");

        assertThat(run.err()).isEmpty();
        assertThat(run.out().strip()).isEqualTo(offered);
    }

    @ParameterizedTest
    @CsvSource({"deepsentry conv, convert", "deepsentry run --inp, --input", "'deepsentry run --train-on a', all"})
    void fish_completes_commands_options_and_values(String typed, String offered) {
        assumeTrue(has("fish"), "fish is not on the PATH");

        ProgramRun run = shell("fish", "-c", "source ./fish; complete -C '" + typed + "'");

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).anyMatch(line -> line.startsWith(offered));
    }

    @Test
    void zsh_takes_the_script_and_knows_the_program() {
        assumeTrue(has("zsh"), "zsh is not on the PATH");

        ProgramRun run = shell(
                "zsh",
                "-f",
                "-c",
                "autoload -Uz compinit && compinit -u -d dump && source ./zsh && echo $_comps[deepsentry]");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().strip()).contains("_bash_complete").contains("_complete_deepsentry");
    }

    @Test
    void manual_pages_of_all_commands_are_typeset_without_a_complaint() throws IOException {
        ProgramRun run = ProgramRun.in(folder, "man", "--output-dir", "man1");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("man1")).isDirectoryContaining("glob:**/deepsentry-run.1");
        String page = Files.readString(folder.resolve("man1/deepsentry-run.1"));
        assertThat(page)
                .startsWith(".TH \"DEEPSENTRY-RUN\" \"1\"")
                .contains("\\fB\\-\\-session\\-key\\fR=\\fIKEY\\fR", "(blk_\\-?\\ed+)");
        assumeTrue(has("groff"), "groff is not on the PATH");
        try (var pages = Files.list(folder.resolve("man1"))) {
            for (Path each : pages.toList()) {
                ProgramRun typeset = shell("groff", "-man", "-Tutf8", "-ww", each.toString());
                assertThat(typeset.code()).as(each.toString()).isZero();
                assertThat(typeset.err()).as(each.toString()).isEmpty();
            }
        }
    }
}
