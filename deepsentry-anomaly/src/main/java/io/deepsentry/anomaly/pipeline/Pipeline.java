package io.deepsentry.anomaly.pipeline;

import io.deepsentry.anomaly.evaluation.Analysis;
import io.deepsentry.anomaly.evaluation.AnalysisResult;
import io.deepsentry.anomaly.evaluation.EvalResult;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.internal.threshold.AlarmBudget;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.core.RunContext;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.prepare.KnownFaults;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Runs the whole batch job, from raw logs to verdicts and, where there are labels, metrics. Each stage writes its own
 * files, so it can be run again on its own.
 *
 * <pre>{@code
 * PipelineSettings settings = PipelineSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .prepare(prepare -> prepare.inputs(Path.of("app.log")).sessionKey("order (\\d+)"))
 *         .build();
 * PipelineSummary summary = Pipeline.run(settings, RunContext.quiet());
 * System.out.println(summary.eval().flagged() + " sessions are anomalous");
 * }</pre>
 */
public final class Pipeline {
    private final PipelineSettings settings;
    private final KnownFaults faults;
    private final RunContext context;
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    private Pipeline(PipelineSettings settings, KnownFaults faults, RunContext context) {
        this.settings = settings;
        this.faults = faults;
        this.context = context;
    }

    /**
     * Runs all stages and writes {@code summary.json} into the data folder.
     *
     * @param settings the settings
     * @param context takes reports of progress, and may cancel
     * @return what the stages found
     * @throws io.deepsentry.core.DeepSentryException if a stage fails; what the stages before it wrote stays
     * @throws io.deepsentry.parse.LogParseException if an input is missing, empty or does not fit the format
     */
    public static PipelineSummary run(PipelineSettings settings, RunContext context) {
        return run(settings, new KnownFaults(), context);
    }

    /**
     * Runs all stages and leaves out of training what is known to be faulty.
     *
     * @param settings the settings
     * @param faults what is known to be faulty
     * @param context takes reports of progress, and may cancel
     * @return what the stages found
     * @throws io.deepsentry.core.DeepSentryException as {@link #run(PipelineSettings, RunContext)}
     */
    public static PipelineSummary run(PipelineSettings settings, KnownFaults faults, RunContext context) {
        return new Pipeline(settings, faults, context).run();
    }

    private PipelineSummary run() {
        PrepareResult prepare = timed("prepare", () -> Prepare.run(settings.prepare(), faults, context));
        PreparedData prepared = PreparedData.open(prepare.directory());
        Evaluation.requireTestPart(prepared);
        if (settings.evaluation().maxAlarmsPerDay() != null) {
            AlarmBudget.requireEnough(prepared);
        }
        TextTrainingResult text = timed("train-text", () -> TextTraining.run(settings.textTraining(), context));
        DatasetEncoding.Result encoding = timed("encode", () -> DatasetEncoding.run(settings.encoding(), context));
        DetectorTrainingResult detector =
                timed("train-detector", () -> DetectorTraining.run(settings.detectorTraining(), context));
        String missing = Analysis.obstacle(settings.analysis(), context).orElse(null);
        AnalysisResult analysis = null;
        EvalResult eval;
        if (missing == null) {
            analysis = timed("analyze", () -> Analysis.run(settings.analysis(), context));
            eval = analysis.eval();
        } else {
            eval = timed("eval", () -> Evaluation.run(settings.evaluation(), context));
        }
        PipelineSummary summary = new PipelineSummary(
                settings.dataDir(), prepare, text, encoding, detector, eval, analysis, missing, seconds);
        JsonFile.write(settings.dataDir().resolve(PipelineSummary.FILE), summary.toMap());
        return summary;
    }

    private <T> T timed(String stage, Supplier<T> work) {
        context.cancellation().check();
        long start = System.nanoTime();
        T result = Objects.requireNonNull(work.get());
        seconds.put(stage, (System.nanoTime() - start) / 1e9);
        return result;
    }
}
