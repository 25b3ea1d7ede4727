package io.deepsentry.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepsentry.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private final Path file;

    PidFileTest(@TempDir Path folder) {
        this.file = folder.resolve("run/live.pid");
    }

    @Test
    void is_there_as_long_as_it_is_held_and_refuses_a_second_owner() {
        PidFile held = PidFile.take(file);
        assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
        assertThatThrownBy(() -> PidFile.take(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("process " + ProcessHandle.current().pid())
                .hasMessageContaining(file.toString());
        held.close();
        assertThat(file).doesNotExist();
        PidFile.take(file).close();
    }

    @Test
    void takes_over_what_a_crash_left_though_a_process_of_that_number_runs() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "1\n and more than a number");
        PidFile held = PidFile.take(file);
        assertThat(file).hasContent(ProcessHandle.current().pid() + "\n");
        held.close();
    }

    @Test
    void says_that_it_cannot_be_written() throws IOException {
        Files.createFile(file.getParent());
        assertThatThrownBy(() -> PidFile.take(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("pid_file " + file);
    }
}
