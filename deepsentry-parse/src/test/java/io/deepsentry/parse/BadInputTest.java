package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.parse.LogParseException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs and settings that cannot be read: one clear message each, and the exit code of the contract. */
class BadInputTest {
    private final Path folder;

    BadInputTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void aMissingFile() {
        refused(LogReader.builder().input(folder.resolve("no.log")), Kind.MISSING, 3, "no.log does not exist");
    }

    @Test
    void allMissingFilesInOneGo() {
        refused(
                LogReader.builder().inputs(folder.resolve("a.log"), folder.resolve("b.log")),
                Kind.MISSING,
                3,
                "a.log does not exist",
                "b.log does not exist");
    }

    @Test
    void anEmptyFile() throws IOException {
        refused(LogReader.builder().input(write("empty.log", new byte[0])), Kind.EMPTY, 3, "empty.log is empty");
    }

    @Test
    void aFileOfBlankLines() throws IOException {
        refused(
                LogReader.builder()
                        .input(write("blank.log", text("\n  \n\t\n")))
                        .format("utah"),
                Kind.EMPTY,
                3,
                "blank.log has no log line, only 3 blank lines");
    }

    @Test
    void anEmptyGzipFile() throws IOException {
        refused(LogReader.builder().input(write("e.gz", gzip(new byte[0]))), Kind.EMPTY, 3, "e.gz is empty");
    }

    @Test
    void aGzipFileThatIsOnlyAHeader() throws IOException {
        byte[] head = java.util.Arrays.copyOf(gzip(text("hello")), 7);
        refused(LogReader.builder().input(write("h.gz", head)), Kind.UNREADABLE, 3, "h.gz is a truncated gzip file");
    }

    @Test
    void emptyStandardInput() {
        refused(
                LogReader.builder()
                        .input("stdin", new ByteArrayInputStream(new byte[0]))
                        .format("utah"),
                Kind.EMPTY,
                3,
                "input stdin is empty");
    }

