package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.Inspection;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.text.encode.PretrainedEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry inspect}: what a file is. */
@Command(
        name = "inspect",
        description =
                "Describes a file or folder: an array, a vocabulary, a model, prepared data, a log and its format,"
                        + " a sample of a log.",
        footer = {
            "",
            "Examples:",
            "  deepsentry inspect app.log.gz",
            "  deepsentry inspect server-logs",
            "  deepsentry inspect deepsentry-data/encoded_dataset/train_encoded.pkl"
                    + " deepsentry-data/text_autoencoder_model"
        })
final class InspectCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files or folders of any kind, or names of pretrained encoders.")
    private List<Path> files = List.of();

    @Override
    public Integer call() {
        Console console = Objects.requireNonNull(program, "program").console();
        boolean first = true;
        for (Path file : files) {
            if (!first) {
                console.result("");
            }
            first = false;
            rows(file).print(console);
        }
        return ExitCode.OK;
    }

    /** A file or folder goes before a pretrained encoder of its name, as in {@code train-text --from}. */
    private static KeyValueTable rows(Path file) {
        String name = file.toString();
        if (Files.exists(file) || !PretrainedEncoders.names().contains(name)) {
            return Inspection.of(file);
        }
        return PretrainedEncoders.find(name)
                .inFolder(folder -> Inspection.of(folder.resolve("encoder.h5")))
                .add("path", name + ", a pretrained encoder");
    }
}
