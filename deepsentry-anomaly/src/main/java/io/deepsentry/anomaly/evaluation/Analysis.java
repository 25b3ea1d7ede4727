package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.vector.EncodedSessions;
import io.deepsentry.anomaly.threshold.Threshold;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.Label;
import io.deepsentry.parse.Labels;
import io.deepsentry.parse.internal.Counted;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.PreparedMeta;
import io.deepsentry.text.prepare.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stage that compares verdicts with labels. It writes the files of {@link Evaluation}, then metrics, baselines and
 * plots. Labels choose nothing: the threshold is the one recommended without them, or one that is given.
 */
public final class Analysis {
    private Analysis() {}

    /**
     * Runs the stage.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was found
     * @throws ConfigException if labels of sessions are given for data without sessions
     * @throws MissingDataException if a model, data or labels are missing, or the test part is empty
     * @throws io.deepsentry.core.ModelException if the detector is corrupt or not the one that is asked for
     * @throws DataException if the labels match no session or know one class only, data is corrupt, or the results
     *     cannot be written
     * @throws io.deepsentry.parse.LogParseException if the label file is missing or is none
     */
    public static AnalysisResult run(AnalyzeSettings settings, RunContext context) {
        PreparedData prepared = PreparedData.open(settings.eval().preparedDataDir());
        Path labelsFile = settings.labelsFile();
        if (labelsFile != null && prepared.meta().sessionKey() == null) {
            throw new ConfigException("labels_file labels sessions, but the data in " + prepared.directory()
                    + " was prepared without session_key; prepare it with one, or leave labels_file out where the log"
                    + " has a label column");
        }
        Labels labels = labelsFile == null ? null : Labels.load(labelsFile);
        TestPart cases = TestPart.read(prepared, labels, context);
        requireBothClasses(cases, prepared, labelsFile, labels);
        try (ScoredTestPart scored = ScoredTestPart.of(settings.eval(), prepared, cases, context)) {
            Map<String, Metrics> baselines = baselines(settings.eval(), prepared, cases, scored, context);
            AnomalyReportWriter findings = Evaluation.findings(settings.eval(), prepared, cases, scored, context);
            EvalResult eval = Evaluation.write(settings.eval(), prepared, cases, scored, findings, context);
            LabelledScores labelled = cases.labelled(scored.comparable(findings.remaining()));
            Metrics metrics = Metrics.of(
                    labelled, scored.threshold().value(), sourceOf(scored.threshold(), prepared.meta(), cases.unit()));
            AnalysisResult result = new AnalysisResult(
                    eval,
                    protocolOf(prepared.meta(), cases.unit(), scored, findings),
                    labelled.negatives(),
                    labelled.positives(),
                    cases.count(null),
                    metrics,
                    baselines);
            write(eval.outputDir(), result, labelled, Caption.of(cases, Instant.now()));
            return result;
        }
    }

    /**
     * {@return why there would be no figures, or empty where {@link #run} gives some} A test part without an anomaly is
     * no failure after hours of training.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @throws MissingDataException if data is missing, or the test part is empty
     */
    public static Optional<String> obstacle(AnalyzeSettings settings, RunContext context) {
        if (settings.labelsFile() != null) {
            return Optional.empty();
        }
        PreparedData prepared = PreparedData.open(settings.eval().preparedDataDir());
        if (!prepared.meta().labelled()) {
            return Optional.of("there are no labels to compare with");
        }
        TestPart cases = TestPart.read(prepared, null, context);
        int normal = cases.count(Label.NORMAL);
        int anomalous = cases.count(Label.ANOMALY);
        return normal > 0 && anomalous > 0
                ? Optional.empty()
                : Optional.of("of " + Counted.of(cases.count(), "test " + cases.unit()) + ", "
                        + Counted.of(normal, "is", "are") + " labelled normal and " + anomalous
                        + " an anomaly; figures need both");
    }

