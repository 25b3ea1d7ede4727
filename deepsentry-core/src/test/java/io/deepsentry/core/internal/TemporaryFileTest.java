package io.deepsentry.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts temporary files")
class TemporaryFileTest {
    private static long inTemporaryFolder() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.map(each -> each.getFileName().toString())
                    .filter(name -> name.startsWith("deepsentry-") && name.endsWith(".tmp"))
                    .count();
        }
    }

    @Test
    void isReadFromItsBeginningByEachReader() throws IOException {
        try (TemporaryFile file = TemporaryFile.create()) {
            try (OutputStream out = file.output()) {
                out.write("one".getBytes(StandardCharsets.UTF_8));
                out.write(',');
            }
            try (OutputStream out = file.output()) {
                out.write("two".getBytes(StandardCharsets.UTF_8));
            }
            try (InputStream first = file.input();
                    InputStream second = file.input()) {
                assertThat(first.readNBytes(2)).asString(StandardCharsets.UTF_8).isEqualTo("on");
                assertThat(second.readAllBytes())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("one,two");
                assertThat(first.readAllBytes())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("e,two");
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void hasNoNameThatAKilledProcessCouldLeaveBehind() throws IOException {
        long before = inTemporaryFolder();
        try (TemporaryFile file = TemporaryFile.create()) {
            assertThat(file.channel().isOpen()).isTrue();
            assertThat(inTemporaryFolder()).isEqualTo(before);
        }
    }
}
