package io.deepsentry.live;

import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.record.RecordStats;
import io.deepsentry.live.tail.StreamStats;
import io.deepsentry.parse.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a run of {@link LiveMonitor}: reports what it is doing, and takes requests to reload.
 *
 * <pre>{@code
 * LiveRun run = new LiveRun();
 * run.addListener(new LiveRun.Listener() {
 *     @Override
 *     public void alert(Alert alert) {
 *         alertsRaised.increment();
 *     }
 * });
 * LiveMonitor.run(settings, sink, end -> {}, run, context);
 * }</pre>
 *
 * <p>Use a new one for each run. Safe for use by many threads.
 */
public final class LiveRun {
    /** The phases of a run. */
    public enum Phase {
        /** Loads and warms the models, opens the places for alerts, and skips what a log already holds. */
        STARTING,
        /** Watches the log. */
        WATCHING,
        /** Has ended. */
        ENDED
    }

    /**
     * The state of a run at its last look at the log.
     *
     * @param input lines read, and what was wrong with them
     * @param identified messages, sessions and alerts
     * @param score the highest score of the last batch that held a message; NaN before the first
     * @param threshold the threshold in use for it; NaN before the first
     * @param lagBytes bytes of the log not read yet, as far as is known; 0 for a pipe
     * @param lag the time since everything available had been read
     * @param firing how many findings have not ended
     * @param cacheHitRatio the share of messages whose vector was remembered, 0 to 1
     * @param batch how many messages waited to be judged together in the last batch
     * @param records the counts of a broker's records; {@link RecordStats#NONE} if there is none
     */
    public record Snapshot(
            StreamStats input,
            IdentifierStats identified,
            double score,
            double threshold,
            long lagBytes,
            Duration lag,
            int firing,
            double cacheHitRatio,
            int batch,
            RecordStats records) {
        /**
         * Creates the state of a run without a broker.
         *
         * @deprecated use the constructor that takes {@code records}
         */
        @Deprecated(since = "0.2.0", forRemoval = true)
        @SuppressWarnings("InlineMeSuggester")
        public Snapshot(
                StreamStats input,
                IdentifierStats identified,
                double score,
                double threshold,
                long lagBytes,
                Duration lag,
                int firing,
                double cacheHitRatio,
                int batch) {
            this(input, identified, score, threshold, lagBytes, lag, firing, cacheHitRatio, batch, RecordStats.NONE);
        }
    }

    /** Receives the events of a run as they happen, on the scoring thread. */
    public interface Listener {
        /**
         * Called after a batch was scored; it may have been empty.
         *
         * @param messages how many messages it held
         * @param took the time from reading it to its last verdict
         * @param snapshot the state of the run after it
         */
        default void batch(int messages, Duration took, Snapshot snapshot) {}

        /**
         * Called after events were judged, before {@link #batch}.
         *
         * @param events as the log has them, not redacted
         * @param verdicts one for each event, or fewer if some could not be judged
         */
        default void judged(List<LogEvent> events, List<Verdict> verdicts) {}

        /** Called once everything is loaded and open and old lines are skipped: the log is watched from now on. */
        default void watching() {}

        /** Called after a request of {@link LiveRun#requestReload} was served, as far as possible. */
        default void reloaded() {}

        /**
         * Called after an alert was delivered.
         *
         * @param alert the alert, redacted
         */
        default void alert(Alert alert) {}
    }

    private static final long FINDINGS_NANOS = Duration.ofSeconds(1).toNanos();

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean reload = new AtomicBoolean();
    private volatile Phase phase = Phase.STARTING;
    private volatile @Nullable Snapshot snapshot;
    private volatile Supplier<@Nullable String> problem = () -> null;
    private volatile long lastSign = System.nanoTime();
    private volatile List<Finding> findings = List.of();
    private long findingsAt = System.nanoTime();
    private double score = Double.NaN;
    private double threshold = Double.NaN;
    private long caughtUpAt = System.nanoTime();
    private volatile long lastReadable = System.nanoTime();
    private volatile Instant lastLine = Instant.now();
    private long lines;

