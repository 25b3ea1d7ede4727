package io.deepsentry.cli;

import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.Split;
import java.util.List;
import picocli.CommandLine.Command;

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
final class EncodeCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(EncodeSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of("--batch-size"));
    }

    @Override
    void run(Program program) {
        Config config = config(program);
        DatasetEncoding.Result result = DatasetEncoding.run(EncodeSettings.from(config), program.context());
        KeyValueTable rows = new KeyValueTable().add("encoded", result.directory());
        for (Split part : Split.values()) {
            rows.add(
                    part.key(),
                    Counted.of(result.rows().getOrDefault(part, 0L), "vector") + " of " + result.dimension());
        }
        rows.add("seconds", KeyValueTable.seconds(result.seconds())).print(program.console());
    }
}
