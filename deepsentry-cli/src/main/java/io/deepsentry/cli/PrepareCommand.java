package io.deepsentry.cli;

import io.deepsentry.cli.output.KeyTips;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.core.config.Config;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.prepare.Split;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry prepare}: raw logs to masked messages, split, with a vocabulary. */
@Command(
        name = "prepare",
        description = "Reads logs, masks variable parts, splits the logs by time and builds the vocabulary.",
        footer = {
            "",
            "Writes train.txt, val.txt, test.txt, their indexes and vocab.pkl to DIR/prepared_data.",
            "",
            "Examples:",
            "  deepsentry prepare --input app.log",
            "  deepsentry prepare --input HDFS.log.gz --format hdfs --session-key '(blk_-?\\d+)' --labels labels.csv",
            "  deepsentry prepare --input monday.log tuesday.log --test wednesday.log --data-dir week"
        })
final class PrepareCommand extends StageCommand {
    /** The options about logs, which {@code run} has too. */
    static final OptionGroup OPTIONS = new OptionGroup(
            "The log",
            List.of(
                    "--input",
                    "--format",
                    "--session-key",
                    "--time-format",
                    "--time-zone",
                    "--on-malformed",
                    "--labels",
                    "--test",
                    "--train-on",
                    "--custom-parser",
                    "--parser-path",
                    "--learn-anyway"));

    @Override
    List<ConfigSchema> schemas() {
        return List.of(PrepareSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OPTIONS);
    }

    @Override
    void run(Program program) {
        requireInput(program);
        Config config = config(program);
        PrepareResult result = Prepare.run(PrepareSettings.from(config), program.context());
        String chosen = result.detection();
        KeyValueTable rows = new KeyValueTable()
                .add("prepared", result.directory())
                .add("format", chosen == null ? result.format() : chosen)
                .add("read", LineAccount.of(result.allRead(), result.sessionKey() != null))
                .add(
                        "vocabulary",
                        Counted.of(result.vocabularySize(), "word") + ", "
                                + Counted.of(result.distinctMessages(), "distinct message"));
        for (Split part : List.of(Split.values())) {
            rows.add(
                    part.key(),
                    Counted.of(result.rows().getOrDefault(part, 0L), "row") + " in "
                            + Counted.of(result.sessions().getOrDefault(part, 0L), "session"));
        }
        if (result.labelledSessions() > 0) {
            rows.add(
                    "labels",
                    Counted.of(result.labelledSessions(), "session") + "; "
                            + Counted.of(result.anomaliesLeftOut(), "anomaly")
                            + " left out of training and validation");
        }
        KeyTips.add(result, rows);
        rows.print(program.console());
    }
}
