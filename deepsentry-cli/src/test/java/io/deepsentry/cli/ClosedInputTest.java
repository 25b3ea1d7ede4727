package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher as it is distributed makes of a standard input that is closed. */
@DisabledOnOs(OS.WINDOWS)
class ClosedInputTest {
    private final Path program;

    ClosedInputTest(@TempDir Path folder) throws IOException {
        this.program = Launcher.layOut(folder.resolve("program"));
    }

    private String parsed(String redirection, int code) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        "bash", "-c", "exec \"$0\" parse --input - --format plain " + redirection, program.toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(code);
        return output;
    }

    @Test
    void isSaidToBeClosedWhereItIsRead() throws Exception {
        assertThat(parsed("<&-", 3))
                .contains("deepsentry: input stdin is closed")
                .doesNotContain("binary");
    }

    @Test
    void isReadWhereItIsOpen() throws Exception {
        assertThat(parsed("<<< 'disk full'", 0)).contains("disk full").contains("1 line: 1 event");
    }
}
