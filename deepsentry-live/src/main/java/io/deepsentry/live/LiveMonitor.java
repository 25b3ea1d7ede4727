package io.deepsentry.live;

import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.StreamAlertSink;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.identify.IdentifierEngine;
import io.deepsentry.live.internal.identify.ModelFiles;
import io.deepsentry.live.internal.identify.PreparedEvents;
import io.deepsentry.live.internal.identify.SessionRules;
import io.deepsentry.live.internal.identify.ThresholdRules;
import io.deepsentry.live.internal.otlp.OtlpReceiver;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.tail.HeldFiles;
import io.deepsentry.live.record.BrokerSettings;
import io.deepsentry.live.record.OtlpSettings;
import io.deepsentry.live.record.RecordBroker;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogReader;
import io.deepsentry.parse.SessionKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Follows a log and raises an alert for each anomaly: the {@code live} command as a call.
 *
 * <pre>{@code
 * LiveSettings settings = LiveSettings.builder()
 *         .dataDir(Path.of("orders"))
 *         .logFiles(Path.of("/var/log/app.log"))
 *         .outputFile(Path.of("alerts.log"))
 *         .build();
 * Cancellation cancellation = new Cancellation();
 * LiveSummary summary = LiveMonitor.run(settings, new RunContext(Progress.none(), cancellation));
 * }</pre>
 *
 * <p>A run works on the calling thread until its input ends or it is cancelled. While lines of files or pipes wait, a
 * thread of its own reads and masks the next ones; the verdicts and their order do not depend on it. Several runs may
 * work at the same time, each on a log of its own.
 */
public final class LiveMonitor {
    private LiveMonitor() {}

    /**
     * Runs until the input ends or the context is cancelled, which is the usual end and not a failure. Alerts go
     * where the settings say; secrets for servers come from the environment.
     *
     * @param settings the log, the models and where alerts go
     * @param context follows progress and cancels the run
     * @return what was read, judged and raised
     * @throws io.deepsentry.core.DeepSentryException if a model cannot be used, or an alert cannot be written
     * @throws io.deepsentry.parse.LogParseException if the log cannot be read, or does not fit its format
     */
    public static LiveSummary run(LiveSettings settings, RunContext context) {
        AlertSink standardOut =
                new StreamAlertSink(System.out, settings.outputs().format());
        try (AlertSink sink = settings.outputs().open(System.getenv(), standardOut)) {
            return run(settings, sink, end -> {}, context);
        }
    }

    /**
     * Runs with a sink of the caller's own. Alerts are redacted before the sink sees them.
     *
     * @param settings the log and the models; the sink replaces their outputs
     * @param sink takes the alerts; the caller closes it
     * @param onSessionEnd takes the verdict on each session at its end, on the calling thread; session keys are as
     *     the log has them
     * @param context follows progress and cancels the run
     * @return what was read, judged and raised
     * @throws io.deepsentry.core.DeepSentryException if a model cannot be used, or an alert cannot be written
     * @throws io.deepsentry.parse.LogParseException if the log cannot be read, or does not fit its format
     */
    public static LiveSummary run(
            LiveSettings settings, AlertSink sink, Consumer<SessionVerdict> onSessionEnd, RunContext context) {
        return run(settings, sink, onSessionEnd, new LiveRun(), context);
    }

    /**
     * Runs with a handle that reports on the run and takes requests to reload.
     *
     * @param settings the log and the models; the sink replaces their outputs
     * @param sink takes the alerts; the caller closes it
     * @param onSessionEnd takes the verdict on each session at its end, on the calling thread; session keys are as
     *     the log has them
     * @param run a handle for this run alone
     * @param context follows progress and cancels the run
     * @return what was read, judged and raised
     * @throws io.deepsentry.core.DeepSentryException if a model cannot be used, or an alert cannot be written
     * @throws io.deepsentry.parse.LogParseException if the log cannot be read, or does not fit its format
     */
    public static LiveSummary run(
            LiveSettings settings,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context) {
        return run(settings, null, sink, onSessionEnd, run, context, LiveClock.ofSystem());
    }

