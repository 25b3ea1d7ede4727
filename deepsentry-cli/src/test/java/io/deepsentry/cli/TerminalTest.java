package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code live} shows on a terminal and what it writes into a pipe, with its own launcher. */
class TerminalTest {
    private static final String ESC = "\u001b";
    private static final String BELL = "\u0007";
    private static final String RED = ESC + "[31m";
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
        String command = live().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
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
                .containsPattern(RED.replace("[", "\\[") + "2022-01-15T23:59:59Z  [^ ]+ > 1\\.00e-09  req-999  ")
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
