package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.AnalyzeSettings;
import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.pipeline.Pipeline;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.anomaly.train.DetectorTrainSettings;
import io.deepsentry.anomaly.update.ModelUpdate;
import io.deepsentry.anomaly.update.UpdateResult;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.config.ConfigSchema;
import io.deepsentry.text.encode.EncodeSettings;
import io.deepsentry.text.prepare.PrepareSettings;
import io.deepsentry.text.train.TextTrainSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code deepsentry run}: all stages, from raw logs to verdicts. */
@Command(
        name = "run",
        description = "Runs all stages from prepare to eval, and analyze if there are labels; ends with a summary.",
        footer = {
            "",
            "A configuration file for run has a section for each stage, named after its command.",
            "",
            "Examples:",
            "  deepsentry run --input app.log",
            "  deepsentry run --input HDFS.log.gz --format hdfs --session-key '(blk_-?\\d+)' --labels labels.csv"
                    + " --output-dir hdfs",
            "  deepsentry run --input monday.log tuesday.log --test wednesday.log",
            "  deepsentry run --update hdfs --input newest.log"
        })
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
final class RunCommand extends StageCommand {
    static final List<ConfigSchema> STAGES = List.of(
            PrepareSettings.SCHEMA,
            TextTrainSettings.SCHEMA,
            EncodeSettings.SCHEMA,
            DetectorTrainSettings.SCHEMA,
            EvalSettings.SCHEMA,
            AnalyzeSettings.SCHEMA);

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "The data folder, to which everything is written.")
    private @Nullable Path outputDir;

    @Option(
            names = "--update",
            paramLabel = "DIR",
            description = "Retrain the models of a data folder, starting from the current ones and with what was"
                    + " acknowledged, on its inputs or on --input. Show what would change on the newest part, and"
                    + " replace the models if the new ones find no more there.")
    private @Nullable Path update;

    @Option(names = "--even-if-worse", description = "With --update: always replace the models.")
    private boolean evenIfWorse;

    @Override
    List<ConfigSchema> schemas() {
        return STAGES;
    }

    @Override
    List<OptionGroup> options() {
        return List.of(PrepareCommand.OPTIONS, new OptionGroup("The run", List.of("--epochs", "--seed", "--kinds")));
    }

    @Override
    void run(Program program) {
        if (update != null) {
            if (outputDir != null) {
                throw new ConfigException("--update DIR writes to that folder: leave --output-dir out");
            }
            UpdateResult result = ModelUpdate.run(
                    update,
                    ModelUpdate.settings(update, program.config(), sources(program)),
                    evenIfWorse,
                    program.context());
            new UpdateReport(update, result).print(program.console());
            return;
        }
        if (evenIfWorse) {
            throw new ConfigException("--even-if-worse needs --update DIR");
        }
        requireInput(program);
        PipelineSettings settings = PipelineSettings.load(program.config(), sources(program));
        PipelineSummary summary = Pipeline.run(settings, program.context());
        Path report = ReportCommand.write(settings.evaluation(), program);
        new SummaryReport(summary, report, program).print();
    }
}
