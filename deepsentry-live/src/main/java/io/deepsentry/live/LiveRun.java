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
 * <p>Safe for use by many threads.
 */
public final class LiveRun {
    /** How far a run has come. */
    public enum Phase {
        /** Models are being loaded and warmed, places for alerts opened, or what a log holds already is passed over. */
        STARTING,
        /** The log is being watched. */
        WATCHING,
        /** It has ended. */
        ENDED
    }

    /**
     * What a run had seen at its last look at the log.
     *
     * @param input lines read, and what was wrong with them
     * @param identified messages, sessions and alerts
     * @param score the highest score of the last batch that held a message; NaN before the first
     * @param threshold the threshold that stood with it; NaN before the first
     * @param lagBytes bytes that lie in the log and have not been read, as far as can be told; 0 for a pipe
     * @param lag how long ago everything there was had been read
     * @param firing how many findings have not ended
     * @param cacheHitRatio the share of messages whose vector was remembered, 0 to 1
     * @param batch how many messages waited to be judged together in the last batch
     * @param records what was seen of the records of a broker; {@link RecordStats#NONE} if there is none
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
            RecordStats records) {}

    /** Hears what happens as it happens, on the scoring thread. */
    public interface Listener {
        /**
         * A batch was scored; it may have been empty.
         *
         * @param messages how many messages it held
         * @param took from the moment it was read to its last verdict
         */
        default void batch(int messages, Duration took, Snapshot snapshot) {}

        /**
         * Events were judged; called before {@link #batch}.
         *
         * @param events as the log has them, not redacted
         * @param verdicts one for each event, unless some could not be judged: then fewer
         */
        default void judged(List<LogEvent> events, List<Verdict> verdicts) {}

        /** Everything is opened and loaded, and what is to be passed over has been: from now on the log is watched. */
        default void watching() {}

        /** What {@link LiveRun#requestReload} asked for was done, as far as it could be. */
        default void reloaded() {}

        /** An alert was delivered; it is redacted. */
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

    /** Adds a listener, which hears what happens from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** How far it has come. */
    public Phase phase() {
        return phase;
    }

    /** What it had seen at its last look, or null before the first. */
    public @Nullable Snapshot snapshot() {
        return snapshot;
    }

    /** What it had found when it last looked, at most a second late: anomalies that are alike as one, the most important first. */
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

    /** How long ago it last looked at the log. A run that is alive looks at least once a second, unless a place for alerts makes it wait. */
    public Duration sinceLastSign() {
        return Duration.ofNanos(System.nanoTime() - lastSign);
    }

    /** How long ago a log could be read, or was waited for. It grows beyond a second or so while each is there and fails, or may not be read. */
    public Duration sinceReadable() {
        return Duration.ofNanos(Math.max(0, System.nanoTime() - lastReadable));
    }

    /** When a line was last read. Before the first, the time at which the log was first watched. */
    public Instant lastLine() {
        return lastLine;
    }

    /** Why alerts do not arrive where they should at the moment, in words, or null if they do. The run goes on all the same. */
    public @Nullable String problem() {
        return problem.get();
    }

    /** Has the places that alerts go to asked for what keeps them. */
    void askProblems(AlertSink sink) {
        problem = sink::problem;
    }

    /** Asks the run to open its outputs again and to take the models that now lie in their places. It does so between two batches. */
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
