package io.deepsentry.cli;

import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry encode}: prepared messages to vectors. */
@Command(
        name = "encode",
        description = "Turns the prepared messages into vectors with the trained text encoder.",
        footer = {
            "",
            "Writes train_encoded.pkl, val_encoded.pkl and test_encoded.pkl to DIR/encoded_dataset.",
            "",
            "Examples:",
            "  deepsentry encode",
            "  deepsentry encode --batch-size 256 --data-dir week"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class EncodeCommand extends StageCommand {
    @Option(names = "--batch-size", paramLabel = "N", description = "Messages encoded at once; changes no result.")
    private @Nullable String batchSize;

    @Override
    List<ConfigSchema> schemas() {
        return List.of(EncodeSettings.SCHEMA);
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        DatasetEncoding.Result result = DatasetEncoding.run(EncodeSettings.from(config), program.context());
        Rows rows = new Rows().add("encoded", result.directory());
        for (Split part : Split.values()) {
            rows.add(
                    part.key(), Rows.count(result.rows().getOrDefault(part, 0L)) + " vectors of " + result.dimension());
        }
        rows.add("seconds", Rows.seconds(result.seconds())).print(program.console());
    }
}
