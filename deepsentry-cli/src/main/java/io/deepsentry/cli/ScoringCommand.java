package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.KeylessResult;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.parse.Excerpt;
import java.util.Locale;

/** A command that scores the test part. */
abstract class ScoringCommand extends StageCommand {
    static final OptionGroup OPTIONS =
            OptionGroup.of("--threshold", "--max-alarms-per-day", "--seasonal", "--kinds", "--output-dir");
    /** The findings that are shown. */
    private static final int SHOWN = 5;

    /** What was judged, by what, and where it was written. */
    static KeyValueTable verdicts(EvalResult result) {
        KeyValueTable rows = new KeyValueTable()
                .add("results", result.outputDir())
                .add(
                        "flagged",
                        KeyValueTable.count(result.flagged()) + " of " + KeyValueTable.count(result.cases()) + " "
                                + result.unit() + "s");
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
        return KeyValueTable.count(result.acknowledged())
                + " more are normal by what was said with deepsentry feedback";
    }

    /** Why the most anomalous cases are, and where to read about the others. */
    static void anomalies(EvalResult result, Console console) {
        keyless(result.keyless(), console);
        if (result.findings().isEmpty()) {
            return;
        }
        findings(result, console);
        console.result("");
        console.result("All of them, with their lines: " + result.outputDir().resolve(EvalResult.ANOMALIES));
        console.result(
                "If one was normal: deepsentry feedback --normal ALERT, and neither it nor its like raises an alarm again");
    }

    private static void keyless(KeylessResult keyless, Console console) {
        if (keyless.lines() == 0) {
            return;
        }
        console.result("");
        String lines = "Lines without a session key: " + KeyValueTable.count(keyless.lines());
        console.result(
                keyless.judged()
                        ? lines + ", of which " + KeyValueTable.count(keyless.flagged()) + " are anomalous"
                        : lines + ", not judged: the training part has none");
    }

    private static void findings(EvalResult result, Console console) {
        int shown = Math.min(SHOWN, result.findings().size());
        console.result("");
        console.result(
                shown < result.findings().size()
                        ? "The first " + shown + " of "
                                + KeyValueTable.count(result.findings().size()) + " findings:"
                        : "The findings:");
        for (Finding finding : result.findings().subList(0, shown)) {
            console.result("");
            Explanation why = finding.first().explanation();
            if (why == null) {
                console.result(finding.id() + "  " + Excerpt.of(finding.line()));
                console.result("    " + finding.reason());
            } else {
                why.toText(finding.first().session(), finding.first().id(), finding.highestScore(), finding.threshold())
                        .forEach(console::result);
            }
            if (finding.count() > 1) {
                console.result("  " + KeyValueTable.count(finding.count() - 1) + " more for the same reason");
            }
        }
    }
}
