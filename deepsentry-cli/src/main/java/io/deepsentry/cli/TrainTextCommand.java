package io.deepsentry.cli;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import io.deepsentry.text.train.TextTransfer;
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
            "  deepsentry train-text --epochs 20 --seed 7 --data-dir week",
            "  deepsentry train-text --from server-logs --epochs 3 --batch-size 64",
            "  deepsentry train-text --from old/text_autoencoder_model --freeze all-but-2 --learning-rate 0.0001"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class TrainTextCommand extends TrainingCommand {
    @Option(names = "--learning-rate", paramLabel = "R", description = "Step size of the optimiser.")
    private @Nullable String learningRate;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description =
                    "Start from a trained encoder (encoder.h5, its folder, or the name of a pretrained one), not from"
                            + " new weights.")
    private @Nullable String from;

    @Option(
            names = "--freeze",
            paramLabel = "N|all-but-K",
            description = "With --from: the first N of the encoder's 3 layers stay as they are, or all but the last K.")
    private @Nullable String freeze;

    @Option(
            names = "--validation-split",
            paramLabel = "SHARE",
            description = "The share for validation, from the end; else as prepare divided.")
    private @Nullable String validationSplit;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(TextTrainSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        TextTrainingResult result = TextTraining.run(TextTrainSettings.from(config), program.context());
        Rows rows = new Rows()
                .add("model", result.directory())
                .add("messages", Rows.count(result.trainingMessages()) + " distinct");
        TextTransfer transfer = result.transfer();
        if (transfer != null) {
            rows.add("base", Plain.text(transfer.base()))
                    .add(
                            "frozen",
                            transfer.frozenLayers().isEmpty() ? "none" : String.join(", ", transfer.frozenLayers()))
                    .add(
                            "words",
                            Rows.count(transfer.knownWords()) + " of the base, " + Rows.count(transfer.addedWords())
                                    + " added");
        }
        rows.add("epochs", result.epochs().size() + ", best " + result.bestEpoch())
                .add(
                        "tokens restored",
                        Rows.share(result.tokenReconstructionAccuracy()) + " of the validation messages'")
                .add("seconds", Rows.seconds(result.seconds()))
                .print(program.console());
    }
}
