package io.deepsentry.live;

import io.deepsentry.anomaly.Verdict;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.ConfigException;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.LogFormat;
import io.deepsentry.parse.LogParseException;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Follows a log and gives an alert for each anomaly: the {@code live} command as a call. */
public final class LiveMonitor {
    private LiveMonitor() {}

    /**
     * Runs until the input ends or the context is cancelled, which is the usual way and no failure. Alerts go where the
     * settings say; secrets for servers are taken from the environment.
     *
     * @throws DeepSentryException if a model cannot be used, or an alert not be written
     * @throws LogParseException if the log cannot be read, or does not fit its format
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
        return run(settings, sink, onSessionEnd, run, context, Pace.ofSystem());
    }

    static LiveSummary run(
            LiveSettings settings,
            AlertSink sink,
            Consumer<SessionVerdict> onSessionEnd,
            LiveRun run,
            RunContext context,
            Pace pace) {
        Cancellation cancellation = context.cancellation();
        long began = pace.nanoTime();
        try (AlertRecordFile records = new AlertRecordFile(settings.alertRecords());
                Generations identifier = Generations.open(() -> identifier(settings, pace)
                        .onAlert(alert -> {
                            sink.write(alert);
                            records.write(alert);
                            run.alert(alert);
                        })
                        .onMoreKnown(records::write)
                        .feedback(settings.feedbackFile())
                        .onSessionEnd(onSessionEnd)
                        .open());
                DataStream stream = stream(settings, identifier.sessionKey().orElse(null), cancellation, pace);
                Progress.Stage stage =
                        context.progress().begin("watching " + settings.logFile(), Progress.UNKNOWN, "messages")) {
            run.watching();
            boolean interrupted = follow(stream, identifier, sink, run, settings.logFile(), stage);
            boolean stopped = interrupted || cancellation.isCancelled();
            if (!stopped) {
                identifier.endSessions();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return new LiveSummary(
                    stream.stats(), identifier.stats(), Duration.ofNanos(pace.nanoTime() - began), stopped);
        } finally {
            run.ended();
        }
    }

    /** Says whether it was interrupted. */
    private static boolean follow(
            DataStream stream,
            Generations identifier,
            AlertSink sink,
            LiveRun run,
            Path logFile,
            Progress.Stage stage) {
        boolean formatNoted = false;
        try {
            while (!stream.ended()) {
                List<LogEvent> batch = stream.nextBatch();
                if (run.takeReload()) {
                    sink.reopen();
                    identifier.change();
                }
                long began = System.nanoTime();
                List<Verdict> verdicts = identifier.checkAll(batch);
                run.batch(
                        verdicts,
                        began,
                        stream.caughtUp(),
                        lag(stream, batch, logFile),
                        new LiveRun.Sources(stream.stats(), identifier.stats(), identifier.cacheHitRatio()));
                if (stream.caughtUp()) {
                    identifier.caughtUp();
                }
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

    /** Bytes behind the last line that was judged. What of a file that was rotated away is not read yet is not counted. */
    private static long lag(DataStream stream, List<LogEvent> batch, Path logFile) {
        if (stream.caughtUp() || batch.isEmpty() || !Files.isRegularFile(logFile)) {
            return 0;
        }
        try {
            return Math.max(
                    0,
                    Files.size(logFile) - batch.get(batch.size() - 1).origin().byteOffset());
        } catch (IOException e) {
            // It was moved away this very moment.
            return 0;
        }
    }

    private static DataStream stream(
            LiveSettings settings, @Nullable SessionKey sessionKey, Cancellation cancellation, Pace pace) {
        DataStream.Builder builder = DataStream.builder()
                .logFile(settings.logFile())
                .tailMode(settings.tailMode())
                .untilEnd(settings.untilEnd())
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
        if (settings.tailMode()) {
            builder.fromStart(settings.fromStart());
        }
        return builder.open();
    }

    private static AnomalyIdentifier.Builder identifier(LiveSettings settings, Pace pace) {
        boolean toEndOfFile = settings.untilEnd() || !settings.tailMode();
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
