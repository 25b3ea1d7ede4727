package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program under load, driven by the project's tools of that purpose. */
@Tag("long")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LiveLoadTest {
    private static final int KILLS = 20;

    @Test
    void losesAndDoublesNoLineAndNoAlertHoweverOftenItIsKilled(@TempDir Path folder)
            throws IOException, InterruptedException {
        String said = run(
                folder,
                "kill-test/kill_test.py",
                "-Xmx512m",
                List.of("--kills", Integer.toString(KILLS), "--longest-life", "2", "--rotate-every", "2"));

        assertThat(said)
                .contains("kills                   " + KILLS)
                .contains("alerts lost             0\n")
                .contains("alerts doubled          0\n")
                .endsWith("passed\n");
    }

    /**
     * The heap is small and touched at the start: what grows would be native memory, and what leaks in the heap would
     * exhaust it.
     */
    @Test
    void needsNoMoreMemoryForALongLogThanForAShortOne(@TempDir Path folder) throws IOException, InterruptedException {
        String said = run(
                folder,
                "live-load/load.py",
                "-Xms160m -Xmx160m -XX:+AlwaysPreTouch",
                List.of(
                        "soak",
                        "--rate",
                        "10000",
                        "--seconds",
                        "45",
                        "--rotate-bytes",
                        "8000000",
                        "--batch-interval",
                        "0.1"));

        assertThat(said).endsWith("flat\n");
    }

    /** Runs a tool to its end, which must be a good one, and gives what it said. */
    private static String run(Path folder, String tool, String heap, List<String> options)
            throws IOException, InterruptedException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "/proc is needed, which this system does not have");
        assumeTrue(hasPython(), "python3 is needed, which is not on the PATH");
        String program = ProgramRun.java().stream()
                .flatMap(word -> word.startsWith("-Xmx") ? Stream.of(heap.split(" ")) : Stream.of(word))
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        List<String> command = new ArrayList<>(
                List.of("python3", Path.of("..", "tools", tool).toAbsolutePath().toString()));
        command.addAll(options);
        command.addAll(List.of("--program", program));
        Path log = folder.resolve("tool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            int code = process.waitFor();
            String said = Files.readString(log);
            assertThat(code).as(said).isZero();
            return said;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
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