    /**
     * Adds a listener, which is called for what happens from now on.
     *
     * @param listener called on the scoring thread, so it should return quickly
     */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Returns the phase that the run has reached.
     *
     * @return the phase; {@link Phase#STARTING} before the run begins
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Returns the state at the last look at the log.
     *
     * @return the state, or null before the first look
     */
    public @Nullable Snapshot snapshot() {
        return snapshot;
    }

    /**
     * Returns the findings, at most a second late. Anomalies that are alike form one finding.
     *
     * @return the findings, the most important first
     */
    public List<Finding> findings() {
        return findings;
    }

    /** Whether findings are worth a look again. Called by the scoring thread alone, as the next. */
    boolean wantsFindings() {
        return System.nanoTime() - findingsAt > FINDINGS_NANOS;
    }

    /** @param changed null if they have not changed */
    void findings(@Nullable List<Finding> changed) {
        findingsAt = System.nanoTime();
        if (changed != null) {
            findings = changed;
        }
    }

    /**
     * Returns the time since the last look at the log. A working run looks at least once a second, unless a place for
     * alerts makes it wait.
     *
     * @return zero or more
     */
    public Duration sinceLastSign() {
        return Duration.ofNanos(System.nanoTime() - lastSign);
    }

    /**
     * Returns the time since a log could be read, or was waited for. It grows beyond about a second while every log
     * exists and none can be read.
     *
     * @return zero or more
     */
    public Duration sinceReadable() {
        return Duration.ofNanos(Math.max(0, System.nanoTime() - lastReadable));
    }

    /**
     * Returns the time at which a line was last read.
     *
     * @return the time; before the first line, the time at which the log was first watched
     */
    public Instant lastLine() {
        return lastLine;
    }

    /**
     * Returns why alerts do not arrive at the moment. The run continues all the same.
     *
     * @return the reason in words, or null if alerts arrive
     */
    public @Nullable String problem() {
        return problem.get();
    }

    /** Has the places that alerts go to asked for what keeps them. */
    void askProblems(AlertSink sink) {
        problem = sink::problem;
    }

    /**
     * Asks the run to reopen its outputs and load the models that are now at their paths. It does so between two
     * batches.
     */
    public void requestReload() {
        reload.set(true);
    }

    boolean takeReload() {
        return reload.getAndSet(false);
    }

    void watching() {
        phase = Phase.WATCHING;
        lastSign = System.nanoTime();
        lastReadable = lastSign;
        caughtUpAt = lastSign;
        lastLine = Instant.now();
        listeners.forEach(Listener::watching);
    }

    void reloaded() {
        listeners.forEach(Listener::reloaded);
    }

    void ended() {
        phase = Phase.ENDED;
    }

    void alert(Alert alert) {
        listeners.forEach(listener -> listener.alert(alert));
    }

    void judged(List<LogEvent> events, List<Verdict> verdicts) {
        if (!events.isEmpty()) {
            listeners.forEach(listener -> listener.judged(events, verdicts));
        }
    }

    /** Called by the scoring thread alone. */
    void batch(List<Verdict> verdicts, long began, boolean caughtUp, long lagBytes, Sources sources) {
        long now = System.nanoTime();
        lastSign = now;
        if (sources.input().files() == 0
                || sources.input().unreadableFiles() < sources.input().files()) {
            lastReadable = now;
        }
        if (caughtUp) {
            caughtUpAt = now;
        }
        if (sources.input().read().lines() > lines) {
            lines = sources.input().read().lines();
            lastLine = Instant.now();
        }
        if (!verdicts.isEmpty()) {
            Verdict highest = verdicts.get(0);
            for (Verdict verdict : verdicts) {
                highest = verdict.score() > highest.score() ? verdict : highest;
            }
            score = highest.score();
            threshold = highest.threshold();
        }
        Snapshot next = new Snapshot(
                sources.input(),
                sources.identified(),
                score,
                threshold,
                lagBytes,
                Duration.ofNanos(now - caughtUpAt),
                sources.firing(),
                sources.cacheHitRatio(),
                verdicts.size(),
                sources.records());
        snapshot = next;
        listeners.forEach(listener -> listener.batch(verdicts.size(), Duration.ofNanos(now - began), next));
    }

    /** The figures of those who do the work. */
    record Sources(
            StreamStats input, IdentifierStats identified, int firing, double cacheHitRatio, RecordStats records) {}
}
