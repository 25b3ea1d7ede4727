package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program, killed with SIGKILL at random moments while its logs are written and rotated. */
class KillTest {
    private static final int KILLS = 20;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void losesAndDoublesNoLineAndNoAlertHoweverOftenItIsKilled(@TempDir Path folder)
            throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "/proc is needed, which this system does not have");
        assumeTrue(hasPython(), "python3 is needed, which is not on the PATH");
        String program =
                ProgramRun.java().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path log = folder.resolve("kill-test.log");
        Process test = new ProcessBuilder(List.of(
                        "python3",
                        Path.of("..", "tools", "kill-test", "kill_test.py")
                                .toAbsolutePath()
                                .toString(),
                        "--program",
                        program,
                        "--kills",
                        Integer.toString(KILLS),
                        "--runtime",
                        "onnxruntime",
                        "--longest-life",
                        "2",
                        "--rotate-every",
                        "2"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            int code = test.waitFor();
            assertThat(Files.readString(log))
                    .contains("kills                   " + KILLS)
                    .contains("alerts lost             0\n")
                    .contains("alerts doubled          0\n")
                    .endsWith("passed\n");
            assertThat(code).isZero();
        } finally {
            test.descendants().forEach(ProcessHandle::destroyForcibly);
            test.destroyForcibly();
        }
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
