package io.deepsentry.cli;

import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.TerminalSafe;
import io.deepsentry.core.array.ArrayConversion;
import io.deepsentry.core.model.ModelConversion;
import io.deepsentry.core.nn.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry convert}: an array or a model from one file format to another. */
@Command(
        name = "convert",
        description = "Converts arrays between Python's pickle (.pkl, .pickle) and numpy (.npy, .npz), as float32, and"
                + " models between Keras (.h5, .keras) and SavedModel folders.",
        footer = {
            "",
            "The file names determine the formats. A file with several named arrays is an .npz",
            "or a pickle of a dict. Arrays converted between .pkl and .npy may be larger than memory.",
            "A model is written as a SavedModel folder if TO has no extension.",
            "",
            "Examples:",
            "  deepsentry convert deepsentry-data/encoded_dataset/test_encoded.pkl test.npy",
            "  deepsentry convert scores.npy scores.pkl",
            "  deepsentry convert --array train features.npz train.npy",
            "  deepsentry convert encoder.h5 encoder.keras",
            "  deepsentry convert encoder.h5 encoder-savedmodel"
        })
final class ConvertCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description = "The file to read: .pkl, .npy or .npz; a model: .h5, .keras or a SavedModel folder.")
    private Path from = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "The file to write: .npy, .npz or .pkl; a model: .h5, .keras or a new folder.")
    private Path to = Path.of("");

    @Option(
            names = "--array",
            paramLabel = "NAME",
            description = "Which array to take from a file with several. Default: all, if TO can hold them.")
    private @Nullable String array;

    @Override
    public Integer call() {
        Console console = Objects.requireNonNull(program, "program").console();
        if (ModelConversion.isModel(from)) {
            Model model = ModelConversion.run(from, to);
            console.result(to + ": " + TerminalSafe.text(model.network().name()) + " "
                    + model.network().input().shape() + " -> "
                    + model.network().shapeOf(model.network().outputs().get(0)) + ", "
                    + model.weights().parameterCount() + " weights");
            return ExitCode.OK;
        }
        ArrayConversion.run(from, to, array)
                .forEach((name, shape) -> console.result(
                        to + ": " + (name.isEmpty() ? "" : TerminalSafe.text(name) + " ") + Arrays.toString(shape)));
        return ExitCode.OK;
    }
}
