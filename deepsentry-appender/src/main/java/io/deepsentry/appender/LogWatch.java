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
 * <p>The models are loaded on that thread, while events wait already. Whoever hands over an event never waits: where too many wait, it is dropped and counted. A watch that
 * cannot load its models, or fails later, says so once and takes no more events; the program goes on. Safe for use by several threads.
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
     * @param log where findings go
     */
    public static LogWatch start(AppenderSettings settings, FindingsLog log) {
        LogWatch watch = new LogWatch(Objects.requireNonNull(settings, "settings"), Objects.requireNonNull(log, "log"));
        watch.thread.start();
        return watch;
    }

    /**
     * Checks that there are models, without loading them.
     *
     * @throws MissingDataException if there are none
     */
    public static void requireModels(AppenderSettings settings) {
        for (Path model : List.of(settings.live().textEncoder(), settings.live().anomalyModel())) {
            if (!Files.exists(model)) {
                throw new MissingDataException("there is no model " + model.toAbsolutePath());
            }
        }
    }

    /** Returns whether a line that a program logs now, on this thread, was logged by DeepSentry itself, and is none to judge. */
    public boolean isOwn(String logger) {
        return logger.startsWith("io.deepsentry.")
                || logger.equals(settings.findingsLogger())
                || Thread.currentThread() instanceof WatchThread;
    }

    /**
     * Hands over an event, without waiting.
     *
     * @param length how many characters it has, about
     * @return whether it was taken
     */
    public boolean offer(DeferredEvent event, int length) {
        return feed.offer(event, length);
    }

    /** Returns the settings it was started with. */
    public AppenderSettings settings() {
        return settings;
    }

    /** Returns what it does, and what it has found. */
    public LiveRun run() {
        return run;
    }

    /** Returns what it has found, at most a second late, the most important first. */
    public List<Finding> findings() {
        return run.findings();
    }

    /** Returns the events that were dropped because too many waited. */
    public long dropped() {
        return feed.dropped();
    }

    /** Returns the events that wait to be judged. */
    public int waiting() {
        return feed.waiting();
    }

    /** Returns why it has failed; empty unless it has. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns where alerts go; empty before they are opened. */
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
            log.failed("DeepSentry does not watch this log any more: " + message, e);
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
     * Judges what waits, for five seconds at most, and ends. An interrupt is kept, and makes it end at once. A second call
     * does nothing.
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
