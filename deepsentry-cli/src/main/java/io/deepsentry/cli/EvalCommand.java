package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry eval}: scores of the test part, without labels. */
@Command(
        name = "eval",
        description = "Scores the test part with the trained detector; needs no labels.",
        footer = {
            "",
            "Writes anomaly_scores.pkl, anomaly_scores.csv, threshold.json and statistics.json.",
            "",
            "Examples:",
            "  deepsentry eval",
            "  deepsentry eval --threshold 0.8 --output-dir strict"
        })
final class EvalCommand extends ScoringCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(EvalSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OPTIONS);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        EvalResult result = Evaluation.run(EvalSettings.from(config), program.context());
        findings(result, config, program);
        rest(result, program);
    }
}
