package io.deepsentry.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtomicFileTest {
    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void replacesAFileAndMakesItsFolders(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a/b/c.txt");
        AtomicFile.writeText(file, "one");
        AtomicFile.writeText(file, "two");
        assertThat(file).hasContent("two");
        assertThat(namesIn(folder.resolve("a/b"))).containsExactly("c.txt");
    }

    @Test
    void takesAPathWithoutAFolder() throws IOException {
        Path file = Path.of("atomic-file-test.txt");
        AtomicFile.writeText(file, "one");
        assertThat(file).hasContent("one");
        Files.delete(file);
    }

    @Test
    void keepsTheOldFileWhenWritingFails(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFile.writeText(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write(new byte[100_000]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(DataException.class)
                .hasMessage(
                        file
                                + " cannot be written: the disk is full; free some space or choose another folder, and run again");
        assertThatThrownBy(() -> AtomicFile.writeAt(file, path -> {
                    Files.writeString(path, "half");
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);
        try (AtomicFile abandoned = AtomicFile.create(file)) {
            Files.writeString(abandoned.temporary(), "half");
        }
        assertThat(file).hasContent("old");
        assertThat(namesIn(folder)).containsExactly("a.txt");
    }

    @Test
    void refusesAFolderAsTarget(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> AtomicFile.writeText(folder, "x"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("it is a folder");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> AtomicFile.writeText(file.resolve("below"), "x"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be written");
        assertThat(namesIn(folder)).containsExactly("file");
    }

    @ParameterizedTest
    @CsvSource({
        "No space left on device,the disk is full",
        "There is not enough space on the disk,the disk is full",
        "Disk quota exceeded,the disk is full",
        "Read-only file system,the file system is read-only",
        "Input/output error,Input/output error; check the disk"
    })
    void saysWhatToDoAboutEveryFailure(String message, String said) {
        assertThat(AtomicFile.failure(Path.of("a"), new IOException(message)))
                .hasMessageContaining(said)
                .hasMessageStartingWith("a cannot be written");
    }

    @Test
    void namesTheFileThatIsWhereAFolderIsNeeded(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        for (Path target : List.of(file.resolve("a"), file.resolve("b/c"))) {
            String said = target + " cannot be written: " + file
                    + " is a file, but a folder is needed there; choose another folder";
            assertThatThrownBy(() -> AtomicFile.writeText(target, "x"))
                    .isInstanceOf(DataException.class)
                    .hasMessage(said);
            assertThatThrownBy(() -> AtomicFile.requireWritableFolder(target))
                    .isInstanceOf(DataException.class)
                    .hasMessage(said);
        }
        assertThatThrownBy(() -> AtomicFile.requireWritableFolder(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is a file, but a folder is needed there");
        assertThat(file).hasContent("kept");
    }

    @Test
    void namesTheFolderInWhichNoFileCanBeMade(@TempDir Path folder) {
        assertThat(AtomicFile.failure(folder.resolve("gone/file"), new NoSuchFileException("gone/file")))
                .hasMessage(folder.resolve("gone/file") + " cannot be written: no file could be made in " + folder
                        + "; check that folder, or choose another");
    }

    @Test
    void triesAFolderWithoutLeavingAnythingInIt(@TempDir Path folder) {
        Path made = folder.resolve("a/b");
        AtomicFile.requireWritableFolder(made);
        AtomicFile.requireWritableFolder(made);
        assertThat(made).isEmptyDirectory();
    }
}
