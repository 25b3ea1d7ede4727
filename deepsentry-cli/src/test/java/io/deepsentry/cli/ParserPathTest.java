package io.deepsentry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads a log with a parser of the user's own, in a jar that the distributed launcher knows nothing of. */
@DisabledOnOs(OS.WINDOWS)
class ParserPathTest {
    /** Needs a second class of its jar. */
    private static final String SOURCE = """
            package com.example;
            import io.deepsentry.parse.LogParser;
            import io.deepsentry.parse.ParsedLine;
            import java.time.Instant;
            import java.util.Optional;
            public final class BarParser implements LogParser {
                @Override
                public Optional<ParsedLine> parse(String line) {
                    String[] parts = line.split(Bar.SIGN, 2);
                    return parts.length < 2
                            ? Optional.empty()
                            : Optional.of(ParsedLine.of(Instant.ofEpochSecond(Long.parseLong(parts[0])), parts[1]));
                }
            }
            final class Bar {
                static final String SIGN = String.valueOf("\\\\|");
            }
            """;

    private static Path folder = Path.of("");
    private static Path launcher = Path.of("");

    @BeforeAll
    static void compile(@TempDir Path temporary) throws IOException {
        folder = temporary;
        launcher = Launcher.layOut(folder).toAbsolutePath();
        Path source = Files.writeString(folder.resolve("BarParser.java"), SOURCE);
        Path classes = Files.createDirectories(folder.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int code = compiler.run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                "-d",
                classes.toString(),
                source.toString());
        assertThat(code).isZero();
        Path jars = Files.createDirectories(folder.resolve("jars"));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(jars.resolve("bar.jar")))) {
            for (String name : List.of("com/example/BarParser.class", "com/example/Bar.class")) {
                jar.putNextEntry(new JarEntry(name));
                jar.write(Files.readAllBytes(classes.resolve(name)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            lines.add(1_772_438_400 + i + "|"
                    + List.of("order created", "order paid", "order sent").get(i % 3));
        }
        Files.write(folder.resolve("bar.log"), lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jars/bar.jar", "jars", "classes"})
    void aParserIsFoundInAJarAFolderOfJarsAndAFolderOfClasses(String path) {
        ProgramRun run = launch("parse", "--input", "bar.log", "--parser-path", path);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines()).hasSize(241).element(1).isEqualTo("2026-03-02T08:00:00Z  order created");
    }

    @Test
    void aLogIsLearnedAndWatchedWithIt() {
        ProgramRun learned = launch("run", "--input", "bar.log", "--parser-path", "jars/bar.jar", "--epochs", "1");
        ProgramRun prepared =
                launch("prepare", "--input", "bar.log", "--parser-path", "jars/bar.jar", "--data-dir", "again");
        ProgramRun watched =
                launch("live", "--log-file", "bar.log", "--parser-path", "jars/bar.jar", "--from-start", "--until-end");

        assertThat(learned.code()).as(learned.err()).isZero();
        assertThat(learned.out()).contains("bar.log, 240 lines", "240 events, 0 lost");
        assertThat(prepared.code()).as(prepared.err()).isZero();
        assertThat(watched.code()).as(watched.err()).isZero();
        assertThat(watched.err()).contains("live: 240 lines: 240 events, 0 attached, 0 blank");
    }

    @Test
    void whatIsWrongWithThePathIsSaid() {
        assertThat(launch("parse", "--input", "bar.log").err())
                .contains("custom parser com.example.BarParser was not found on the class path", "parser_path");
        assertThat(List.of(
                        launch("parse", "--input", "bar.log", "--parser-path", "nowhere.jar"),
                        launch("parse", "--input", "bar.log", "--parser-path", "bin")))
                .extracting(
                        ProgramRun::code, run -> run.err().lines().findFirst().orElse(""))
                .satisfiesExactly(
                        missing -> assertThat(missing.toList().toString())
                                .contains("[2, deepsentry: parser path", "nowhere.jar does not exist"),
                        empty -> assertThat(empty.toList().toString())
                                .contains("[2, deepsentry: custom parser com.example.BarParser was not found in"));
    }

    private static ProgramRun launch(String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--custom-parser", "com.example.BarParser"));
        return ProgramRun.startCommand(
                        folder, Map.ofEntries(entry("JAVA_HOME", System.getProperty("java.home"))), command)
                .await();
    }
}