    /**
     * Runs on events that the program hands over itself, until their feed is closed and read. Settings for log files
     * and for the format of lines do not apply.
     *
     * @param settings the models; the feed replaces the log and the sink replaces the outputs
     * @param feed the events to judge
     * @param sink takes the alerts; the caller closes it
     * @param onSessionEnd takes the verdict on each session at its end, on the calling thread; session keys are as
     *     the events have them
     * @param run a handle for this run alone
     * @param context follows progress and cancels the run
     * @return what was judged and raised
     * @throws io.deepsentry.core.DeepSentryException if a model cannot be used, or an alert cannot be written
     */
    public static LiveSummary run(
            LiveSettings settings,
            EventFeed feed,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context) {
        return run(
                settings, Objects.requireNonNull(feed, "feed"), sink, onSessionEnd, run, context, LiveClock.ofSystem());
    }

    static LiveSummary run(
            LiveSettings settings,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context,
            LiveClock pace) {
        return run(settings, null, sink, onSessionEnd, run, context, pace);
    }

    /** @param feed what is watched; null for the log files of the settings */
    private static LiveSummary run(
            LiveSettings settings,
            @Nullable EventFeed feed,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context,
            LiveClock pace) {
        Cancellation cancellation = context.cancellation();
        long began = pace.nanoTime();
        run.askProblems(sink);
        // What is removed while the models are loaded is read all the same.
        try (HeldFiles held = feed == null ? HeldFiles.of(settings.logFiles()) : HeldFiles.none();
                AlertRecordFile records = new AlertRecordFile(settings.alertRecords())) {
            AlertOutlet alerts = new AlertOutlet(settings.findings(), sink, records, run::alert, onSessionEnd);
            try (CheckpointedIdentifier identifier = CheckpointedIdentifier.open(
                    settings.checkpointDir(),
                    // Whoever exports logs throws them away when they are acknowledged.
                    settings.otlp() != null,
                    alerts,
                    () -> models(settings, alerts, pace),
                    pace)) {
                Map<String, ReadPosition> places = identifier.resume();
                try (Quarantine quarantine = Quarantine.open(settings.checkpointDir());
                        DataStream stream = feed == null
                                ? stream(
                                        settings,
                                        identifier.sessionKey().orElse(null),
                                        places,
                                        held,
                                        cancellation,
                                        pace)
                                : stream(settings, feed, cancellation, pace);
                        Watch watch =
                                new Watch(run, context.progress(), feed == null ? settings.input() : feed.name())) {
                    IdentifierStats earlier = quarantine.counted(identifier.stats());
                    boolean interrupted = follow(stream, identifier, quarantine, run, watch);
                    boolean stopped = interrupted || cancellation.isCancelled();
                    identifier.finish(stream.places(), !stopped);
                    stream.settled();
                    run.findings(identifier.changedFindings());
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return new LiveSummary(
                            stream.stats(),
                            quarantine.counted(identifier.stats()),
                            earlier,
                            stream.keptLines(),
                            Duration.ofNanos(pace.nanoTime() - began),
                            stopped);
                }
            }
        } finally {
            run.ended();
        }
    }

