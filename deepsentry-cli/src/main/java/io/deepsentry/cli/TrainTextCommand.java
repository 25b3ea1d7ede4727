package io.deepsentry.cli;

import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.TerminalSafe;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.train.TextTrainSettings;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import io.deepsentry.text.train.TextTransfer;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry train-text}: prepared messages to a text encoder. */
@Command(
        name = "train-text",
        description =
                "Trains the text autoencoder on the prepared messages; its encoder turns a message into a vector.",
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
final class TrainTextCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(TextTrainSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of(
                "--epochs",
                "--batch-size",
                "--learning-rate",
                "--validation-split",
                "--seed",
                "--gpu",
                "--from",
                "--freeze"));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        TextTrainingResult result = TextTraining.run(TextTrainSettings.from(config), program.context());
        KeyValueTable rows = new KeyValueTable()
                .add("model", result.directory())
                .add("messages", KeyValueTable.count(result.trainingMessages()) + " distinct");
        TextTransfer transfer = result.transfer();
        if (transfer != null) {
            rows.add("base", TerminalSafe.text(transfer.base()))
                    .add(
                            "frozen",
                            transfer.frozenLayers().isEmpty() ? "none" : String.join(", ", transfer.frozenLayers()))
                    .add(
                            "words",
                            KeyValueTable.count(transfer.knownWords()) + " of the base, "
                                    + KeyValueTable.count(transfer.addedWords()) + " added");
        }
        rows.add("epochs", result.epochs().size() + ", best " + result.bestEpoch())
                .add(
                        "tokens restored",
                        KeyValueTable.share(result.tokenReconstructionAccuracy()) + " of the validation messages'")
                .add("seconds", KeyValueTable.seconds(result.seconds()))
                .print(program.console());
    }
}
