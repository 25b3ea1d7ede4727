package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry analyze}: scores of the test part, measured against labels. */
@Command(
        name = "analyze",
        description = "Scores the test part and compares the verdicts with labels and three baselines.",
        footer = {
            "",
            "Writes what eval does, and metrics.json, roc_curve.png, precision_recall.png and confusion_matrix.png.",
            "",
            "Examples:",
            "  deepsentry analyze",
            "  deepsentry analyze --labels anomaly_label.csv --data-dir hdfs"
        })
final class AnalyzeCommand extends ScoringCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(AnalyzeSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OPTIONS, new OptionGroup("Labels", List.of("--labels")));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        AnalyzeSettings settings = AnalyzeSettings.from(config);
        AnalysisResult result = Analysis.run(settings, program.context());
        Path report = ReportCommand.write(settings.eval(), program);
        findings(result.eval(), config, false, program);
        program.console().result("");
        new FiguresReport(result, program.verbose()).print(program.console());
        rest(result.eval(), report, program);
    }
}
