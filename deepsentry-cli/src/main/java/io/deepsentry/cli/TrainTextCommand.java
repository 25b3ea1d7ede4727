package io.deepsentry.cli;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.TextTrainSettings;
import io.deepsentry.text.TextTraining;
import io.deepsentry.text.TextTrainingResult;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry train-text}: prepared messages to a text encoder. */
@Command(
        name = "train-text",
        description = "Trains the text autoencoder on the prepared messages; its encoder makes a vector of a message.",
        footer = {
            "",
            "Writes encoder.h5, decoder.h5, training_log.txt and metadata.json to DIR/text_autoencoder_model.",
            "",
            "Examples:",
            "  deepsentry train-text",
            "  deepsentry train-text --epochs 20 --seed 7 --data-dir week"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class TrainTextCommand extends TrainingCommand {
    @Option(names = "--learning-rate", paramLabel = "R", description = "Step size of the optimiser.")
    private @Nullable String learningRate;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = "Continue from a model trained before, rather than from new weights.")
    private @Nullable Path from;

    @Option(names = "--freeze", description = "With --from: leave the encoder as it is and train the rest.")
    private boolean freeze;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(TextTrainSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        TextTrainingResult result = TextTraining.run(TextTrainSettings.from(config), program.context());
        new Rows()
                .add("model", result.directory())
                .add("messages", Rows.count(result.trainingMessages()) + " distinct")
                .add("epochs", result.epochs().size() + ", best " + result.bestEpoch())
                .add(
                        "tokens restored",
                        Rows.share(result.tokenReconstructionAccuracy()) + " of the validation messages'")
                .add("seconds", Rows.seconds(result.seconds()))
                .print(program.console());
    }
}
