package io.deepsentry.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class BytesTest {
    private static final String TEXT = "first line\nsecond line\n";

    @Test
    void membersAreReadOneAfterTheOtherAndWordsAfterThemAreCounted() throws IOException {
        byte[] two = concat(concat(gzip(utf8("a\nb\n")), gzip(utf8("c\n"))), utf8("words after the end"));
        try (LogReader reader = open(two)) {
            assertThat(messages(reader)).containsExactly("a", "b", "c");
            assertThat(reader.stats().ignoredBytes()).isEqualTo(19);
        }
    }

    @Test
    void gzipInGzipIsUnpackedTwice() throws IOException {
        assertThat(read(gzip(gzip(utf8(TEXT))))).containsExactly("first line", "second line");
    }

    @Test
    void severalMembersOfXzAreRead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String part : List.of("a\n", "b\n")) {
            XZOutputStream xz = new XZOutputStream(bytes, new LZMA2Options());
            xz.write(utf8(part));
            xz.finish();
        }
        assertThat(read(bytes.toByteArray())).containsExactly("a", "b");
    }

    @Test
    void utf16IsDecodedWithAndWithoutByteOrderMark() {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertThat(read(TEXT.getBytes(charset))).containsExactly("first line", "second line");
            assertThat(read(("\uFEFF" + TEXT).getBytes(charset))).containsExactly("first line", "second line");
        }
    }

    @Test
    void aHoleOfNulsEndsALine() {
        assertThat(read(utf8("\0".repeat(70_000) + "a\nb" + "\0".repeat(20) + "c\n\0\0d\n")))
                .containsExactly("a", "b", "c", "d");
    }

    @Test
    void latin1IsDecodedAndOtherBrokenBytesAreReplaced() {
        byte[] latin1 = "M\u00FCller l\u00F6scht Gr\u00F6\u00DFe\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(read(latin1)).containsExactly("M\u00FCller l\u00F6scht Gr\u00F6\u00DFe");
        assertThat(read(new byte[] {'a', ' ', (byte) 0xC3, ' ', 'b', '\n'})).containsExactly("a \uFFFD b");
    }

    private static List<String> read(byte[] bytes) {
        try (LogReader reader = open(bytes)) {
            return messages(reader);
        }
    }

    private static LogReader open(byte[] bytes) {
        return LogReader.builder()
                .input("a stream", new ByteArrayInputStream(bytes))
                .format("plain")
                .open();
    }

    private static List<String> messages(LogReader reader) {
        return reader.stream().map(LogEvent::message).toList();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(first);
        bytes.writeBytes(second);
        return bytes.toByteArray();
    }
}
