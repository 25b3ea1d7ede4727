package io.deepsentry.anomaly.internal.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.anomaly.internal.alert.SourceLines.Place;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.redact.Redaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceLinesTest {
    private final Path folder;

    SourceLinesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** One log has lines of both encodings where two programs write it. */
    @Test
    void decodesEachLineAsTheReaderDid() throws IOException {
        byte[] bytes = bytes(
                latin1("Zugriff verweigert für Jürgen\n"),
                utf8("Zugriff verweigert für Jürgen\n"),
                latin1("Benutzer Müller größe=41 geändert\r\n"),
                latin1("ends with é\r\n"),
                latin1("° is no letter of Latin-1\n"),
                utf8("plain\n"),
                latin1("the last, without an end: Größe"));
        Path plain = Files.write(folder.resolve("app.log"), bytes);
        Path packed = folder.resolve("app.log.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(bytes);
        }
        for (Path log : List.of(plain, packed)) {
            Map<Place, String> read = asRead(log);
            assertThat(read.values())
                    .contains(
                            "Zugriff verweigert für Jürgen",
                            "Benutzer Müller größe=41 geändert",
                            "the last, without an end: Größe");
            assertThat(SourceLines.read(read.keySet(), Redaction.SECRETS)).isEqualTo(read);
        }
        Map<Place, String> read = asRead(plain);
        assertThat(SourceLines.readPlain(read.keySet())).isEqualTo(read);
    }

    @Test
    void readsAFirstLineBehindAByteOrderMark() throws IOException {
        Path log = Files.write(folder.resolve("marked.log"), bytes(utf8("\uFEFFGröße 1\n"), utf8("Größe 2\n")));
        Map<Place, String> read = asRead(log);
        assertThat(read.values()).containsExactlyInAnyOrder("Größe 1", "Größe 2");
        assertThat(SourceLines.readPlain(read.keySet())).isEqualTo(read);
    }

    /** Where the limit in bytes cuts a character in two, the beginning of the line is not another encoding's. */
    @Test
    void keepsTheEncodingOfALineThatIsTooLong() throws IOException {
        String line = "é".repeat(3 * SourceLines.LONGEST);
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
            Path log = Files.write(folder.resolve("long.log"), ("x" + line + "\n").getBytes(charset));
            Place place = new Place(log.toString(), 0);
            assertThat(SourceLines.readPlain(List.of(place)))
                    .containsEntry(place, "x" + line.substring(0, SourceLines.LONGEST - 1) + "...");
        }
    }

    /** The messages of a log whose lines are nothing else. */
    private static Map<Place, String> asRead(Path log) {
        Map<Place, String> lines = new HashMap<>();
        try (LogReader reader =
                LogReader.builder().input(log).format("regex:(?<message>.*)").open()) {
            for (LogEvent event : reader) {
                lines.put(new Place(log.toString(), event.origin().byteOffset()), event.message());
            }
        }
        return lines;
    }

    private static byte[] bytes(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