    /** Says whether it was interrupted. */
    private static boolean follow(
            DataStream stream, CheckpointedIdentifier identifier, Quarantine quarantine, LiveRun run, Watch watch) {
        try {
            while (!stream.ended()) {
                if (!watch.begun() && stream.begun()) {
                    watch.begin();
                }
                List<LogEvent> batch = stream.nextBatch();
                PreparedEvents prepared = stream.prepared();
                if (!quarantine.isCareful()) {
                    stream.readAhead(identifier.preparation());
                }
                if (run.takeReload()) {
                    identifier.reload();
                    run.reloaded();
                }
                long began = System.nanoTime();
                List<Verdict> verdicts = quarantine.judge(
                        batch,
                        stream.caughtUp(),
                        stream.readsAhead(),
                        (events, caughtUp) -> identifier.judge(events, caughtUp, prepared));
                StreamStats read = stream.stats();
                run.judged(batch, verdicts);
                run.batch(
                        verdicts,
                        began,
                        stream.caughtUp(),
                        read.lagBytes(),
                        new LiveRun.Sources(
                                read,
                                quarantine.counted(identifier.stats()),
                                identifier.firing(),
                                identifier.cacheHitRatio(),
                                stream.records()));
                if (identifier.commit(stream.places())) {
                    stream.settled();
                }
                if (!watch.begun() && stream.begun()) {
                    // A crash from here on must find where reading began: the log may be rotated by the next start.
                    identifier.force();
                    watch.begin();
                }
                if (run.wantsFindings()) {
                    run.findings(identifier.changedFindings());
                }
                watch.advance(batch.size(), read);
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** What is said of a run once the log is watched. */
    private static final class Watch implements AutoCloseable {
        private final LiveRun run;
        private final Progress progress;
        private final String name;
        private final Set<String> formats = new HashSet<>();
        private Progress.@Nullable Stage stage;

        Watch(LiveRun run, Progress progress, String name) {
            this.run = run;
            this.progress = progress;
            this.name = name;
        }

        boolean begun() {
            return stage != null;
        }

        void begin() {
            stage = progress.begin("watching " + name, Progress.UNKNOWN, "messages");
            run.watching();
        }

        void advance(int messages, StreamStats stats) {
            Progress.Stage begun = stage;
            if (begun == null) {
                return;
            }
            begun.advance(messages);
            stats.read().formats().forEach((format, why) -> {
                if (formats.add(format)) {
                    begun.note(why);
                }
            });
        }

        @Override
        public void close() {
            if (stage != null) {
                stage.close();
            }
        }
    }

    private static DataStream stream(
            LiveSettings settings,
            @Nullable SessionKey sessionKey,
            @Nullable Map<String, ReadPosition> places,
            HeldFiles held,
            Cancellation cancellation,
            LiveClock pace) {
        DataStream.Builder builder = DataStream.builder()
                .held(held)
                .resumable(settings.checkpointDir() != null)
                .resume(places)
                .overload(settings.overload())
                .tailMode(settings.tailMode())
                .batchInterval(settings.batchInterval())
                .format(settings.format())
                .timeFormat(settings.timeFormat())
                .zone(settings.zone())
                .onMalformed(settings.onMalformed())
                .sessionKey(sessionKey)
                .cancellation(cancellation)
                .pace(pace);
        if (settings.customParser() != null) {
            builder.parser(LogFormat.ofClass(settings.customParser(), settings.parserPath()));
        }
        BrokerSettings kafka = settings.kafka();
        OtlpSettings otlp = settings.otlp();
        if (otlp != null) {
            builder.records(OtlpReceiver.open(otlp, LogReader.DEFAULT_MAX_LINE_LENGTH));
        } else if (kafka != null && settings.readsTopics()) {
            builder.records(
                    RecordBroker.installed().open(kafka, settings.tailMode(), LogReader.DEFAULT_MAX_LINE_LENGTH));
        } else {
            builder.logFiles(settings.logFiles());
        }
        return builder.open();
    }

    private static DataStream stream(LiveSettings settings, EventFeed feed, Cancellation cancellation, LiveClock pace) {
        return DataStream.builder()
                .feed(feed)
                .batchInterval(settings.batchInterval())
                .cancellation(cancellation)
                .pace(pace)
                .open();
    }

    private static IdentifierEngine models(LiveSettings settings, AlertOutlet alerts, LiveClock pace) {
        return IdentifierEngine.open(
                new ModelFiles(
                        settings.textEncoder(),
                        settings.vocabulary(),
                        settings.anomalyModel(),
                        settings.sequenceLength(),
                        settings.kinds(),
                        settings.device(),
                        settings.runtime()),
                new SessionRules(
                        settings.sessionKey() == null ? null : SessionKey.of(settings.sessionKey()),
                        sessionEnd(settings),
                        // The end of a file that is read to its end is the end of its sessions.
                        settings.tailMode() == TailMode.UNTIL_END ? null : settings.idleTimeout(),
                        settings.maxSessions()),
                new ThresholdRules(
                        settings.threshold(),
                        settings.maxAlarmsPerDay(),
                        settings.season(),
                        settings.windowSize(),
                        settings.thresholdMultiplier()),
                settings.feedbackFile(),
                settings.outputs().redaction(),
                alerts,
                pace);
    }

    private static @Nullable Pattern sessionEnd(LiveSettings settings) {
        String regex = settings.sessionEnd();
        if (regex == null) {
            return null;
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    "session_end '" + regex + "' is not a regular expression: " + e.getDescription(), e);
        }
    }
}
