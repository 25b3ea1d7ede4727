package io.deepsentry.live.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.deepsentry.core.DataException;
import io.deepsentry.parse.Origin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertSinkTest {
    private static final Alert ALERT =
            new Alert(Instant.EPOCH, 2, 1, "caf\u00e9", List.of("caf\u00e9"), "s", "id", new Origin("f", 1, 0));
    private static final String LINE = AlertFormat.RECORD.write(ALERT) + "\n";

    private final Path file;

    AlertSinkTest(@TempDir Path folder) {
        this.file = folder.resolve("new/alerts.txt");
    }

    @Test
    void appendsLinesThatAreThereAtOnce() throws IOException {
        try (AlertSink sink = FileAlertSink.open(file, AlertFormat.RECORD)) {
            sink.write(ALERT);
            assertThat(file).hasContent(LINE);
        }
        try (AlertSink sink = FileAlertSink.open(file, AlertFormat.JSON)) {
            sink.write(ALERT);
        }
        assertThat(Files.readString(file)).isEqualTo(LINE + AlertFormat.JSON.write(ALERT) + "\n");
    }

    @Test
    void beginsANewLineAfterOneThatWasLeftHalfWritten() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "TIMESTAMP=2008-");
        try (AlertSink sink = FileAlertSink.open(file, AlertFormat.RECORD)) {
            sink.write(ALERT);
        }
        assertThat(Files.readString(file)).isEqualTo("TIMESTAMP=2008-\n" + LINE);
    }

    @Test
    void saysThatTheDiskIsFull() {
        Path full = Path.of("/dev/full");
        assumeThat(full).as("a device that is always full").exists();
        try (AlertSink sink = FileAlertSink.open(full, AlertFormat.RECORD)) {
            assertThatThrownBy(() -> sink.write(ALERT))
                    .isInstanceOfSatisfying(
                            DataException.class, e -> assertThat(e.exitCode()).isEqualTo(1))
                    .hasMessageContaining("/dev/full")
                    .hasMessageContaining("No space left")
                    .hasMessageContaining("output_file");
        }
    }

    @Test
    void saysThatAFolderIsNoFile() throws IOException {
        Files.createDirectories(file);
        assertThatThrownBy(() -> FileAlertSink.open(file, AlertFormat.RECORD))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("directory");
    }

    @Test
    void saysWhyAFolderTakesNoFileAndWhatToDo() {
        Path impossible = Path.of("/proc/deepsentry-alerts");
        assumeThat(impossible.getParent()).isDirectory();
        assertThatThrownBy(() -> FileAlertSink.open(impossible, AlertFormat.RECORD))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "output_file " + impossible + " cannot be written: no file could be made in /proc")
                .hasMessageContaining("choose another");
    }

    @Test
    void saysThatAFileIsWhereAFolderIsNeeded() throws IOException {
        Files.createFile(file.getParent());
        assertThatThrownBy(() -> FileAlertSink.open(file, AlertFormat.RECORD))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(file.getParent() + " is a file, but a folder is needed there");
    }

    @Test
    void refusesAlertsOnceClosed() {
        AlertSink sink = FileAlertSink.open(file, AlertFormat.RECORD);
        sink.close();
        sink.close();
        assertThatThrownBy(() -> sink.write(ALERT)).hasMessageContaining("closed");
    }

    @Test
    void writesToAStreamInUtf8AndLeavesItOpen() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AlertSink sink = new StreamAlertSink(out, AlertFormat.RECORD)) {
            sink.write(ALERT);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(LINE);
    }

    @Test
    void saysThatTheReaderOfAPrintStreamIsGone() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        for (OutputStream out : List.of(gone, new PrintStream(gone, true, StandardCharsets.UTF_8))) {
            try (AlertSink sink = new StreamAlertSink(out, AlertFormat.RECORD)) {
                assertThatThrownBy(() -> sink.write(ALERT)).isInstanceOf(DataException.class);
            }
        }
    }
}
