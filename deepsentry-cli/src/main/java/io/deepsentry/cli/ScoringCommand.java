package io.deepsentry.cli;

import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.threshold.Drift;
import io.deepsentry.anomaly.threshold.DriftDetector;
import io.deepsentry.cli.output.Console;
import io.deepsentry.cli.output.FindingReport;
import io.deepsentry.cli.output.KeyValueTable;
import io.deepsentry.core.config.Config;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.PreparedData;
import java.nio.file.Path;
import java.util.Locale;

/** A command that scores the test part. */
abstract class ScoringCommand extends StageCommand {
    static final OptionGroup OPTIONS =
            OptionGroup.of("--threshold", "--max-alarms-per-day", "--seasonal", "--kinds", "--output-dir");

    private static final Path USUAL_DATA_DIR = Path.of("deepsentry-data");

    /**
     * Prints what was judged and what was found in it.
     *
     * @param all whether the whole log was judged, with the part that was learned from
     */
    static void findings(EvalResult result, Config config, boolean all, Program program) {
        Console console = program.console();
        PreparedData prepared = PreparedData.open(config.getPath("prepared_data_dir"));
        FindingReport report = new FindingReport(result, prepared.meta(), all, console, program.verbose());
        new KeyValueTable()
                .add("learned from", report.learned())
                .add("judged", report.judged())
                .print(console);
        console.result("");
        report.print(acknowledge(config.dataDir()));
    }

    /**
     * Prints where everything is, and with {@code --verbose} how the scores are distributed.
     *
     * @param report the page of what was found
     */
    static void rest(EvalResult result, Path report, Program program) {
        Console console = program.console();
        console.result("");
        KeyValueTable rows = new KeyValueTable()
                .add("report", FindingReport.shown(report))
                .add("results", FindingReport.shown(result.outputDir()));
        if (result.seasonalHours() != null) {
            rows.add(
                    "seasonal",
                    Counted.of(
                            result.seasonalHours(), "hour has its own threshold", "hours have their own thresholds"));
        }
        if (program.verbose()) {
            rows.add(
                    "scores",
                    String.format(
                            Locale.ROOT,
                            "mean %.4g, std %.4g, min %.4g, max %.4g",
                            result.statistics().mean(),
                            result.statistics().std(),
                            result.statistics().min(),
                            result.statistics().max()));
        }
        if (result.drift().any() || program.verbose()) {
            rows.add("drift", drift(result.drift()));
        }
        rows.print(console);
    }

    /** Returns the command that acknowledges a finding of a data folder, without the finding's id. */
    static String acknowledge(Path dataDir) {
        return "deepsentry feedback " + dataDirOption(dataDir) + "--normal ";
    }

    /** Returns the option that names a data folder, followed by a space; nothing for the usual one. */
    static String dataDirOption(Path dataDir) {
        return dataDir.toAbsolutePath().normalize().equals(USUAL_DATA_DIR.toAbsolutePath())
                ? ""
                : "--data-dir " + FindingReport.shown(dataDir) + " ";
    }

    /** Returns what the two tests for drift found, in a line. */
    static String drift(Drift drift) {
        String text = (drift.any() ? "yes, train again; " : "none; ") + means(drift);
        if (Double.isInfinite(drift.limit())) {
            return text;
        }
        return text
                + String.format(Locale.ROOT, "; slow shift %.3g (limit %.3g)", drift.statistic(), drift.limit())
                + (drift.shifted() ? String.format(Locale.ROOT, ", since %,d scores ago", drift.since()) : "");
    }

    private static String means(Drift drift) {
        if (drift.recent() < DriftDetector.LEAST) {
            return String.format(
                    Locale.ROOT,
                    "only %s so far, and a comparison with validation needs %,d",
                    Counted.of(drift.recent(), "score", "scores"),
                    DriftDetector.LEAST);
        }
        String last = String.format(Locale.ROOT, "the last %,d scores are on average ", drift.recent());
        return Double.isInfinite(drift.magnitude())
                ? last + "unlike those of validation, which were all equal"
                : last
                        + String.format(
                                Locale.ROOT,
                                "%.2g standard deviations from those of validation (limit %.0f)",
                                drift.magnitude(),
                                DriftDetector.STANDARD_DEVIATIONS);
    }
}
