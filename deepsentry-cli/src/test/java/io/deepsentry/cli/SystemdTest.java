package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears of {@code live}, through the real {@code systemd-notify}. */
@Tag("long")
class SystemdTest {
    private static final String STUCK = "nobody returns from here";

    private static final String PARSER = """
            package com.example;
            import io.deepsentry.parse.LogParser;
            import io.deepsentry.parse.ParsedLine;
            import java.util.Optional;
            import java.util.concurrent.locks.LockSupport;
            public final class StuckParser implements LogParser {
                @Override
                public Optional<ParsedLine> parse(String line) {
                    while (line.contains("%s")) {
                        LockSupport.park();
                    }
                    return Optional.of(ParsedLine.of(null, line));
                }
            }
            """.formatted(STUCK);

    /** Binds the socket, and prints each message with its lines joined. */
    private static final String RECEIVER = """
            import socket, sys
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.bind(sys.argv[1])
            print("bound", flush=True)
            while True:
                print(manager.recv(4096).decode().replace("\\n", " "), flush=True)
            """;

    private final List<Process> processes = new ArrayList<>();

    private final Path folder;
    private final Path heard;

    SystemdTest(@TempDir Path folder) {
        this.folder = folder;
        heard = folder.resolve("heard");
    }

    @BeforeEach
    void listen() throws IOException {
        assumeThat(Stream.of("python3", "systemd-notify").allMatch(SystemdTest::installed))
                .as("python3 and systemd-notify on the PATH")
                .isTrue();
        processes.add(new ProcessBuilder("python3", "-c", RECEIVER, socket().toString())
                .redirectOutput(heard.toFile())
                .start());
        eventually(() -> heard().contains("bound"));
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void whoStartedItHearsWhenItIsReadyReloadsStopsAndThatItIsAlive() throws Exception {
        ProgramRun.Running live = live(Map.of("WATCHDOG_USEC", "1000000"));

        eventually(() -> heard().stream().filter("WATCHDOG=1"::equals).count() > 2);
        live.signal("HUP");
        eventually(() ->
                heard().stream().filter(each -> each.startsWith("READY=1")).count() == 2);
        live.signal("TERM");

        assertThat(live.await().code()).isEqualTo(143);
        eventually(() -> heard().contains("STOPPING=1"));
        assertThat(heard().stream().filter(each -> each.matches("(READY|RELOADING|STOPPING)=1.*")))
                .containsExactly(
                        "READY=1 STATUS=watching",
                        "RELOADING=1 STATUS=reloading",
                        "READY=1 STATUS=watching",
                        "STOPPING=1");
    }

    @Test
    void aRunThatIsStuckGivesNoSignsOfLife() throws Exception {
        live(Map.of("WATCHDOG_USEC", "1000000"));
        eventually(() -> heard().contains("WATCHDOG=1"));

        Files.writeString(folder.resolve("app.log"), STUCK + "\n", StandardOpenOption.APPEND);

        eventually(() -> silence().compareTo(Duration.ofSeconds(2)) > 0);
        assertThat(processes.get(1).isAlive()).isTrue();
    }

    @Test
    void withoutAWatchdogNoSignsOfLifeAreGiven() throws Exception {
        ProgramRun.Running live = live(Map.of("WATCHDOG_USEC", "1000000", "WATCHDOG_PID", "1"));
        eventually(() -> heard().contains("READY=1 STATUS=watching"));
        live.signal("TERM");
        eventually(() -> heard().contains("STOPPING=1"));

        assertThat(heard()).doesNotContain("WATCHDOG=1");
    }

    private ProgramRun.Running live(Map<String, String> environment) throws IOException, URISyntaxException {
        Path source = Files.writeString(folder.resolve("StuckParser.java"), PARSER);
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        Files.createDirectory(folder.resolve("classes")).toString(),
                        source.toString());
        assertThat(compiled).isZero();
        Files.writeString(folder.resolve("app.log"), "one line\n");
        Map<String, String> all = new HashMap<>(environment);
        all.put("NOTIFY_SOCKET", socket().toString());
        ProgramRun.Running live = ProgramRun.start(
                folder,
                all,
                "live",
                "--log-file",
                "app.log",
                "--output-file",
                "alerts.log",
                "--custom-parser",
                "com.example.StuckParser",
                "--parser-path",
                "classes",
                "--data-dir",
                models().toString());
        processes.add(live.process());
        return live;
    }

    private Path models() throws IOException, URISyntaxException {
        Path golden = Path.of(Objects.requireNonNull(SystemdTest.class.getResource("golden/streams"), "golden models")
                .toURI());
        Path data = folder.resolve("data");
        try (Stream<Path> files = Files.walk(golden)) {
            for (Path file : files.toList()) {
                Files.copy(file, data.resolve(golden.relativize(file).toString()));
            }
        }
        return data;
    }

    private Path socket() {
        return folder.resolve("notify");
    }

    private List<String> heard() {
        try {
            return Files.readAllLines(heard);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Duration silence() {
        try {
            return Duration.between(Files.getLastModifiedTime(heard).toInstant(), Instant.now());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(condition);
    }

    private static boolean installed(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