    @Test
    void aDirectoryWithoutALog() {
        refused(LogReader.builder().input(folder), Kind.EMPTY, 3, "has no log");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "utah", "plain", "json"})
    void aBinaryFileWhateverTheFormat(String format) throws IOException {
        byte[] random = new byte[20_000];
        new Random(1).nextBytes(random);
        random[0] = 1;
        Path file = write("core.bin", random);
        refused(LogReader.builder().input(file).format(format), Kind.BAD_FORMAT, 2, "core.bin is a binary file");
    }

    @Test
    void archivesAndOtherEncodingsAreNamed() throws IOException {
        refused(archive("a.zip", 'P', 'K', 3, 4), Kind.BAD_FORMAT, 2, "a.zip is a zip file", "unpack");
        refused(archive("a.7z", '7', 'z', 0xBC, 0xAF, 0x27, 0x1C), Kind.BAD_FORMAT, 2, "a.7z is a 7z archive");
        refused(archive("a.rar", 'R', 'a', 'r', '!', 0x1A, 7), Kind.BAD_FORMAT, 2, "a.rar is a rar archive");
        refused(archive("a.bz2", 'B', 'Z', 'h', '9'), Kind.UNREADABLE, 3, "bzip2 file");
        refused(archive("a.xz", 0xFD, '7', 'z', 'X', 'Z', 0), Kind.UNREADABLE, 3, "xz file");
        refused(archive("a.zst", 0x28, 0xB5, 0x2F, 0xFD), Kind.UNREADABLE, 3, "zstd file");
    }

    @Test
    void aTarArchiveIsNoLogWhateverPacksIt() throws IOException {
        byte[] tar = tar("app.log", "2026-01-01 10:00:00 INFO one\n");
        String[] advice = {"is a tar archive", "unpack it", "tar -xOf FILE"};
        refused(LogReader.builder().input(write("a.tar", tar)), Kind.BAD_FORMAT, 2, advice);
        refused(LogReader.builder().input(write("b.log", tar)), Kind.BAD_FORMAT, 2, advice);
        refused(LogReader.builder().input(write("a.tgz", gzip(tar))), Kind.BAD_FORMAT, 2, advice);
        refused(
                LogReader.builder()
                        .input("stdin", new ByteArrayInputStream(gzip(tar)))
                        .format("plain"),
                Kind.BAD_FORMAT,
                2,
                advice);
    }

    @Test
    void textThatOnlyLooksLikeATarArchiveIsRead() throws IOException {
        byte[] tar = tar("app.log", "one\n");
        tar[0] ^= 1; // the checksum does not hold
        try (LogReader reader =
                LogReader.builder().input(write("a.log", tar)).format("plain").open()) {
            assertThat(reader).extracting(LogEvent::message).contains("one");
        }
    }

    @Test
    void textInAnotherEightBitEncodingIsNotTakenForBinary() throws IOException {
        Path file = write(
                "latin.log", "260102 030405 \u00e4\u00f6\u00fc\u00df\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        try (LogReader reader = LogReader.builder().input(file).open()) {
            assertThat(reader).extracting(LogEvent::message).containsExactly("\u00e4\u00f6\u00fc\u00df\u00e9");
        }
    }

    @Test
    void settingsThatContradictEachOther() throws IOException {
        Path log = write("a.log", text("260102 030405 x\n"));
        refused(LogReader.builder(), Kind.BAD_ARGUMENT, 2, "no input was named");
        refused(
                LogReader.builder().inputs(Path.of("-"), Path.of("/dev/stdin")),
                Kind.BAD_ARGUMENT,
                2,
                "standard input was named more than once");
        refused(
                LogReader.builder().input(log).parser(new UtahLogParser()).format("utah"),
                Kind.BAD_ARGUMENT,
                2,
                "format 'utah' and a custom parser were both given");
        refused(
                LogReader.builder().input(log).parser(new UtahLogParser()).parserClass("a.B"),
                Kind.BAD_ARGUMENT,
                2,
                "parser and parserClass were both given");
        refused(
                LogReader.builder().input(log).parser(new UtahLogParser()).timeFormat("epoch"),
                Kind.BAD_ARGUMENT,
                2,
                "time format 'epoch' and a custom parser");
        assertThatThrownBy(() -> LogReader.builder().maxLineLength(0)).hasMessageContaining("at least 1, but was 0");
    }

    @Test
    void anUnknownFormatBeforeAnythingIsRead() throws IOException {
        Path log = write("a.log", text("x\n"));
        assertThatThrownBy(() -> LogReader.builder().input(log).format("hdsf").open())
                .hasMessageContaining("format 'hdsf' is not known. Did you mean 'hdfs'?");
    }

    private LogReader.Builder archive(String name, int... magic) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b : magic) {
            bytes.write(b);
        }
        bytes.write(new byte[100]);
        return LogReader.builder().input(write(name, bytes.toByteArray()));
    }

    private static void refused(LogReader.Builder settings, Kind kind, int exitCode, String... parts) {
        assertThatThrownBy(() -> {
                    try (LogReader reader = settings.open()) {
                        reader.forEach(event -> {});
                    }
                })
                .isInstanceOfSatisfying(LogParseException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.exitCode()).isEqualTo(exitCode);
                })
                .hasMessageContainingAll(List.of(parts).toArray(new String[0]));
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A tar archive of one file. */
    private static byte[] tar(String name, String content) {
        byte[] tar = new byte[1536];
        put(tar, 0, name);
        put(tar, 100, "0000644");
        put(tar, 124, String.format("%011o", content.length()));
        put(tar, 148, "        0");
        put(tar, 257, "ustar");
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xFF;
        }
        put(tar, 148, String.format("%06o\0 ", sum));
        put(tar, 512, content);
        return tar;
    }

    private static void put(byte[] bytes, int at, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, bytes, at, ascii.length);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
