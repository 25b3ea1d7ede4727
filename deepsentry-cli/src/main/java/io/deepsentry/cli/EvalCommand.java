package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry eval}: scores of the test part, without labels. */
@Command(
        name = "eval",
        description = "Scores the test part, or all of the log, with the trained detector; needs no labels.",
        footer = {
            "",
            "Writes anomaly_scores.pkl, anomaly_scores.csv, threshold.json, statistics.json and report.html.",
            "",
            "Examples:",
            "  deepsentry eval",
            "  deepsentry eval --all",
            "  deepsentry eval --threshold 0.8 --output-dir strict"
        })
final class EvalCommand extends ScoringCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(EvalSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OPTIONS, new OptionGroup("What is judged", List.of("--all")));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        EvalSettings settings = EvalSettings.from(config);
        EvalResult result = Evaluation.run(settings, program.context());
        Path report = ReportCommand.write(settings, program);
        findings(result, config, config.getBoolean("all"), program);
        rest(result, report, program);
    }
}
