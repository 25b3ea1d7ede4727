package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deepsentry.parse.Origin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Places for alerts that take none for a while, or have been moved away. */
@Timeout(60)
class SinkFaultsTest {
    private final Path folder;
    private final Path file;

    SinkFaultsTest(@TempDir Path folder) {
        this.folder = folder;
        this.file = folder.resolve("alerts.txt");
    }

    @Test
    void holdsAlertsWhileTheDiskIsFullAndWritesThemInOrderOnceItIsNot() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs a device that is always full");
        Files.createSymbolicLink(file, full);
        try (SeveralAlertSinks sinks =
                new SeveralAlertSinks(Map.of("file", FileAlertSink.open(file, AlertFormat.RECORD)))) {
            sinks.write(alert(1));
            sinks.write(alert(2));
            assertThat(sinks.stats().get(0).waiting()).isEqualTo(2);
            assertThat(sinks.stats().get(0).failing()).isTrue();
            Files.delete(file);
            sinks.reopen();
            sinks.write(alert(3));
            assertThat(sinks.stats().get(0).waiting()).isZero();
        }
        assertThat(file).hasContent(line(1) + line(2) + line(3));
    }

    @Test
    void waitsForNoReaderOfAPipeAndGivesItWhatCameBefore() throws Exception {
        assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0, "needs mkfifo");
        assertThat(PipeAlertSink.isPipe(file)).isTrue();
        PipeAlertSink sink = PipeAlertSink.open(file, AlertFormat.RECORD);
        int count = PipeAlertSink.MOST_WAITING + 10;
        for (int number = 0; number < count; number++) {
            sink.write(alert(number));
        }
        List<String> read = new ArrayList<>();
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            while (read.size() < PipeAlertSink.MOST_WAITING) {
                read.add(reader.readLine());
            }
            sink.write(alert(count));
            assertThat(reader.readLine() + "\n").isEqualTo(line(count));
        }
        assertThat(read.get(PipeAlertSink.MOST_WAITING - 1) + "\n").isEqualTo(line(count - 1));
        sink.close();
    }

    @Test
    void endsSoonIfNobodyReadsAPipe() throws Exception {
        assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0, "needs mkfifo");
        PipeAlertSink sink = PipeAlertSink.open(file, AlertFormat.RECORD);
        sink.write(alert(1));
        sink.close();
        sink.close();
    }

    @Test
    void takesAFileForNoPipe() throws IOException {
        assertThat(PipeAlertSink.isPipe(file)).isFalse();
        Files.createFile(file);
        assertThat(PipeAlertSink.isPipe(file)).isFalse();
        assertThat(PipeAlertSink.isPipe(folder)).isFalse();
    }

    @Test
    void writesNoAlertAgainThatWasRotatedAndCompressedBeforeACrash() throws IOException {
        String mark;
        FileAlertSink sink = FileAlertSink.open(file, AlertFormat.JSON);
        sink.write(alert(1));
        sink.flush();
        mark = sink.mark();
        sink.write(alert(2));
        try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(folder.resolve("alerts.txt.1.gz")))) {
            Files.copy(file, packed);
        }
        Files.delete(file);
        sink.write(alert(3));
        sink.close();
        try (FileAlertSink next = FileAlertSink.open(file, AlertFormat.JSON)) {
            next.resume(mark);
            next.write(alert(2));
            next.write(alert(3));
            next.write(alert(4));
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(AlertFormat.JSON.write(alert(3)), AlertFormat.JSON.write(alert(4)));
    }

    private static String line(int number) {
        return AlertFormat.RECORD.write(alert(number)) + "\n";
    }

    private static Alert alert(int number) {
        return new Alert(
                Instant.EPOCH, 2, 1, "m" + number, List.of("m"), "s", "id" + number, new Origin("f", 1 + number, 0));
    }
}
