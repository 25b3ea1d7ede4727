package io.deepsentry.appender;

import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.core.Cancellation;
import io.deepsentry.core.MissingDataException;
import io.deepsentry.core.Progress;
import io.deepsentry.core.RunContext;
import io.deepsentry.live.EventFeed;
import io.deepsentry.live.LiveMonitor;
import io.deepsentry.live.LiveRun;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.alert.SeveralAlertSinks;
import io.deepsentry.live.tail.DeferredEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Judges the events of a program's own log on a thread of its own, and logs what it finds. Appenders feed it.
 *
 * <pre>{@code
 * try (LogWatch watch = LogWatch.start(AppenderSettings.builder().dataDir(folder).build(), findingsLog)) {
 *     watch.offer(origin -> new LogEvent(time, message, "INFO", "shop.Orders", origin, List.of(), null), 40);
 * }
 * }</pre>
 *
 * <p>Its thread loads the models while events wait. A thread that hands over an event never waits: if too many events
 * wait, it is dropped and counted. A watch that cannot load its models, or fails later, reports that once and takes
 * no more events; the program continues. Safe for use by several threads.
 */
public final class LogWatch implements AutoCloseable {
    /** How long what waits is judged yet when the watch is closed. */
    private static final Duration DRAINED = Duration.ofSeconds(5);
    /** How long a step may take that is under way then. */
    private static final Duration STOPPED = Duration.ofSeconds(2);

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final AppenderSettings settings;
    private final FindingsLog log;
    private final EventFeed feed;
    private final LiveRun run = new LiveRun();
    private final Cancellation cancellation = new Cancellation();
    private final WatchThread thread;
    private volatile @Nullable String failure;
    private volatile @Nullable SeveralAlertSinks sinks;

    /** The thread of a watch, so that lines that are logged on it are told from those of the program. */
    private static final class WatchThread extends Thread {
        WatchThread(Runnable work) {
            super(work, "deepsentry-watch-" + NUMBER.incrementAndGet());
            setDaemon(true);
        }
    }

    private LogWatch(AppenderSettings settings, FindingsLog log) {
        this.settings = settings;
        this.log = log;
        this.feed = EventFeed.named(settings.name(), settings.capacity());
        this.thread = new WatchThread(this::work);
    }

    /**
     * Starts a watch, and returns before its models are loaded.
     *
     * @param settings the models and how events are judged
     * @param log where findings go
     * @return the watch; close it
     */
    public static LogWatch start(AppenderSettings settings, FindingsLog log) {
        LogWatch watch = new LogWatch(Objects.requireNonNull(settings, "settings"), Objects.requireNonNull(log, "log"));
        watch.thread.start();
        return watch;
    }

    /**
     * Checks that there are models, without loading them.
     *
     * @param settings the settings that name the models
     * @throws MissingDataException if a model does not exist
     */
    public static void requireModels(AppenderSettings settings) {
        for (Path model : List.of(settings.live().textEncoder(), settings.live().anomalyModel())) {
            if (!Files.exists(model)) {
                throw new MissingDataException("there is no model " + model.toAbsolutePath());
            }
        }
    }

    /**
     * Returns whether an event that is logged now, on this thread, comes from DeepSentry itself and must not be
     * judged.
     *
     * @param logger the name of its logger
     * @return true for loggers of DeepSentry, that of findings, and anything logged on the thread of a watch
     */
    public boolean isOwn(String logger) {
        return logger.startsWith("io.deepsentry.")
                || logger.equals(settings.findingsLogger())
                || Thread.currentThread() instanceof WatchThread;
    }

    /**
     * Hands over an event, without waiting.
     *
     * @param event makes the event on the watch's thread
     * @param length about how many characters it has
     * @return whether it was taken; false if too many events wait, or the watch has failed or is closed
     */
    public boolean offer(DeferredEvent event, int length) {
        return feed.offer(event, length);
    }

    /**
     * Returns the settings that the watch was started with.
     *
     * @return the settings
     */
    public AppenderSettings settings() {
        return settings;
    }

    /**
     * Returns the handle that reports what the watch is doing.
     *
     * @return the handle of its run
     */
    public LiveRun run() {
        return run;
    }

    /**
     * Returns the findings, at most a second late.
     *
     * @return the findings, the most important first
     */
    public List<Finding> findings() {
        return run.findings();
    }

    /**
     * Returns how many events were dropped because too many waited.
     *
     * @return zero or more
     */
    public long dropped() {
        return feed.dropped();
    }

    /**
     * Returns how many events wait to be judged.
     *
     * @return zero or more
     */
    public int waiting() {
        return feed.waiting();
    }

    /**
     * Returns why the watch has failed.
     *
     * @return the reason; empty unless it has failed
     */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Returns where alerts go.
     *
     * @return the sinks; empty before they are opened
     */
    public Optional<SeveralAlertSinks> sinks() {
        return Optional.ofNullable(sinks);
    }

    private void work() {
        try (SeveralAlertSinks opened = settings.live().outputs().open(System.getenv(), new LogSink(log))) {
            sinks = opened;
            LiveMonitor.run(
                    settings.live(), feed, opened, end -> {}, run, new RunContext(Progress.none(), cancellation));
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // Whatever it is, it must not be the program's trouble: its thread is not this one.
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            failure = message;
            log.failed("DeepSentry no longer watches this log: " + message, e);
        } finally {
            feed.close();
        }
    }

    private record LogSink(FindingsLog log) implements AlertSink {
        @Override
        public void write(Alert alert) {
            log.log(FindingLine.of(alert));
        }

        @Override
        public void close() {}
    }

    /**
     * Judges the waiting events, for five seconds at most, and ends. An interrupt ends it at once and stays set. A
     * second call does nothing.
     */
    @Override
    public void close() {
        feed.close();
        if (Thread.currentThread() == thread) {
            // A finding that is logged may make the logging library stop its appenders.
            cancellation.cancel();
            return;
        }
        boolean interrupted = false;
        try {
            thread.join(DRAINED.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        cancellation.cancel();
        try {
            thread.join(STOPPED.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
