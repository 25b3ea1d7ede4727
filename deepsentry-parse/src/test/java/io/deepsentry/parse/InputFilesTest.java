package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {
    private final Path folder;

    InputFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void aFolderIsAllLogsBelowItInTheOrderOfTheirPaths() throws IOException {
        Path second = write("b/driver.log", "one\n");
        Path first = write("a/driver.log", "two\n");
        Path packed = folder.resolve("c.log.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write("three\n".getBytes(StandardCharsets.UTF_8));
        }

        InputFiles files = InputFiles.of(List.of(folder));

        assertThat(files.files()).containsExactly(first, second, packed);
        assertThat(files.folders()).containsExactly(folder);
        assertThat(files.note()).isEmpty();
        try (LogReader reader =
                LogReader.builder().input(folder).format("plain").open()) {
            assertThat(reader.stream().map(LogEvent::message)).containsExactly("two", "one", "three");
        }
    }

    @Test
    void whatIsNoLogIsLeftOutAndCounted() throws IOException {
        Path log = write("app.log", "one\n");
        write(".app.log.crc", "sum\n");
        write(".git/config", "text\n");
        write("empty.log", "");
        write("blank.log", "\n\n");
        Files.write(folder.resolve("core"), new byte[] {1, 2, 3, 4, 5, 6, 7, 1, 2, 3});
        Files.write(folder.resolve("logs.zip"), new byte[] {'P', 'K', 3, 4, 'a', 'b'});
        Files.write(folder.resolve("none.zip"), new byte[] {'P', 'K', 5, 6, 0, 0});

        InputFiles files = InputFiles.of(List.of(folder));

        assertThat(files.files()).containsExactly(log);
        assertThat(files.note()).hasValue("left out 6 files (2 archives, 1 binary, 2 empty, 1 hidden)");
    }

    @Test
    void inputsThatAreNoFoldersStayAsTheyAre() throws IOException {
        Path hidden = write(".hidden.log", "one\n");
        Path missing = folder.resolve("missing.log");

        assertThat(InputFiles.of(List.of(missing, hidden, Path.of("-"))).files())
                .containsExactly(missing, hidden, Path.of("-"));
    }

    @Test
    void aFolderWithoutALogIsRefused() throws IOException {
        write(".hidden", "one\n");

        assertThatThrownBy(() -> LogReader.builder().input(folder).open())
                .isInstanceOfSatisfying(
                        LogParseException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
                .hasMessageContaining("has no log; left out 1 file (hidden)");
    }

    @Test
    void aFolderReachedThroughALinkIsReadOnce() throws IOException {
        Path log = write("jobs/app.log", "one\n");
        Files.createSymbolicLink(folder.resolve("jobs/again"), folder.resolve("jobs"));

        assertThat(InputFiles.of(List.of(folder.resolve("jobs"))).files()).containsExactly(log);
    }
}
