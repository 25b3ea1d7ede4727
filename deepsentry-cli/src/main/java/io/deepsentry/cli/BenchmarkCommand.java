package io.deepsentry.cli;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.benchmark.Benchmark;
import io.deepsentry.benchmark.BenchmarkResult;
import io.deepsentry.benchmark.BenchmarkSettings;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry benchmark}: the detector beside rules and classical methods, on labelled logs. */
@Command(
        name = "benchmark",
        description = "Measures the detector beside simple rules and classical methods on labelled logs.",
        footer = {
            "",
            "A configuration file has benchmark's own keys, or a section for each of benchmark, prepare, train-text and train-detector.",
            "",
            "Examples:",
            "  deepsentry benchmark --input HDFS.log.gz --format hdfs --session-key '(blk_-?\\d+)' --labels labels.csv",
            "  deepsentry benchmark --input BGL.log --format bgl --methods new_event count_vector detector",
            "  deepsentry benchmark --input app.log --session-key 'job=(\\w+)' --labels jobs.txt --protocols random_halves --seeds 10"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class BenchmarkCommand extends LogCommand {
    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Labels of sessions: lines 'blk_123: 1', or a CSV of BlockId,Label.")
    private @Nullable Path labels;

    @Option(
            names = "--custom-parser",
            paramLabel = "CLASS",
            description = "A LogParser of your own on the class path, in place of --format.")
    private @Nullable String customParser;

    @Option(
            names = "--protocols",
            arity = "1..*",
            split = ",",
            paramLabel = "NAME",
            description =
                    "How training and test are told apart (default: all of chronological, chronological_halves, random_halves,"
                            + " order_swap, contamination).")
    private @Nullable List<String> protocols;

    @Option(
            names = "--methods",
            arity = "1..*",
            split = ",",
            paramLabel = "NAME",
            description =
                    "What is compared (default: all of flag_everything, new_event, count_vector, count_distance, 2_gram, edit_distance,"
                            + " pca, isolation_forest, detector).")
    private @Nullable List<String> methods;

    @Option(
            names = "--train-on",
            arity = "1..*",
            split = ",",
            paramLabel = "normal|all",
            description = "Whether labelled anomalies are left out of training or stay (default: one after the other).")
    private @Nullable List<String> trainOn;

    @Option(names = "--seeds", paramLabel = "N", description = "How many random halves are drawn (default: 5).")
    private @Nullable String seeds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What the first draw comes from, and the seed of all trainings (default: 42).")
    private @Nullable String seed;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training data, in all trainings.")
    private @Nullable String epochs;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Where the results go (default: benchmark_results in the data folder).")
    private @Nullable Path outputDir;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(
                BenchmarkSettings.SCHEMA,
                PrepareSettings.SCHEMA,
                TextTrainSettings.SCHEMA,
                DetectorTrainSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        BenchmarkResult result =
                Benchmark.run(BenchmarkSettings.load(program.config(), sources(program)), program.context());
        new BenchmarkReport(result).print(program.console());
    }
}
