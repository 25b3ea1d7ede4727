package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry init}: the commented configuration files. */
@Command(
        name = "init",
        description = "Writes a commented configuration file for each stage, every setting at its default.",
        footer = {
            "",
            "Examples:",
            "  deepsentry init",
            "  deepsentry init config && deepsentry prepare --config config/text_autoencoder_prepare_data.yml"
        })
final class InitCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "Folder to write to (default: the current one).")
    private Path folder = Path.of("");

    @Option(names = "--force", description = "Overwrite files that exist.")
    private boolean force;

    @Override
    public Integer call() {
        Console console = Objects.requireNonNull(program, "program").console();
        List<Path> existing = ConfigFiles.SCHEMAS.stream()
                .map(schema -> folder.resolve(ConfigFiles.nameOf(schema)))
                .filter(Files::exists)
                .toList();
        if (!force && !existing.isEmpty()) {
            throw new ConfigException(existing.get(0) + " exists already"
                    + (existing.size() > 1 ? ", and " + (existing.size() - 1) + " more of the files to write" : "")
                    + "; choose another folder, or give --force to overwrite");
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (ConfigSchema schema : ConfigFiles.SCHEMAS) {
            Path file = folder.resolve(ConfigFiles.nameOf(schema));
            AtomicFile.write(file, out -> out.write(schema.toYaml().getBytes(StandardCharsets.UTF_8)));
            console.result(file.toString());
        }
        return ExitCode.OK;
    }
}
