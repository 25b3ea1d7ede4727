package io.deepsentry.cli;

import io.deepsentry.core.internal.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry man}: the manual pages. */
@Command(
        name = "man",
        description = "Prints the manual page of the program or of a command, or writes all of them.",
        footer = {
            "",
            "Examples:",
            "  deepsentry man run | man -l -",
            "  deepsentry man --output-dir /usr/local/share/man/man1"
        })
final class ManCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command; without it, the program.")
    private @Nullable String command;

    @Option(names = "--output-dir", paramLabel = "DIR", description = "Write the page of every command to a folder.")
    private @Nullable Path outputDir;

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        CommandLine line = parent.commandLine();
        if (outputDir != null) {
            write(outputDir, line);
            for (Map.Entry<String, CommandLine> each : line.getSubcommands().entrySet()) {
                write(outputDir, each.getValue());
            }
            return ExitCode.OK;
        }
        CommandLine shown = command == null ? line : line.getSubcommands().get(command);
        if (shown == null) {
            throw new ParameterException(line.getSubcommands().get("man"), "there is no command '" + command + "'");
        }
        parent.console().result(ManPage.of(shown).stripTrailing());
        return ExitCode.OK;
    }

    private static void write(Path folder, CommandLine command) {
        byte[] page = ManPage.of(command).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(folder.resolve(ManPage.name(command) + ".1"), out -> out.write(page));
    }
}
