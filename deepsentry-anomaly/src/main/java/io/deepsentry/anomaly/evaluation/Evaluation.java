package io.deepsentry.anomaly.evaluation;

import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.threshold.SeasonalThresholds;
import io.deepsentry.anomaly.threshold.ScoreStatistics;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.array.VectorFileWriter;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.parse.Label;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.prepare.Split;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stage that scores the test part: each session, or each line where there are no sessions, gets a score and a
 * verdict. Labels are only copied into the table of scores.
 *
 * <pre>{@code
 * EvalSettings settings = EvalSettings.builder().dataDir(Path.of("orders")).build();
 * EvalResult result = Evaluation.run(settings, RunContext.quiet());
 * System.out.println(result.flagged() + " of " + result.cases() + " " + result.unit() + "s");
 * }</pre>
 */
public final class Evaluation {
    private static final int CHECK_EVERY = 0xFFF;

    private Evaluation() {}

    /**
     * Runs the stage.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what was found
     * @throws io.deepsentry.core.MissingDataException if a model or data is missing, or the test part is empty
     * @throws io.deepsentry.core.ModelException if the detector is corrupt or not the one that is asked for
     * @throws io.deepsentry.core.DataException if data is corrupt or the results cannot be written
     */
    public static EvalResult run(EvalSettings settings, RunContext context) {
        if (settings.all()) {
            try (JoinedTestPart whole = JoinedTestPart.of(settings, context)) {
                return run(whole.settings(), context);
            }
        }
        PreparedData prepared = PreparedData.open(settings.preparedDataDir());
        TestPart cases = TestPart.read(prepared, null, context);
        try (ScoredTestPart scored = ScoredTestPart.of(settings, prepared, cases, context)) {
            return write(settings, prepared, cases, scored, context);
        }
    }

    /**
     * Checks that there is something to score, before hours of training.
     *
     * @param prepared the prepared data
     * @throws io.deepsentry.core.MissingDataException if the test part is empty
     */
    public static void requireTestPart(PreparedData prepared) {
        if (prepared.rows(Split.TEST) == 0) {
            throw TestPart.emptyTestPart(prepared.directory());
        }
    }

    /** Writes the files of this stage, each whole or not at all. */
    static EvalResult write(
            EvalSettings settings, PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        AnomalyReportWriter findings = findings(settings, prepared, cases, scored, context);
        return write(settings, prepared, cases, scored, findings, context);
    }

    /** Explains the cases above the threshold, without what users acknowledged as normal. */
    static AnomalyReportWriter findings(
            EvalSettings settings, PreparedData prepared, TestPart cases, ScoredTestPart scored, RunContext context) {
        return AnomalyReportWriter.write(
                settings.outputDir().resolve(EvalResult.ANOMALIES), prepared, cases, scored, context);
    }

    static EvalResult write(
            EvalSettings settings,
            PreparedData prepared,
            TestPart cases,
            ScoredTestPart scored,
            AnomalyReportWriter findings,
            RunContext context) {
        Path folder = settings.outputDir();
        double[] scores = scored.scores();
        writeScores(folder.resolve(EvalResult.SCORES), scores);
        long flagged = writeTable(folder.resolve(EvalResult.SCORES_TABLE), cases, scored, findings, context);
        drawScores(folder, cases, scored);
        Map<String, Object> threshold = new LinkedHashMap<>(scored.threshold().toMap());
        SeasonalThresholds seasonal = scored.seasonal();
        if (seasonal != null) {
            threshold.put("seasonal", seasonal.toMap());
        }
        JsonFile.write(folder.resolve(EvalResult.THRESHOLD), threshold);
        ScoreStatistics statistics = ScoreStatistics.of(scores);
        Map<String, Object> described = new LinkedHashMap<>(statistics.toMap());
        described.put("unit", cases.unit());
        described.put("flagged", flagged);
        described.put("acknowledged", findings.acknowledged());
        if (findings.keyless().lines() > 0) {
            described.put("lines_without_key", findings.keyless().toMap());
        }
        if (findings.wholeLog().lines() > 0) {
            described.put("whole_log", findings.wholeLog().toMap());
        }
        described.put("drift", scored.drift().toMap());
        JsonFile.write(folder.resolve(EvalResult.STATISTICS), described);
        List<Finding> found = findings.findings();
        TestFindings.write(
                folder.resolve(EvalResult.FINDINGS), found, data(cases, scored, flagged, findings.acknowledged()));
        return new EvalResult(
                folder,
                cases.unit(),
                scores.length,
                flagged,
                findings.acknowledged(),
                scored.threshold(),
                seasonal == null ? null : seasonal.size(),
                statistics,
                scored.drift(),
                found,
                found.isEmpty() ? AnomalyReportWriter.closest(prepared, cases, scored, context) : List.of(),
                findings.keyless(),
                findings.wholeLog());
    }

