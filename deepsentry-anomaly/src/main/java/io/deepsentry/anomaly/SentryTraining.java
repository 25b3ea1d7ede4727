package io.deepsentry.anomaly;

import io.deepsentry.anomaly.internal.threshold.AlarmBudget;
import io.deepsentry.anomaly.pipeline.PipelineSettings;
import io.deepsentry.anomaly.train.DetectorTraining;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DataException;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.core.internal.AtomicFile;
import io.deepsentry.core.nn.Device;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.text.encode.DatasetEncoding;
import io.deepsentry.text.prepare.Prepare;
import io.deepsentry.text.prepare.PrepareResult;
import io.deepsentry.text.prepare.PreparedData;
import io.deepsentry.text.train.TextTraining;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns what is normal from messages, events or files, and opens what was learned. {@link Sentry} begins one.
 *
 * <pre>{@code
 * try (Sentry sentry = Sentry.train(history)
 *         .sessionKey("order (\\d+)")
 *         .epochs(20)
 *         .into(Path.of("orders"))) {
 *     Verdict verdict = sentry.judge(messages);
 * }
 * }</pre>
 *
 * <p>The folder is a data folder like that of {@code deepsentry run}, without a test part: {@link Sentry#open} and
 * {@code deepsentry live} read it. The same history, settings and seed give the same models on the same number of
 * threads. For one thread; {@link #into} is stopped from others by a {@link Cancellation}.
 */
public final class SentryTraining {
    private final @Nullable Iterator<LogEvent> events;
    private final PipelineSettings.Builder settings;
    /** Whether it is known before anything is read that nothing has a time. */
    private boolean withoutTimes;

    private Progress progress = Progress.none();
    private Cancellation cancellation = Cancellation.none();
    private Device device = Device.AUTO;

    private SentryTraining(@Nullable Iterator<LogEvent> events) {
        this.events = events;
        this.settings = PipelineSettings.builder().prepare(prepare -> prepare.trainFraction(1));
    }

    static SentryTraining ofMessages(Iterator<String> messages) {
        SentryTraining training = new SentryTraining(new Iterator<>() {
            private long count;

            @Override
            public boolean hasNext() {
                return messages.hasNext();
            }

            @Override
            public LogEvent next() {
                String message = Sentry.requireElement("history", count, messages.next());
                Origin origin = new Origin(GivenMessages.PLACE, ++count, 0);
                return new LogEvent(null, message, null, null, origin, List.of(), null);
            }
        });
        training.withoutTimes = true;
        return training;
    }

    static SentryTraining ofEvents(Iterator<LogEvent> events) {
        return new SentryTraining(new Iterator<>() {
            private long count;

            @Override
            public boolean hasNext() {
                return events.hasNext();
            }

            @Override
            public LogEvent next() {
                return Sentry.requireElement("history", count++, events.next());
            }
        });
    }

    static SentryTraining ofFiles(List<Path> logs) {
        return new SentryTraining(null).settings(all -> all.prepare(prepare -> prepare.inputs(logs)));
    }

    /**
     * Sets what tells the session of a message: a regular expression with one group, such as {@code order (\\d+)}, the
     * name of a field, {@code path:REGEX} for the path of a file, or {@code auto}, as {@link
     * io.deepsentry.parse.SessionKey} says. Without a key there are no sessions, and the lines of a stream are judged.
     *
     * @param key one of these
     * @return this training
     */
    public SentryTraining sessionKey(String key) {
        return settings(all -> all.prepare(prepare -> prepare.sessionKey(key)));
    }

    /**
     * Sets how many times both trainings go through the data.
     *
     * @param passes at least 1
     * @return this training
     */
    public SentryTraining epochs(int passes) {
        return settings(all -> all.epochs(passes));
    }

    /**
     * Sets the seed of both trainings.
     *
     * @param seed any number
     * @return this training
     */
    public SentryTraining seed(long seed) {
        return settings(all -> all.seed(seed));
    }

    /**
     * Sets where the models compute, while they are trained and afterwards.
     *
     * @param newDevice where to compute
     * @return this training
     */
    public SentryTraining device(Device newDevice) {
        device = Sentry.required("device", newDevice);
        return settings(all -> all.device(newDevice));
    }

    /**
     * Sets how many false alarms a day normal data may give, above 0; the threshold of the opened {@link Sentry}
     * follows. This takes events or files whose lines have times, and at least 20 sessions or lines for validation: a
     * fifth of the history unless set otherwise.
     *
     * @param alarms above 0
     * @return this training
     */
    public SentryTraining maxAlarmsPerDay(double alarms) {
        return settings(all -> all.evaluation(evaluation -> evaluation.maxAlarmsPerDay(alarms)));
    }

    /**
     * Changes any setting of the stages, such as {@code all -> all.detectorTraining(detector ->
     * detector.sequenceLength(12))}. The opened {@link Sentry} judges by the threshold or the budget of the evaluation.
     *
     * @param change changes the settings of the stages
     * @return this training
     */
    public SentryTraining settings(Consumer<PipelineSettings.Builder> change) {
        change.accept(settings);
        return this;
    }

    /**
     * Sets where the stages report how far they are; nowhere unless set.
     *
     * @param newProgress takes the reports
     * @return this training
     */
    public SentryTraining progress(Progress newProgress) {
        progress = Sentry.required("progress", newProgress);
        return this;
    }

    /**
     * Sets the switch that stops the training between two steps.
     *
     * @param newCancellation the switch
     * @return this training
     */
    public SentryTraining cancellation(Cancellation newCancellation) {
        cancellation = Sentry.required("cancellation", newCancellation);
        return this;
    }

    /**
     * Learns and writes the data folder, then opens it. What the folder held of an earlier training is replaced, stage
     * by stage.
     *
     * @param folder the data folder; made if it is not there
     * @return the models, to be closed
     * @throws ConfigException if a setting is wrong, before anything is read, or does not fit the history, before
     *     anything is trained
     * @throws DataException if the folder cannot be written, before anything is read
     * @throws MissingDataException if there is too little to learn from
     * @throws io.deepsentry.parse.LogParseException if a file is missing, empty or does not fit the format
     * @throws io.deepsentry.core.CancelledException if it was stopped
     * @throws io.deepsentry.core.TrainingException if a training diverges
     */
    public Sentry into(Path folder) {
        Sentry.required("folder", folder);
        PipelineSettings all = settings.dataDir(folder).build();
        Sentry.Builder opening = Sentry.builder(folder).device(device).judging(all.evaluation());
        boolean budget = all.evaluation().maxAlarmsPerDay() != null;
        if (budget && withoutTimes) {
            throw new ConfigException("max_alarms_per_day needs history with times, but messages have none; train on"
                    + " events or files, or give a threshold");
        }
        AtomicFile.requireWritableFolder(folder);
        RunContext context = new RunContext(progress, cancellation);
        PrepareResult prepared =
                events == null ? Prepare.run(all.prepare(), context) : Prepare.run(all.prepare(), events, context);
        if (budget) {
            AlarmBudget.requireEnough(PreparedData.open(prepared.directory()));
        }
        TextTraining.run(all.textTraining(), context);
        DatasetEncoding.run(all.encoding(), context);
        DetectorTraining.run(all.detectorTraining(), context);
        return opening.open();
    }
}
