package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalSettings;
import io.deepsentry.anomaly.report.Report;
import io.deepsentry.cli.output.FindingReport;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.core.config.ConfigSchema;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code deepsentry report}: the page of what was found. It reads what {@code eval} was told to write. */
@Command(
        name = "report",
        description = "Writes report.html with the findings of eval, analyze or run: one page for any browser.",
        footer = {
            "",
            "eval, analyze, run and demo also write it. It needs no other file and loads nothing.",
            "",
            "Examples:",
            "  deepsentry report",
            "  deepsentry report --data-dir hdfs"
        })
final class ReportCommand extends StageCommand {
    @Override
    List<ConfigSchema> schemas() {
        return List.of(EvalSettings.SCHEMA);
    }

    @Override
    List<OptionGroup> options() {
        return List.of(OptionGroup.of("--output-dir"));
    }

    @Override
    void run(Program program) {
        Path page = write(EvalSettings.from(config(program)), program);
        new KeyValueTable().add("report", FindingReport.shown(page)).print(program.console());
    }

    /** Writes the report of an evaluation, and returns where it is. */
    static Path write(EvalSettings settings, Program program) {
        return Report.write(settings, program.context());
    }
}
