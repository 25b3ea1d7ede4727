package io.deepsentry.cli;

import io.deepsentry.core.ConfigException;
import io.deepsentry.core.array.FloatArray;
import io.deepsentry.core.array.Npy;
import io.deepsentry.core.array.Pickle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry convert}: an array from one file format to another. */
@Command(
        name = "convert",
        description = "Converts an array of floats between Python's pickle (.pkl) and numpy (.npy).",
        footer = {
            "",
            "The formats are those that the names of the files say. The array must fit into memory.",
            "",
            "Examples:",
            "  deepsentry convert deepsentry-data/encoded_dataset/test_encoded.pkl test.npy",
            "  deepsentry convert scores.npy scores.pkl"
        })
final class ConvertCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Program program;

    @Parameters(index = "0", paramLabel = "FROM", description = "The file to read, .pkl or .npy.")
    private Path from = Path.of("");

    @Parameters(index = "1", paramLabel = "TO", description = "The file to write, .npy or .pkl.")
    private Path to = Path.of("");

    @Override
    public Integer call() {
        ArrayFormat source = ArrayFormat.of(from);
        ArrayFormat target = ArrayFormat.of(to);
        FloatArray array = source == ArrayFormat.NPY ? Npy.read(from) : Pickle.readFloats(from);
        if (target == ArrayFormat.NPY) {
            Npy.write(to, array);
        } else {
            Pickle.writeFloats(to, array);
        }
        Objects.requireNonNull(program, "program").console().result(to + ": " + array);
        return ExitCode.OK;
    }

    private enum ArrayFormat {
        PICKLE,
        NPY;

        static ArrayFormat of(Path file) {
            String name = file.toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".npy")) {
                return NPY;
            }
            if (name.endsWith(".pkl") || name.endsWith(".pickle")) {
                return PICKLE;
            }
            throw new ConfigException("a file to convert must end in .pkl, .pickle or .npy, but was " + file);
        }
    }
}