    private static void requireBothClasses(
            TestPart cases, PreparedData prepared, @Nullable Path labelsFile, @Nullable Labels labels) {
        int anomalous = cases.count(Label.ANOMALY);
        int normal = cases.count(Label.NORMAL);
        String unit = cases.unit();
        if (anomalous + normal == 0 && labels == null) {
            throw new MissingDataException("the figures need labels, but none of the " + cases.count() + " test " + unit
                    + "s in " + prepared.directory()
                    + " has one; name a labels_file, prepare again with labels, or use eval");
        }
        if (anomalous + normal == 0 && labels != null) {
            String[] example = new String[1];
            cases.forEach((index, first) -> {
                if (index == 0) {
                    example[0] = first.session();
                }
            });
            throw new DataException(
                    "the labels in " + labelsFile + " must name sessions of the test part, but none of its "
                            + labels.size() + " sessions (such as "
                            + labels.asMap().keySet().iterator().next() + ") is one of the " + cases.count() + " in "
                            + prepared.directory() + " (such as " + example[0]
                            + "); is it the label file of this log, and does session_key catch the same name?");
        }
        if (anomalous == 0 || normal == 0) {
            throw new DataException("the figures need normal and anomalous " + unit + "s in the test part, but of "
                    + Counted.of(cases.count(), unit) + ", " + Counted.of(normal, "is", "are") + " labelled normal, "
                    + anomalous
                    + " an anomaly and " + cases.count(null) + " not at all"
                    + (labelsFile == null ? "" : " (" + labelsFile + ")")
                    + "; take a longer test part, or use eval, which needs no labels");
        }
    }

    private static Map<String, Metrics> baselines(
            EvalSettings settings, PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        Baselines judges = new Baselines(cases.keyed(), scored.sequenceLength());
        for (Split split : List.of(Split.TRAIN, Split.VAL)) {
            Path vectors = settings.encodedTestData().resolveSibling(split.encodedFile());
            try (EncodedSessions part = EncodedSessions.read(vectors, prepared, split, scored.table(), context)) {
                judges.learn(part);
            }
        }
        Map<String, Metrics> figures = new LinkedHashMap<>();
        judges.judge(scored.sessions(), prepared, cases.count())
                .forEach((name, answers) -> figures.put(
                        name,
                        Metrics.of(
                                cases.labelled(answers),
                                Baselines.THRESHOLD,
                                "fixed: the answer is yes (1) or no (0)")));
        return figures;
    }

    private static String sourceOf(Threshold threshold, PreparedMeta meta, String unit) {
        if (threshold.validationCount() == 0) {
            return threshold.method();
        }
        return threshold.method() + ", from " + threshold.validationCount() + " " + (normalOnly(meta) ? "normal " : "")
                + "validation " + unit + "s";
    }

    /** Returns whether labels kept anomalies out of training and validation. */
    private static boolean normalOnly(PreparedMeta meta) {
        return meta.labelled() && meta.trainOn().equals("normal");
    }

    private static String protocolOf(
            PreparedMeta meta, String unit, ScoredTestPart scored, AnomalyReportWriter findings) {
        StringBuilder text = new StringBuilder();
        text.append(
                meta.test() == null
                        ? "chronological: training, then validation, then test " + unit + "s"
                        : "a separate test log (" + meta.test() + ")");
        text.append(
                normalOnly(meta)
                        ? "; labelled anomalies are left out of training and validation"
                        : "; training and validation use no labels");
        text.append(
                scored.threshold().validationCount() == 0
                        ? "; the threshold was given"
                        : "; the threshold comes from validation, no test label was used");
        if (findings.acknowledged() > 0) {
            text.append("; anomalies that users marked as normal are normal");
        }
        text.append("; new_event and count_vector know the training and validation parts");
        if (scored.seasonal() != null) {
            text.append("; each hour with enough validation scores has its own threshold");
        }
        if (unit.equals("line")) {
            text.append("; count_vector looks at the last ")
                    .append(scored.sequenceLength())
                    .append(" lines of a stream");
        }
        return text.toString();
    }

    private static void write(Path folder, AnalysisResult result, LabelledScores labelled, Caption caption) {
        RocCurve roc = RocCurve.of(labelled);
        PrecisionRecallCurve precisionRecall = PrecisionRecallCurve.of(labelled);
        JsonFile.write(folder.resolve(AnalysisResult.METRICS), result.toMap());
        AtomicFile.writeAt(
                folder.resolve(AnalysisResult.CURVES),
                JsonFile.compact(Map.of("roc", roc.drawn(), "precision_recall", precisionRecall.drawn())));
        picture(
                folder.resolve(AnalysisResult.ROC_CURVE),
                Plots.roc(roc, result.metrics(), result.baselines(), caption));
        picture(
                folder.resolve(AnalysisResult.PRECISION_RECALL),
                Plots.precisionRecall(precisionRecall, result.metrics(), result.baselines(), caption));
        picture(
                folder.resolve(AnalysisResult.CONFUSION_MATRIX),
                Plots.confusionMatrix(result.metrics(), result.eval().unit(), caption));
    }

    private static void picture(Path file, byte[] png) {
        AtomicFile.write(file, out -> out.write(png));
    }
}
