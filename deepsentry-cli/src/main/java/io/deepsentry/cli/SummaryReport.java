package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.Metrics;
import io.deepsentry.anomaly.pipeline.PipelineSummary;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyTips;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.LineAccount;
import io.deepsentry.cli.output.Table;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.util.Locale;

/** What a user sees at the end of a whole run: the data, the time, the detector beside its baselines, and where to look. */
final class SummaryReport {
    private final PipelineSummary summary;

    SummaryReport(PipelineSummary summary) {
        this.summary = summary;
    }

    void print(Console console) {
        data(console);
        console.result("");
        stages(console);
        console.result("");
        figures(console);
        ScoringCommand.anomalies(summary.eval(), console);
        console.result("");
        next(console);
    }

    private void data(Console console) {
        PrepareResult prepare = summary.prepare();
        KeyValueTable rows = new KeyValueTable()
                .add("data", LineAccount.of(prepare.allRead(), false))
                .add("format", prepare.format())
                .add(
                        "messages",
                        KeyValueTable.count(prepare.distinctMessages()) + " distinct after masking, vocabulary of "
                                + KeyValueTable.count(prepare.vocabularySize()) + " words");
        for (Split part : Split.values()) {
            rows.add(
                    part.key(),
                    KeyValueTable.count(prepare.rows().getOrDefault(part, 0L)) + " rows in "
                            + KeyValueTable.count(prepare.sessions().getOrDefault(part, 0L)) + " sessions");
        }
        rows.add(
                "text encoder",
                KeyValueTable.share(summary.textTraining().tokenReconstructionAccuracy())
                        + " of the validation messages' tokens restored");
        TrainDetectorCommand.leftOut(summary.detectorTraining(), rows);
        KeyTips.add(prepare, rows);
        rows.print(console);
    }

    private void stages(Console console) {
        Table table = new Table("stage", "seconds");
        double total = 0;
        for (var stage : summary.seconds().entrySet()) {
            table.row(stage.getKey(), KeyValueTable.seconds(stage.getValue()));
            total += stage.getValue();
        }
        table.row("all", KeyValueTable.seconds(total)).print(console);
    }

    private void figures(Console console) {
        String judged = KeyValueTable.count(summary.eval().flagged()) + " of "
                + KeyValueTable.count(summary.eval().cases()) + " test "
                + summary.eval().unit() + "s above the threshold of "
                + String.format(
                        Locale.ROOT,
                        "%.4g (%s)",
                        summary.eval().threshold().value(),
                        summary.eval().threshold().method());
        AnalysisResult analysis = summary.analysis();
        if (analysis == null) {
            new KeyValueTable()
                    .add("flagged", judged)
                    .add("no figures", String.valueOf(summary.analysisMissing()))
                    .print(console);
            return;
        }
        new KeyValueTable()
                .add("flagged", judged)
                .add(
                        "labels",
                        KeyValueTable.count(analysis.anomalous()) + " anomalies and "
                                + KeyValueTable.count(analysis.normal()) + " normal; " + analysis.protocol())
                .print(console);
        console.result("");
        figures(analysis).print(console);
    }

    /** The detector and its baselines, one a row. */
    static Table figures(AnalysisResult analysis) {
        Table table = new Table(
                "", "AUC-ROC", "AUC-PR", "precision", "recall", "F1", "MCC", "found", "missed", "false alarms");
        row(table, "detector", analysis.metrics());
        analysis.baselines().forEach((name, metrics) -> row(table, name.replace('_', ' '), metrics));
        return table;
    }

    private static void row(Table table, String name, Metrics metrics) {
        table.row(
                name,
                figure(metrics.aucRoc()),
                figure(metrics.aucPr()),
                figure(metrics.confusion().precision()),
                figure(metrics.confusion().recall()),
                figure(metrics.confusion().f1()),
                figure(metrics.confusion().mcc()),
                KeyValueTable.count(metrics.confusion().tp()),
                KeyValueTable.count(metrics.confusion().fn()),
                KeyValueTable.count(metrics.confusion().fp()));
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private void next(Console console) {
        Path results = summary.eval().outputDir();
        KeyValueTable rows = new KeyValueTable().add("scores", results.resolve("anomaly_scores.csv"));
        if (summary.analysis() != null) {
            rows.add("figures", results.resolve(AnalysisResult.METRICS))
                    .add("pictures", results.resolve(AnalysisResult.ROC_CURVE))
                    .add("", results.resolve(AnalysisResult.PRECISION_RECALL))
                    .add(" ", results.resolve(AnalysisResult.CONFUSION_MATRIX));
        }
        rows.add("everything", summary.dataDir().resolve(PipelineSummary.FILE)).print(console);
        console.result("");
        console.result("Next: watch a log with what was learned");
        console.result("  deepsentry live --log-file FILE --data-dir " + summary.dataDir());
    }
}
