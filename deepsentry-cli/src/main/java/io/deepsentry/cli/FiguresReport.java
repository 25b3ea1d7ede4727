package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.Metrics;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.cli.output.Table;
import io.deepsentry.parse.internal.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How well the findings agree with labels, beside simple rules. */
final class FiguresReport {
    /** The rule that is no rule: everything is an anomaly. */
    private static final String EVERYTHING = "flag_everything";

    /** A difference that is seen in the three digits shown. */
    private static final double SEEN = 0.0005;

    private final AnalysisResult result;
    private final boolean verbose;

    /** @param verbose whether all figures are shown, and how they came about */
    FiguresReport(AnalysisResult result, boolean verbose) {
        this.result = result;
        this.verbose = verbose;
    }

    void print(Console console) {
        console.wrapped(
                "",
                "labels: " + Counted.of(result.anomalous(), "anomaly") + " and "
                        + KeyValueTable.count(result.normal()) + " normal"
                        + (verbose ? "; " + result.protocol() : ""));
        List<String> titles =
                new ArrayList<>(List.of("", "found", "missed", "false alarms", "precision", "recall", "F1", "AUC-PR"));
        if (verbose) {
            titles.addAll(List.of("AUC-ROC", "MCC"));
        }
        Table table = new Table(titles.toArray(String[]::new));
        row(table, "detector", result.metrics());
        result.baselines().forEach((name, metrics) -> row(table, words(name), metrics));
        table.print(console);
        for (Map.Entry<String, Metrics> rule : result.baselines().entrySet()) {
            if (!rule.getKey().equals(EVERYTHING) && f1(rule.getValue()) > f1(result.metrics()) + SEEN) {
                console.wrapped("", better(words(rule.getKey()), rule.getValue()));
            }
        }
    }

    private void row(Table table, String name, Metrics metrics) {
        List<String> cells = new ArrayList<>(List.of(
                name,
                KeyValueTable.count(metrics.confusion().tp()),
                KeyValueTable.count(metrics.confusion().fn()),
                KeyValueTable.count(metrics.confusion().fp()),
                figure(metrics.confusion().precision()),
                figure(metrics.confusion().recall()),
                figure(f1(metrics)),
                figure(metrics.aucPr())));
        if (verbose) {
            cells.add(figure(metrics.aucRoc()));
            cells.add(figure(metrics.confusion().mcc()));
        }
        table.row(cells.toArray(String[]::new));
    }

    /** Why a rule that is better here is: what it finds or leaves alone that the detector does not. */
    private String better(String rule, Metrics metrics) {
        long found = metrics.confusion().tp() - result.metrics().confusion().tp();
        long alarms = result.metrics().confusion().fp() - metrics.confusion().fp();
        List<String> parts = new ArrayList<>();
        if (found != 0) {
            parts.add("finds " + KeyValueTable.count(Math.abs(found)) + (found > 0 ? " more" : " fewer"));
        }
        if (alarms != 0) {
            parts.add("has " + Counted.of(Math.abs(alarms), (alarms > 0 ? "fewer" : "more") + " false alarm"));
        }
        String difference = parts.stream().collect(Collectors.joining(" and "));
        String why = alarms > 0
                ? "The detector also looks for order, values and rates, which costs alarms when only "
                        + (rule.equals(words("new_event")) ? "new messages" : "counts") + " goes wrong."
                : "In this log, that rule alone shows what goes wrong.";
        return "The rule '" + rule + "' does better here: it " + difference + ". " + why;
    }

    private static double f1(Metrics metrics) {
        return metrics.confusion().f1();
    }

    private static String words(String name) {
        return name.replace('_', ' ');
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
