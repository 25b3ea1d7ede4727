package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.threshold.Drift;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that scores the test part. */
@SuppressWarnings("UnusedVariable") // what was given is taken from the parse result, by name
abstract class ScoringCommand extends StageCommand {
    @Option(
            names = "--threshold",
            paramLabel = "X",
            description =
                    "Score from which a session is an anomaly (default: the one recommended from validation data).")
    private @Nullable String threshold;

    @Option(
            names = "--seasonal",
            description = "A threshold for each hour of the day that has enough validation scores.")
    private boolean seasonal;

    @Option(
            names = "--max-alarms-per-day",
            paramLabel = "N",
            description = "In place of a threshold: the one that normal data passes so many times a day, learnt from"
                    + " validation data.")
    private @Nullable String maxAlarmsPerDay;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Where the results go (default: DIR/eval_results).")
    private @Nullable Path outputDir;

    /** What was judged, by what, and where it was written. */
    static Rows verdicts(EvalResult result) {
        Rows rows = new Rows()
                .add("results", result.outputDir())
                .add(
                        "flagged",
                        Rows.count(result.flagged()) + " of " + Rows.count(result.cases()) + " " + result.unit() + "s");
        if (result.acknowledged() > 0) {
            rows.add("acknowledged", acknowledged(result));
        }
        return rows.add(
                        "threshold",
                        result.threshold().value() + " (" + result.threshold().method() + ")" + seasonal(result))
                .add(
                        "scores",
                        String.format(
                                Locale.ROOT,
                                "mean %.4g, std %.4g, min %.4g, max %.4g",
                                result.statistics().mean(),
                                result.statistics().std(),
                                result.statistics().min(),
                                result.statistics().max()))
                .add("drift", drift(result.drift()));
    }

    private static String seasonal(EvalResult result) {
        return result.seasonalHours() == null ? "" : "; " + result.seasonalHours() + " hours have one of their own";
    }

    /** What the two tests for drift say, in a line. */
    static String drift(Drift drift) {
        String distance = Double.isInfinite(drift.magnitude())
                ? "not validation's one and only score"
                : String.format(Locale.ROOT, "%.2g standard deviations from validation's mean", drift.magnitude());
        String text = String.format(
                Locale.ROOT,
                "%s; the last %,d scores are %s",
                drift.any() ? "yes, train again" : "none",
                drift.recent(),
                distance);
        if (Double.isInfinite(drift.limit())) {
            return text;
        }
        return text
                + String.format(Locale.ROOT, "; slow shift %.3g, limit %.3g", drift.statistic(), drift.limit())
                + (drift.shifted() ? String.format(Locale.ROOT, ", since %,d scores ago", drift.since()) : "");
    }

    private static String acknowledged(EvalResult result) {
        return Rows.count(result.acknowledged()) + " more are normal by what was said with deepsentry feedback";
    }

    /** Why the most anomalous cases are, and where to read about the others. */
    static void anomalies(EvalResult result, Console console) {
        if (result.highest().isEmpty()) {
            return;
        }
        console.result("");
        console.result(
                result.flagged() > result.highest().size()
                        ? "The highest of the " + Rows.count(result.flagged()) + " anomalies:"
                        : "The anomalies:");
        for (List<String> anomaly : result.highest()) {
            console.result("");
            anomaly.forEach(console::result);
        }
        console.result("");
        console.result("All of them, with their lines: " + result.outputDir().resolve(EvalResult.ANOMALIES));
        console.result(
                "If one was normal: deepsentry feedback --normal ALERT, and neither it nor its like raises an alarm again");
    }
}
