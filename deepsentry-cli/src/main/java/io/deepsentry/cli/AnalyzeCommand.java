package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry analyze}: scores of the test part, measured against labels. */
@Command(
        name = "analyze",
        description = "Scores the test part and measures the verdicts against labels, beside three baselines.",
        footer = {
            "",
            "Writes what eval does, and metrics.json, roc_curve.png, precision_recall.png and confusion_matrix.png.",
            "",
            "Examples:",
            "  deepsentry analyze",
            "  deepsentry analyze --labels anomaly_label.csv --data-dir hdfs"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class AnalyzeCommand extends ScoringCommand {
    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "Labels of sessions (default: those that prepare was given).")
    private @Nullable Path labels;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(AnalyzeSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        AnalysisResult result = Analysis.run(AnalyzeSettings.from(config), program.context());
        Console console = program.console();
        verdicts(result.eval()).print(console);
        console.result("");
        SummaryReport.figures(result).print(console);
        anomalies(result.eval(), console);
    }
}
