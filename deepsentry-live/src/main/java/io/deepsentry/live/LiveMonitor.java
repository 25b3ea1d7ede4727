package io.deepsentry.live;

import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.alert.AlertRecordFile;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.Redaction;
import io.deepsentry.live.alert.Secrets;
import io.deepsentry.live.alert.StreamAlertSink;
import io.deepsentry.live.identify.AnomalyIdentifier;
import io.deepsentry.live.identify.ModelGenerations;
import io.deepsentry.live.identify.SessionVerdict;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.tail.DataStream;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.live.tail.TailMode;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.SessionKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows a log and gives an alert for each anomaly: the {@code live} command as a call. */
public final class LiveMonitor {
    private LiveMonitor() {}

    /**
     * Runs until the input ends or the context is cancelled, which is the usual way and no failure. Alerts go where the
     * settings say; secrets for servers are taken from the environment.
     *
     * @throws io.deepsentry.core.DeepSentryException if a model cannot be used, or an alert not be written
     * @throws io.deepsentry.parse.LogParseException if the log cannot be read, or does not fit its format
     */
    public static LiveSummary run(LiveSettings settings, RunContext context) {
        AlertSink standardOut =
                new StreamAlertSink(System.out, settings.outputs().format());
        try (AlertSink sink = settings.outputs().open(Secrets.of(System.getenv()), standardOut)) {
            return run(settings, sink, end -> {}, context);
        }
    }

    /**
     * The same with a sink of the caller's own, who closes it.
     *
     * @param onSessionEnd is given the verdict on each session at its end, on the calling thread
     */
    public static LiveSummary run(
            LiveSettings settings, AlertSink sink, Consumer<SessionVerdict> onSessionEnd, RunContext context) {
        return run(settings, sink, onSessionEnd, new LiveRun(), context);
    }

    /**
     * The same, with a handle for those who want to know meanwhile how it is doing, or to have it reload.
     *
     * @param run of this run alone
     */
    public static LiveSummary run(
            LiveSettings settings,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context) {
        return run(settings, sink, onSessionEnd, run, context, LiveClock.ofSystem());
    }

    static LiveSummary run(
            LiveSettings settings,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context,
            LiveClock pace) {
        Cancellation cancellation = context.cancellation();
        long began = pace.nanoTime();
        Redaction redaction = Redaction.of(settings.outputs().redacted());
        try (AlertRecordFile records = new AlertRecordFile(settings.alertRecords());
                CheckpointedAlerts memory = CheckpointedAlerts.open(settings.checkpointDir(), sink, run::alert, pace);
                ModelGenerations identifier = ModelGenerations.open(() -> identifier(settings, pace)
                        .onAlert(alert -> {
                            memory.alert(alert);
                            records.write(alert.withTexts(redaction::apply));
                        })
                        .onMoreKnown(alert -> records.write(alert.withTexts(redaction::apply)))
                        .redaction(redaction)
                        .feedback(settings.feedbackFile())
                        .onSessionEnd(onSessionEnd)
                        .open())) {
            Map<String, ReadPosition> places = memory.resume(identifier.current());
            identifier.resumed();
            try (DataStream stream =
                            stream(settings, identifier.sessionKey().orElse(null), places, cancellation, pace);
                    Progress.Stage stage =
                            context.progress().begin("watching " + watched(settings), Progress.UNKNOWN, "messages")) {
                run.watching();
                boolean interrupted = follow(stream, identifier, memory, sink, run, stage);
                boolean stopped = interrupted || cancellation.isCancelled();
                if (!stopped) {
                    identifier.endSessions();
                }
                commit(memory, identifier, stream);
                memory.snapshot(identifier.current());
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return new LiveSummary(
                        stream.stats(), identifier.stats(), Duration.ofNanos(pace.nanoTime() - began), stopped);
            }
        } finally {
            run.ended();
        }
    }

    private static String watched(LiveSettings settings) {
        return settings.logFiles().stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /** Says whether it was interrupted. */
    private static boolean follow(
            DataStream stream,
            ModelGenerations identifier,
            CheckpointedAlerts memory,
            AlertSink sink,
            LiveRun run,
            Progress.Stage stage) {
        boolean formatNoted = false;
        try {
            while (!stream.ended()) {
                List<LogEvent> batch = stream.nextBatch();
                if (run.takeReload()) {
                    sink.reopen();
                    if (identifier.change()) {
                        memory.changed(identifier.current());
                    }
                }
                long began = System.nanoTime();
                List<Verdict> verdicts = identifier.checkAll(batch);
                StreamStats read = stream.stats();
                run.batch(
                        verdicts,
                        began,
                        stream.caughtUp(),
                        read.lagBytes(),
                        new LiveRun.Sources(read, identifier.stats(), identifier.cacheHitRatio()));
                if (stream.caughtUp()) {
                    identifier.caughtUp();
                }
                commit(memory, identifier, stream);
                stage.advance(batch.size());
                if (!formatNoted && stream.detection().isPresent()) {
                    formatNoted = true;
                    stage.note(stream.detection().orElseThrow());
                }
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void commit(CheckpointedAlerts memory, ModelGenerations identifier, DataStream stream) {
        if (identifier.hasPrevious()) {
            // What the models before found is not in the journal: nobody could judge it again.
            memory.handOn();
        }
        memory.commit(identifier.current(), stream.places());
    }

    private static DataStream stream(
            LiveSettings settings,
            @Nullable SessionKey sessionKey,
            @Nullable Map<String, ReadPosition> places,
            Cancellation cancellation,
            LiveClock pace) {
        DataStream.Builder builder = DataStream.builder()
                .logFiles(settings.logFiles())
                .resumable(settings.checkpointDir() != null)
                .resume(places)
                .overload(settings.overload())
                .tailMode(true)
                .untilEnd(settings.tailMode() == TailMode.UNTIL_END)
                .batchInterval(settings.batchInterval())
                .format(settings.format())
                .timeFormat(settings.timeFormat())
                .zone(settings.zone())
                .onMalformed(settings.onMalformed())
                .sessionKey(sessionKey)
                .cancellation(cancellation)
                .pace(pace);
        if (settings.customParser() != null) {
            builder.parser(LogFormat.ofClass(settings.customParser()));
        }
        builder.fromStart(settings.tailMode() != TailMode.FROM_END);
        return builder.open();
    }

    private static AnomalyIdentifier.Builder identifier(LiveSettings settings, LiveClock pace) {
        boolean toEndOfFile = settings.tailMode() == TailMode.UNTIL_END;
        return AnomalyIdentifier.builder()
                .textEncoder(settings.textEncoder())
                .anomalyModel(settings.anomalyModel())
                .vocabulary(settings.vocabulary())
                .sessionKey(settings.sessionKey() == null ? null : SessionKey.of(settings.sessionKey()))
                .sessionEnd(sessionEnd(settings))
                // The end of a file that is read to its end is the end of its sessions.
                .idleTimeout(toEndOfFile ? null : settings.idleTimeout())
                .maxSessions(settings.maxSessions())
                .sequenceLength(settings.sequenceLength())
                .windowSize(settings.windowSize())
                .thresholdMultiplier(settings.thresholdMultiplier())
                .threshold(settings.threshold())
                .maxAlarmsPerDay(settings.maxAlarmsPerDay())
                .device(settings.device())
                .runtime(settings.runtime())
                .pace(pace);
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
