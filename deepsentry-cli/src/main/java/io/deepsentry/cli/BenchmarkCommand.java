package io.deepsentry.cli;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.benchmark.Benchmark;
import io.deepsentry.benchmark.BenchmarkResult;
import io.deepsentry.benchmark.BenchmarkSettings;
import io.deepsentry.benchmark.inject.InjectionResult;
import io.deepsentry.benchmark.inject.InjectionSettings;
import io.deepsentry.benchmark.inject.InjectionTrial;
import io.deepsentry.cli.output.BenchmarkReport;
import io.deepsentry.cli.output.InjectionReport;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry benchmark}: the detector beside rules and classical methods, on labelled logs. */
@Command(
        name = "benchmark",
        description = {
            "Compares the detector with simple rules and classical methods on labelled logs.",
            "With --inject, shows without labels which faults it finds in a log."
        },
        footer = {
            "",
            "A configuration file has benchmark's own keys, or a section for each of benchmark, prepare, train-text"
                    + " and train-detector.",
            "",
            "Examples:",
            "  deepsentry benchmark --input HDFS.log.gz --format hdfs --session-key '(blk_-?\\d+)' --labels labels.csv",
            "  deepsentry benchmark --input app.log --inject",
            "  deepsentry benchmark --input BGL.log --format bgl --methods new_event count_vector detector",
            "  deepsentry benchmark --input app.log --session-key 'job=(\\w+)' --labels jobs.txt --protocols"
                    + " random_halves --seeds 10"
        })
final class BenchmarkCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(
                BenchmarkSettings.SCHEMA,
                PrepareSettings.SCHEMA,
                TextTrainSettings.SCHEMA,
                DetectorTrainSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(
                new OptionGroup(
                        "The log",
                        List.of(
                                "--input",
                                "--format",
                                "--session-key",
                                "--time-format",
                                "--labels",
                                "--custom-parser",
                                "--parser-path")),
                new OptionGroup(
                        "The comparison",
                        List.of(
                                "--protocols",
                                "--methods",
                                "--train-on",
                                "--seeds",
                                "--training-seeds",
                                "--seed",
                                "--epochs",
                                "--output-dir")),
                new OptionGroup("Injected faults, without labels", List.of("--inject", "--per-kind")));
    }

    @Override
    void run(Program program) {
        if (config(program).getBoolean("inject")) {
            InjectionResult result =
                    InjectionTrial.run(InjectionSettings.load(program.config(), sources(program)), program.context());
            new InjectionReport(result).print(program.console());
            return;
        }
        BenchmarkResult result =
                Benchmark.run(BenchmarkSettings.load(program.config(), sources(program)), program.context());
        new BenchmarkReport(result).print(program.console());
    }
}
