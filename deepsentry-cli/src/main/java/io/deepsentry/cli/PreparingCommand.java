package io.deepsentry.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that begins with preparing raw logs, with the options that say how they become training, validation and test data. */
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
abstract class PreparingCommand extends LogCommand {
    @Mixin
    @SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
    private final LineOptions lineOptions = new LineOptions();

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Labels of sessions: lines 'blk_123: 1', or a CSV of BlockId,Label. They choose no threshold.")
    private @Nullable Path labels;

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "A log that is the test part; all of --input is then for training and validation.")
    private @Nullable Path test;

    @Option(
            names = "--train-on",
            paramLabel = "normal|all",
            description = "Whether labelled anomalies are left out of training (normal, default) or stay.")
    private @Nullable String trainOn;

    @Option(
            names = "--custom-parser",
            paramLabel = "CLASS",
            description = "A LogParser of your own on the class path, in place of --format.")
    private @Nullable String customParser;
}
