package io.deepsentry.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that trains a network. */
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
abstract class TrainingCommand extends StageCommand {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data.")
    private @Nullable String epochs;

    @Option(names = "--batch-size", paramLabel = "N", description = "Examples a training step.")
    private @Nullable String batchSize;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed on the same machine gives the same model.")
    private @Nullable String seed;

    @Option(names = "--gpu", description = "Insist on a GPU: an error where there is none.")
    private boolean gpu;
}
