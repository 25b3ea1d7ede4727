package io.deepsentry.cli;

import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.prepare.TrainOn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
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
            "Takes no configuration. The log and everything made of it go to the output folder.",
            "",
            "Examples:",
            "  deepsentry demo",
            "  deepsentry demo --output-dir /tmp/demo"
        })
final class DemoCommand implements Callable<Integer> {
    private static final String LOG = "hdfs-sample.log.gz";
    private static final String LABELS = "hdfs-sample-labels.csv";

    /** Where training of the text encoder starts, so that one short pass is enough. */
    private static final String ENCODER = "server-logs";

    private static final int TEXT_STEPS = 100;

    @ParentCommand
    private @Nullable Program program;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Where everything goes (default: deepsentry-demo).")
    private Path outputDir = Path.of("deepsentry-demo");

    @Override
    public Integer call() {
        Program parent = Objects.requireNonNull(program, "program");
        Path log = unpack(LOG);
        Path labels = unpack(LABELS);
        PipelineSettings settings = PipelineSettings.builder()
                .dataDir(outputDir)
                .prepare(prepare -> prepare.inputs(log)
                        .format("hdfs")
                        .sessionKey("(blk_-?\\d+)")
                        .labels(labels)
                        // Nobody has labels: they are for the figures at the end.
                        .trainOn(TrainOn.ALL))
                .textTraining(text -> text.fromModel(ENCODER).epochs(1).minStepsPerEpoch(TEXT_STEPS))
                .build();
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
