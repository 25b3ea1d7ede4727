package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
    @BeforeEach
    void needsAListOfOpenFiles() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "needs /proc");
    }

    @Test
    void opensAFileThatWasRemovedWhileItIsOpen(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("app.log"), "line 1\n");
        String key = PlainPart.key(Files.readAttributes(file, BasicFileAttributes.class));
        try (FileChannel first = FileChannel.open(file, StandardOpenOption.READ)) {
            Files.delete(file);
            assertThat(first.size()).isEqualTo(7);
            try (FileChannel again = OpenFiles.open(key)) {
                ByteBuffer content = ByteBuffer.allocate(100);
                Objects.requireNonNull(again).read(content);
                assertThat(new String(content.array(), 0, content.position(), StandardCharsets.UTF_8))
                        .isEqualTo("line 1\n");
            }
            assertThat(OpenFiles.changed()).containsKey(key);
        }
    }

    @Test
    void opensNothingThatIsNotOpen(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("app.log"), "line 1\n");
        String key = PlainPart.key(Files.readAttributes(file, BasicFileAttributes.class));
        assertThat(OpenFiles.open(key)).isNull();
        assertThat(OpenFiles.changed()).doesNotContainKey(key);
    }
}
