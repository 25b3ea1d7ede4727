package io.deepsentry.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.deepsentry.live.internal.state.SteppedClock;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A log that the real logrotate rotates as the distribution's example says. */
@Timeout(60)
class LogrotateTest {
    private static final Path EXAMPLE = Path.of("..", "deepsentry-cli", "src", "dist", "logrotate", "app");

    private final Path folder;

    LogrotateTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({"/var/log/app/app.log, true", "/var/log/app/app.log, false", "/var/log/other/other.log, true"})
    void everyLineIsReadOnceWhetherItIsReadBeforeOrAfterItsRotation(String path, boolean before) throws Exception {
        Path settings = settings(path);
        Path log = Files.createFile(folder.resolve("app.log"));
        List<String> read = new ArrayList<>();
        int written = 0;
        try (DataStream stream = DataStream.builder()
                .logFiles(List.of(log))
                .tailMode(TailMode.FROM_START)
                .format("plain")
                .pace(new SteppedClock())
                .open()) {
            for (int day = 0; day < 5; day++) {
                for (int line = 0; line < 20; line++) {
                    Files.writeString(log, "line " + ++written + "\n", StandardOpenOption.APPEND);
                }
                if (before) {
                    read(stream, read);
                }
                rotate(settings);
                Files.writeString(log, "line " + ++written + "\n", StandardOpenOption.APPEND);
                read(stream, read);
            }
            read(stream, read);
        }
        assertThat(read)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, written)
                        .mapToObj(line -> "line " + line)
                        .toList());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("app.log", "app.log.1", "app.log.2.gz", "app.log.5.gz");
        }
    }

    /** The example's part for a path, for a log in the test's folder that belongs to whoever runs the test. */
    private Path settings(String path) throws IOException {
        String example = Files.readString(EXAMPLE);
        int begin = example.indexOf(path + " {");
        String part = example.substring(begin, example.indexOf("\n}\n", begin) + 3)
                .replace(path, folder.resolve("app.log").toString())
                .replace("create 0640 app adm", "create 0640")
                .replaceFirst("systemctl .*", "true");
        return Files.writeString(folder.resolve("logrotate.conf"), part);
    }

    private void rotate(Path settings) throws IOException, InterruptedException {
        Path logrotate = Stream.of("/usr/sbin/logrotate", "/usr/bin/logrotate", "/opt/homebrew/sbin/logrotate")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeThat(logrotate).as("logrotate").isNotNull();
        Process process = new ProcessBuilder(
                        String.valueOf(logrotate),
                        "--force",
                        "--state",
                        folder.resolve("state").toString(),
                        settings.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static void read(DataStream stream, List<String> read) throws InterruptedException {
        for (int batch = 0; batch < 8; batch++) {
            stream.nextBatch().stream().map(LogEvent::message).forEach(read::add);
        }
    }
}
