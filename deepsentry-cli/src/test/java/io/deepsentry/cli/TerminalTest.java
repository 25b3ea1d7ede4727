package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.cli.output.Lines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code live} shows on a terminal and what it writes into a pipe, with its own launcher. */
@Tag("long")
class TerminalTest {
    private static final String ESC = "\u001b";
    private static final String BELL = "\u0007";
    private static final String HOSTILE = "220115 235959 req-999 " + ESC + "]0;owned" + BELL + ESC + "[32m";
    private static final String ESCAPED = "\\u001b]0;owned\\u0007";

    private static Path folder = Path.of("");

    @BeforeAll
    static void learn(@TempDir Path temporary) throws IOException, InterruptedException {
        assumeTrue(hasScript(), "script of util-linux is needed, which is not on the PATH");
        folder = temporary;
        SyntheticLog.write(folder, 40);
        ProgramRun learned = ProgramRun.in(
                folder,
                "run",
                "--input",
                "app.log",
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--epochs",
                "1",
                "--output-dir",
                "deepsentry-data");
        assertThat(learned.code()).as(learned.err()).isZero();
        Files.write(folder.resolve("hostile.log"), Collections.nCopies(6, HOSTILE));
        Launcher.layOut(folder);
    }

    private static boolean hasScript() throws InterruptedException {
        try {
            Process script = new ProcessBuilder("script", "--version").start();
            String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return script.waitFor() == 0 && said.contains("util-linux");
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> live() {
        return List.of(
                folder.resolve("bin/deepsentry").toString(),
                "live",
                "--log-file",
                "hostile.log",
                "--format",
                "utah",
                "--session-key",
                SyntheticLog.SESSION_KEY,
                "--from-start",
                "--until-end",
                "--threshold",
                "1e-9");
    }

    private static ProgramRun onTerminal(Map<String, String> environment) {
        return onTerminal(environment, 80, live());
    }

    private static ProgramRun onTerminal(Map<String, String> environment, int columns, List<String> words) {
        String command = "stty cols " + columns + "; "
                + words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Map<String, String> all = new HashMap<>(environment);
        all.put("TERM", "xterm");
        all.put("JAVA_HOME", System.getProperty("java.home"));
        return ProgramRun.startCommand(folder, all, List.of("script", "-qec", command, "/dev/null"))
                .await();
    }

    @Test
    void aTerminalShowsHowItGoesAndItsAlarmsInColourAndNothingTheLogCouldDriveItWith() {
        ProgramRun run = onTerminal(Map.of());

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out())
                .as("the line that is redrawn")
                .containsPattern("\r[^\n]*/s  lag [0-9.]+ s  (score [^ ]+ of 1\\.00e-09|no score yet)")
                .contains(ESC + "[K")
                .contains(" messages")
                .as("the alarm")
                .containsPattern(ESC + "\\[33mWARNING" + ESC + "\\[0m   15 Jan 23:59:59  new message  session req-999")
                .contains(ESCAPED)
                .as("nothing the log brought along")
                .doesNotContain(ESC + "]", BELL, ESC + "[32m")
                .as("records are for programs")
                .doesNotContain("TIMESTAMP=");
    }

    @Test
    void aTerminalOfSomebodyWhoWantsNoColourHasNone() {
        ProgramRun run = onTerminal(Map.of("NO_COLOR", "1"));

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out()).contains("/s  lag ", ESCAPED).doesNotContain(ESC + "[3");
    }

    private static List<List<String>> commands() {
        String program = folder.resolve("bin/deepsentry").toString();
        return List.of(
                List.of(program),
                List.of(program, "live", "--help"),
                List.of(program, "eval", "--threshold", "1e-9", "--output-dir", "found"),
                List.of(program, "eval", "--threshold", "1e9", "--all", "--output-dir", "nothing"),
                List.of(program, "analyze", "--labels", "labels.txt"),
                live());
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 150})
    void nothingIsWiderThanTheTerminal(int columns) {
        for (List<String> command : commands()) {
            ProgramRun run = onTerminal(Map.of(), columns, command);

            assertThat(shownLines(run.out()))
                    .as(command + ": " + run.out())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(Lines.width(line)).as(line).isLessThanOrEqualTo(columns));
        }
    }

    /** What a terminal shows in the end: of a line that is redrawn the last drawing, and no colours. */
    private static List<String> shownLines(String output) {
        return output.lines()
                .map(String::stripTrailing)
                .map(line -> line.substring(line.lastIndexOf('\r') + 1))
                .map(line -> line.replaceAll(ESC + "\\[[0-9;]*[mK]", ""))
                .toList();
    }

    @Test
    void evalOfAllJudgesEverySessionAndSaysSo() throws IOException {
        ProgramRun all = ProgramRun.in(folder, "eval", "--all", "--output-dir", "whole");

        assertThat(all.code()).as(all.err()).isZero();
        assertThat(all.out())
                .containsPattern(
                        "learned from .*\\(32 sessions, 192 lines; of these 6 sessions, 36 lines for validation\\)")
                .containsPattern("judged .*40 sessions, 240 lines\\), including the training part");
        assertThat(folder.resolve("whole/anomaly_scores.csv")).content().hasLineCount(1 + 40);
        assertThat(folder.resolve("whole")).isDirectoryNotContaining("glob:**/.whole-log*");
    }

    @Test
    void aPipeIsNotCut() throws IOException {
        String name = "x".repeat(300);
        Files.write(folder.resolve("long.log"), List.of("220115 235959 req-1 " + name, "220115 235959 req-1 end"));

        ProgramRun run = ProgramRun.in(folder, "patterns", "--input", "long.log", "--format", "utah");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("req-1 " + name).doesNotContain("...");
    }

    @Test
    void whatTensorFlowLogsPastItsLevelIsTakenOutAndNothingElseIsLost() throws IOException {
        Path java = Files.createDirectories(folder.resolve("jre/bin")).resolve("java");
        Files.write(
                java,
                List.of(
                        "#!/bin/sh",
                        "echo 'WARNING: All log messages before absl::InitializeLog() is called are here' >&2",
                        "echo 'I0000 00:00:1795892677.123013 28888 pass.cc:401] a pass is not enabled' >&2",
                        "printf 'deepsentry: the last line' >&2",
                        "for word; do case $word in -Ddeepsentry.filter=*) filter=${word#*=} ;; esac; done",
                        "exec 2>/dev/null",
                        "while kill -0 \"$filter\"; do :; done"));
        assertThat(java.toFile().setExecutable(true)).isTrue();

        ProgramRun run = ProgramRun.startCommand(
                        folder,
                        Map.of("JAVA_HOME", folder.resolve("jre").toString()),
                        List.of(folder.resolve("bin/deepsentry").toString(), "run"))
                .await();

        assertThat(run.err().strip()).isEqualTo("deepsentry: the last line");
    }

    @Test
    void anErrorIsThereWhenTheProgramHasEnded() {
        for (int i = 0; i < 5; i++) {
            ProgramRun run = ProgramRun.startCommand(
                            folder,
                            Map.of("JAVA_HOME", System.getProperty("java.home")),
                            List.of(folder.resolve("bin/deepsentry").toString(), "nonsense"))
                    .await();

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("nonsense");
        }
    }

    @Test
    void aPipeGetsPlainRecords() {
        ProgramRun run = ProgramRun.startCommand(
                        folder, Map.of("TERM", "xterm", "JAVA_HOME", System.getProperty("java.home")), live())
                .await();

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("TIMESTAMP=").contains(ESCAPED));
        assertThat(run.out() + run.err()).doesNotContain(ESC, BELL, "\r", "/s  lag ");
    }
}
