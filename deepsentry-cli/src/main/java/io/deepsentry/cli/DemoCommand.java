package io.deepsentry.cli;

import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.core.config.Sources;
import io.deepsentry.core.internal.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code deepsentry demo}: a whole run on the log that comes with the program. */
@Command(
        name = "demo",
        description = "Runs all stages on the bundled log of a real HDFS cluster with injected faults.",
        footer = {
            "",
            "Takes no configuration. The log and everything made from it go to the output folder.",
            "",
            "Examples:",
            "  deepsentry demo",
            "  deepsentry demo --output-dir /tmp/demo"
        })
final class DemoCommand implements Callable<Integer> {
    private static final String LOG = "hdfs-sample.log.gz";
    private static final String LABELS = "hdfs-sample-labels.csv";
    private static final String SETTINGS = "demo.yml";

    @ParentCommand
    private @Nullable Program program;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "The folder to write everything to (default: deepsentry-demo).")
    private Path outputDir = Path.of("deepsentry-demo");

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        Path log = unpack(LOG);
        Path labels = unpack(LABELS);
        Sources sources = new Sources(
                Map.of(
                        "--input",
                        List.of(log),
                        "--format",
                        "hdfs",
                        "--session-key",
                        "(blk_-?\\d+)",
                        // They are for the figures at the end: nobody who tries the program has any.
                        "--labels",
                        labels,
                        "--train-on",
                        "all"),
                parent.environment(),
                outputDir);
        PipelineSettings settings = PipelineSettings.load(unpack(SETTINGS), sources);
        PipelineSummary summary = Pipeline.run(settings, parent.context());
        Path report = ReportCommand.write(settings.evaluation(), parent);
        new SummaryReport(summary, report, parent).print();
        return ExitCode.OK;
    }

    private Path unpack(String name) {
        Path target = outputDir.resolve("sample").resolve(name);
        AtomicFile.write(target, out -> {
            try (InputStream in = DemoCommand.class.getResourceAsStream("sample/" + name)) {
                if (in == null) {
                    throw new IOException("the sample " + name + " is not part of this build");
                }
                in.transferTo(out);
            }
        });
        return target;
    }
}
