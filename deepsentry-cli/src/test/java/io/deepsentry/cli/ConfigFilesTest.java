package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in {@code config/} are what the code says, and {@code deepsentry init} writes the same. */
class ConfigFilesTest {
    private static final Path COMMITTED = Path.of("..", "config");

    static List<ConfigSchema> schemas() {
        return ConfigFiles.SCHEMAS;
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void a_committed_file_is_the_one_that_the_code_makes(ConfigSchema schema) {
        assertThat(COMMITTED.resolve(ConfigFiles.nameOf(schema)))
                .as("to write it again: ./deepsentry init config --force")
                .hasContent(schema.toYaml());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void a_committed_file_changes_no_default(ConfigSchema schema) {
        Config ofFile = Config.load(COMMITTED.resolve(ConfigFiles.nameOf(schema)), schema, Sources.none());
        Config ofCode = Config.defaults(schema, Sources.none());

        assertThat(ofFile.values()).isEqualTo(ofCode.values());
    }

    @Test
    void every_committed_file_belongs_to_a_stage() throws IOException {
        try (Stream<Path> files = Files.list(COMMITTED)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            schemas().stream().map(ConfigFiles::nameOf).toList());
        }
    }

    @Test
    void init_writes_every_file_and_overwrites_none_unless_told_to(@TempDir Path folder) throws IOException {
        ProgramRun first = ProgramRun.in(folder, "init", "settings");
        Path file =
                folder.resolve("settings").resolve(ConfigFiles.nameOf(schemas().get(0)));
        Files.writeString(file, "mine: true\n");
        ProgramRun second = ProgramRun.in(folder, "init", "settings");

        assertThat(first.code()).isZero();
        assertThat(first.out().lines()).hasSize(schemas().size());
        assertThat(second.code()).isEqualTo(2);
        assertThat(second.err().lines()).singleElement().asString().contains("--force");
        assertThat(file).hasContent("mine: true\n");

        ProgramRun forced = ProgramRun.in(folder, "init", "settings", "--force");

        assertThat(forced.code()).isZero();
        assertThat(file).hasContent(schemas().get(0).toYaml());
    }
}
