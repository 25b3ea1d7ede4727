package io.deepsentry.live.internal.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
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
    void tellsWhichFileAChannelHasOpenThoughItIsRemoved(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("app.log"), "line 1\n");
        Path other = Files.writeString(folder.resolve("other.log"), "line 1\n");
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        String key = PlainPart.key(attributes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel beside = FileChannel.open(other, StandardOpenOption.READ)) {
            Files.delete(file);
            BasicFileAttributes told = Objects.requireNonNull(OpenFiles.of(channel));
            assertThat(PlainPart.key(told)).isEqualTo(key);
            assertThat(told.lastModifiedTime()).isEqualTo(attributes.lastModifiedTime());
            assertThat(PlainPart.key(Objects.requireNonNull(OpenFiles.of(beside))))
                    .isNotEqualTo(key);
            assertThat(OpenFiles.changed()).containsKey(key);
        }
        assertThat(OpenFiles.changed()).doesNotContainKey(key);
    }
}
