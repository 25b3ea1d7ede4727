package io.deepsentry.benchmark.inject;

import io.deepsentry.anomaly.Sentry;
import io.deepsentry.anomaly.evaluation.Evaluation;
import io.deepsentry.anomaly.internal.json.JsonFile;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.anomaly.train.DetectorTrainingResult;
import io.deepsentry.benchmark.internal.WorkFolder;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.train.TextTraining;
import io.deepsentry.text.train.TextTrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows, without labels, what would be found in a log of the user's own: learns from its earlier part, puts faults of
 * each {@link InjectionKind} into its later part, and judges both that and the part as it is. Verdicts are those of
 * {@link Sentry}, so of {@code eval} and {@code live}.
 *
 * <pre>{@code
 * InjectionSettings settings = InjectionSettings.builder()
 *         .dataDir(Path.of("shop"))
 *         .prepare(prepare -> prepare.inputs(Path.of("app.log")))
 *         .build();
 * InjectionResult result = InjectionTrial.run(settings, RunContext.quiet());
 * result.rows().forEach(row -> System.out.println(row.kind().title() + ": " + row.found() + " of " + row.outcomes().size()));
 * }</pre>
 */
public final class InjectionTrial {
    private final InjectionSettings settings;
    private final RunContext context;

    private InjectionTrial(InjectionSettings settings, RunContext context) {
        this.settings = settings;
        this.context = context;
    }

    /**
     * Learns, unless the data folder has learned from the same log, injects, judges, and writes {@code inject.json} and
     * {@code inject.png}.
     *
     * @throws MissingDataException if the log is too short, or is no file that can be read again
     * @throws DataException if the results cannot be written
     * @throws io.deepsentry.parse.LogParseException if an input is missing, empty or does not fit the format
     */
    public static InjectionResult run(InjectionSettings settings, RunContext context) {
        return new InjectionTrial(settings, context).run();
    }

    private InjectionResult run() {
        long start = System.nanoTime();
        if (settings.isLearned()) {
            return judge(settings.dataDir(), settings.dataDir(), start);
        }
        Path work = settings.training().dataDir();
        WorkFolder.delete(work);
        try {
            train(settings.training());
            return judge(work, null, start);
        } finally {
            WorkFolder.delete(work);
        }
    }

    private void train(PipelineSettings training) {
        PrepareResult prepared = Prepare.run(training.prepare(), context);
        Evaluation.requireTestPart(PreparedData.open(prepared.directory()));
        TextTrainingResult unusedText = TextTraining.run(training.textTraining(), context);
        DatasetEncoding.Result unusedEncoding = DatasetEncoding.run(training.encoding(), context);
        DetectorTrainingResult unusedDetector = DetectorTraining.run(training.detectorTraining(), context);
    }

    private InjectionResult judge(Path folder, @Nullable Path reused, long start) {
        PreparedData prepared = PreparedData.open(folder.resolve(InjectionSettings.PREPARED));
        Evaluation.requireTestPart(prepared);
        Regularities learned = Regularities.of(prepared, context);
        LaterPart later = LaterPart.read(prepared, settings.training().prepare().parserPath(), context);
        try (Sentry sentry = Sentry.open(folder)) {
            Judgement judgement = new Judgement(
                    new SentryJudge(sentry),
                    learned,
                    prepared.identity(),
                    sentry.judgesSessions(),
                    later.parts(),
                    context);
            List<InjectionRow> rows = new ArrayList<>();
            for (InjectionKind kind : InjectionKind.of(sentry.judgesSessions())) {
                rows.add(judgement.row(kind, settings.perKind(), settings.seed()));
            }
            Untouched wholeLog = sentry.judgesWholeLog() ? judgeWholeLog(sentry, prepared, rows) : null;
            InjectionResult result = new InjectionResult(
                    settings.outputDir(),
                    prepared.meta().inputs(),
                    learned.lines(),
                    learned.first(),
                    learned.last(),
                    reused,
                    later.all(),
                    judgement.untouched(),
                    wholeLog,
                    rows,
                    (System.nanoTime() - start) / 1e9);
            write(result);
            return result;
        }
    }

    /**
     * Puts faults of the log as a whole into it, judges it, adds what became of them, and returns what is flagged
     * without them.
     */
    private Untouched judgeWholeLog(Sentry sentry, PreparedData prepared, List<InjectionRow> rows) {
        Path parserPath = settings.training().prepare().parserPath();
        Judgement judgement = new Judgement(
                new WholeLogJudge(sentry),
                Regularities.ofWholeLog(prepared, context),
                prepared.identity(),
                false,
                LaterPart.ofWholeLog(prepared, parserPath, context).parts(),
                context);
        for (InjectionKind kind : InjectionKind.OF_WHOLE_LOG) {
            rows.add(judgement.row(kind, settings.perKind(), settings.seed()));
        }
        return judgement.untouched();
    }

    private void write(InjectionResult result) {
        JsonFile.write(result.json(), result.toMap(settings));
        byte[] picture = InjectionPicture.of(result);
        AtomicFile.write(result.picture(), out -> out.write(picture));
    }
}
