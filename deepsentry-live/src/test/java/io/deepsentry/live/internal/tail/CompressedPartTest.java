package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompressedPartTest {
    /** At each rotation, logrotate gives the name of a file to the one after it. */
    @Test
    void isNotTheFileThatWasGivenItsName(@TempDir Path folder) throws IOException {
        Path first = write(folder.resolve("app.log.1.gz"), "line 1\n");
        Path second = write(folder.resolve("app.log.2.gz"), "line 2\n");
        String key = Objects.requireNonNull(PlainPart.keyAt(second));
        try (CompressedPart part = Objects.requireNonNull(CompressedPart.open(second, key, 0))) {
            ByteBuffer content = ByteBuffer.allocate(100);
            while (part.read(content, content.position()) >= 0) {}
            assertThat(new String(content.array(), 0, content.position(), StandardCharsets.UTF_8))
                    .isEqualTo("line 2\n");
        }
        Files.move(second, folder.resolve("app.log.3.gz"));
        Files.move(first, second);
        assertThat(CompressedPart.open(second, key, 0)).isNull();
        assertThat(CompressedPart.open(first, key, 0)).isNull();
    }

    private static Path write(Path file, String text) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }
}
