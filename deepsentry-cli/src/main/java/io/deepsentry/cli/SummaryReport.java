package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.FindingReport;
import io.deepsentry.cli.output.KeyTips;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.cli.output.Table;
import io.deepsentry.parse.Excerpt;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.LogSample;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a user sees at the end of a whole run: what was read, what was found in it, and where to look. */
final class SummaryReport {
    private static final int LONGEST_FORMAT = 60;

    private final PipelineSummary summary;
    private final Path report;
    private final Console console;
    private final boolean verbose;
    private final PreparedMeta data;
    private final FindingReport findings;

    /** @param report the page of what was found */
    SummaryReport(PipelineSummary summary, Path report, Program program) {
        this.report = report;
        this.summary = summary;
        console = program.console();
        verbose = program.verbose();
        data = PreparedData.open(summary.prepare().directory()).meta();
        findings = new FindingReport(summary.eval(), data, false, console, verbose);
    }

    /** Prints it. */
    void print() {
        data();
        if (verbose) {
            stages();
        }
        console.result("");
        findings.print(ScoringCommand.acknowledge(summary.dataDir()));
        AnalysisResult analysis = summary.analysis();
        if (analysis != null) {
            console.result("");
            new FiguresReport(analysis, verbose).print(console);
        }
        console.result("");
        next();
    }

    private void data() {
        PrepareResult prepare = summary.prepare();
        KeyValueTable rows = new KeyValueTable()
                .add(
                        "read",
                        names() + ", " + Counted.of(prepare.allRead().lines(), "line")
                                + findings.period() + ", "
                                + Excerpt.of(prepare.format(), LONGEST_FORMAT))
                .add(" ", LineAccount.brief(prepare.allRead()))
                .add(
                        "learned from",
                        findings.learned() + ", "
                                + Counted.of(summary.detectorTraining().distinctMessages(), "different message"));
        TrainDetectorCommand.leftOut(summary.detectorTraining(), rows, verbose);
        rows.add(
                "judged",
                findings.judged() + "; deepsentry eval " + ScoringCommand.dataDirOption(summary.dataDir())
                        + "--all judges the rest");
        if (verbose) {
            rows.add(
                    "text encoder",
                    KeyValueTable.share(summary.textTraining().tokenReconstructionAccuracy())
                            + " of the validation messages' tokens restored");
        }
        rows.print(console);
    }

    private String names() {
        List<String> names = Stream.concat(data.inputs().stream(), Stream.ofNullable(data.test()))
                .map(FindingReport::fileName)
                .toList();
        return names.size() == 1 ? names.get(0) : Counted.of(names.size(), "log");
    }

    /** The log to watch, if it may still grow. */
    private String log() {
        String last =
                data.inputs().isEmpty() ? "" : data.inputs().get(data.inputs().size() - 1);
        Path path = Path.of(last);
        boolean grows = Files.isRegularFile(path)
                && !LogSample.isSample(path)
                && !last.matches(".*\\.(gz|bz2|xz|zst)")
                && last.matches("[\\w./-]+");
        return grows ? FindingReport.shown(path) : "FILE";
    }

    private void stages() {
        Table table = new Table("stage", "seconds");
        double total = 0;
        for (var stage : summary.seconds().entrySet()) {
            table.row(stage.getKey(), KeyValueTable.seconds(stage.getValue()));
            total += stage.getValue();
        }
        console.result("");
        table.row("all", KeyValueTable.seconds(total)).print(console);
    }

    private void next() {
        KeyValueTable rows = new KeyValueTable();
        rows.add("report", FindingReport.shown(report));
        Path dataDir = summary.dataDir();
        rows.add("results", FindingReport.shown(summary.eval().outputDir()))
                .add(
                        "next",
                        "deepsentry live " + ScoringCommand.dataDirOption(dataDir) + "--log-file " + log()
                                + "   judges new lines alike");
        KeyTips.add(summary.prepare(), rows);
        rows.print(console);
    }
}
