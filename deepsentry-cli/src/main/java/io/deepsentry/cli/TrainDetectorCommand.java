package io.deepsentry.cli;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.internal.Counted;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry train-detector}: encoded sessions to a detector. */
@Command(
        name = "train-detector",
        description = "Trains the detector on sequences of encoded messages.",
        footer = {
            "",
            "Writes detector.h5, training_log.txt and metadata.json to DIR/anomaly_trained_model.",
            "",
            "Examples:",
            "  deepsentry train-detector",
            "  deepsentry train-detector --epochs 20 --seed 7 --data-dir week",
            "  deepsentry train-detector --members 5"
        })
final class TrainDetectorCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(DetectorTrainSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of("--epochs", "--batch-size", "--seed", "--members", "--gpu"));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        DetectorTrainSettings settings = DetectorTrainSettings.from(config);
        DetectorTrainingResult result = DetectorTraining.run(settings, program.context());
        KeyValueTable table = new KeyValueTable()
                .add("model", config.getPath("output_model_dir"))
                .add(
                        "trained on",
                        Counted.of(result.trainingUnits(), "sequence") + " of "
                                + Counted.of(result.trainingSteps(), "message"));
        leftOut(result, table, true);
        table.add(
                        "distinct",
                        Counted.of(result.distinctMessages(), "message") + ", "
                                + Counted.of(result.distinctWindows(), "window"))
                .add(
                        "threshold",
                        result.threshold().value() + " (" + result.threshold().method() + ")")
                .add("seconds", KeyValueTable.seconds(result.seconds()))
                .print(program.console());
    }

    /** Says which sessions training left out by itself, and if asked for, why. */
    static void leftOut(DetectorTrainingResult result, KeyValueTable table, boolean reasons) {
        if (result.suspects() > 0) {
            table.add(
                    "left out",
                    Counted.of(result.suspects(), "training session that does", "training sessions that do")
                            + " what hardly any session does"
                            + (reasons ? ":" : ""));
            if (!reasons) {
                return;
            }
            StringBuilder unnamed = new StringBuilder();
            result.suspectReasons()
                    .forEach((reason, sessions) ->
                            table.add(unnamed.append(' ').toString(), KeyValueTable.count(sessions) + " x " + reason));
        }
    }
}
