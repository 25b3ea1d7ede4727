package io.deepsentry.cli;

import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class TrainDetectorCommand extends TrainingCommand {
    @Option(
            names = "--members",
            paramLabel = "N",
            description = "Networks to train with different seeds and to average (default: 1).")
    private @Nullable String members;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(DetectorTrainSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        DetectorTrainSettings settings = DetectorTrainSettings.from(config);
        DetectorTrainingResult result = DetectorTraining.run(settings, program.context());
        new Rows()
                .add("model", config.getPath("output_model_dir"))
                .add(
                        "trained on",
                        Rows.count(result.trainingUnits()) + " sequences of " + Rows.count(result.trainingSteps())
                                + " messages")
                .add(
                        "distinct",
                        Rows.count(result.distinctMessages()) + " messages, " + Rows.count(result.distinctWindows())
                                + " windows")
                .add(
                        "threshold",
                        result.threshold().value() + " (" + result.threshold().method() + ")")
                .add("seconds", Rows.seconds(result.seconds()))
                .print(program.console());
    }
}