    /** What was judged, for {@link EvalResult#FINDINGS}. */
    private static Map<String, @Nullable Object> data(
            TestPart cases, ScoredTestPart scored, long flagged, long acknowledged) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("inputs", cases.inputs());
        data.put("from", cases.first() == null ? null : String.valueOf(cases.first()));
        data.put("to", cases.last() == null ? null : String.valueOf(cases.last()));
        data.put("unit", cases.unit());
        data.put("cases", cases.count());
        data.put("flagged", flagged);
        data.put("acknowledged", acknowledged);
        data.put("threshold", scored.threshold().value());
        data.put("trained_threshold", scored.trainedThreshold());
        data.put("models", scored.ids().models());
        return data;
    }

    private static void writeScores(Path file, double[] scores) {
        VectorFileWriter writer = VectorFileWriter.create(file, scores.length, 0);
        try {
            for (double score : scores) {
                writer.write((float) score);
            }
            writer.close();
        } finally {
            writer.abort();
        }
    }

    private static long writeTable(
            Path file, TestPart cases, ScoredTestPart scored, AnomalyReportWriter findings, RunContext context) {
        long[] flagged = new long[1];
        try (Progress.Stage stage =
                context.progress().begin("write the table of scores", cases.count(), cases.unit() + "s")) {
            AtomicFile.write(file, out -> {
                Writer table = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
                table.write(cases.unit() + ",score,threshold,verdict,label,source,id,acknowledged_by\n");
                try {
                    cases.forEach((index, first) -> {
                        if ((index & CHECK_EVERY) == 0) {
                            context.cancellation().check();
                        }
                        double threshold = scored.threshold(index);
                        Verdict verdict = Verdict.of(scored.scores()[index], threshold);
                        int by = findings.acknowledgedBy(index);
                        boolean anomalous = verdict instanceof Verdict.Anomalous && by == 0;
                        flagged[0] += anomalous ? 1 : 0;
                        String session = first.session();
                        append(
                                table,
                                session == null ? Long.toString(first.line()) : quoted(session),
                                Double.toString(verdict.score()),
                                Double.toString(threshold),
                                anomalous ? "anomalous" : "normal",
                                name(cases.label(index)),
                                quoted(first.file() + ":" + first.line()),
                                scored.ids().of(session, first.time(), first.file(), first.offset()),
                                by == 0 ? "" : Integer.toString(by));
                        stage.advance(1);
                    });
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
                table.flush();
            });
        }
        return flagged[0];
    }

    private static void drawScores(Path folder, TestPart cases, ScoredTestPart scored) {
        ScorePicture picture = new ScorePicture(
                Caption.of(cases, Instant.now()), cases, scored.threshold().value());
        cases.forEach((index, first) -> picture.add(index, first.time(), scored.scores()[index]));
        AtomicFile.write(folder.resolve(EvalResult.SCORES_PICTURE), out -> out.write(picture.png()));
        AtomicFile.write(folder.resolve(EvalResult.SCORES_VECTORS), out -> out.write(picture.svg()));
    }

    private static void append(Writer table, String... fields) {
        try {
            for (int i = 0; i < fields.length; i++) {
                table.write(fields[i]);
                table.write(i == fields.length - 1 ? '\n' : ',');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(@Nullable Label label) {
        return label == null ? "" : label.name().toLowerCase(Locale.ROOT);
    }

    /** Quotes a field where it would otherwise end early (RFC 4180). */
    static String quoted(String text) {
        boolean plain =
                text.indexOf(',') < 0 && text.indexOf('"') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
