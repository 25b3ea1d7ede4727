package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may read what the program writes, by the launcher as it is distributed. */
@DisabledOnOs(OS.WINDOWS)
class UmaskTest {
    private final Path folder;
    private final Path program;

    UmaskTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.program = Launcher.layOut(folder.resolve("program"));
    }

    private String written(String umask, @Nullable String wanted) throws IOException, InterruptedException {
        Path written = folder.resolve("config-" + umask + wanted);
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        "bash",
                        "-c",
                        "umask " + umask + "; exec \"$0\" init --force \"$1\"",
                        program.toString(),
                        written.toString()))
                .redirectErrorStream(true);
        builder.environment().remove("DEEPSENTRY_UMASK");
        if (wanted != null) {
            builder.environment().put("DEEPSENTRY_UMASK", wanted);
        }
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        try (var files = Files.list(written)) {
            return PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(files.findFirst().orElseThrow()));
        }
    }

    @Test
    void whatIsWrittenIsTheUsersAloneUnlessSaidOtherwise() throws Exception {
        assertThat(written("022", null)).isEqualTo("rw-------");
        assertThat(written("027", null)).isEqualTo("rw-r-----");
        assertThat(written("022", "022")).isEqualTo("rw-r--r--");
    }
}
