package io.deepsentry.live;

import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.DataException;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.internal.identify.IdentifierEngine;
import io.deepsentry.live.internal.identify.ModelGenerations;
import io.deepsentry.live.internal.identify.PreparedEvents;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges what was read, and records enough state in a checkpoint for the next run to lose no alert and repeat none.
 *
 * <p>What was judged is journalled before its alerts are handed on. A crash before that undoes the judging: the lines
 * are read again. A crash after it does not: the next run judges them again from the journal, comes to the same alerts,
 * and the sink leaves out those that it has. For one thread.
 */
final class CheckpointedIdentifier implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CheckpointedIdentifier.class.getName());
    private static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();
    /** How often a checkpoint is tried that cannot be written. */
    private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();

    private final @Nullable CheckpointFolder checkpoints;
    private final ModelGenerations models;
    private final AlertOutlet alerts;
    private final LiveClock clock;
    private Map<String, ReadPosition> places = new HashMap<>();
    private boolean anyPlaces;
    private long lastSnapshot;
    /** Whether the checkpoint could not be written. A snapshot must be before anything is journalled again. */
    private boolean behind;

    private CheckpointedIdentifier(
            @Nullable CheckpointFolder checkpoints, ModelGenerations models, AlertOutlet alerts, LiveClock clock) {
        this.checkpoints = checkpoints;
        this.models = models;
        this.alerts = alerts;
        this.clock = clock;
    }

    /**
     * Opens the checkpoint and the models.
     *
     * @param folder where the checkpoint is, or null for a run that nobody resumes
     * @param forced whether what is settled must outlive a failure of the machine, as it cannot be read again
     * @param alerts is handed what the models find
     * @param opening opens the models that lie in their places, now and at each reload
     */
    static CheckpointedIdentifier open(
            @Nullable Path folder,
            boolean forced,
            AlertOutlet alerts,
            Supplier<IdentifierEngine> opening,
            LiveClock clock) {
        CheckpointFolder checkpoints = folder == null ? null : CheckpointFolder.open(folder, forced);
        boolean opened = false;
        try {
            CheckpointedIdentifier identifier =
                    new CheckpointedIdentifier(checkpoints, ModelGenerations.open(opening), alerts, clock);
            opened = true;
            return identifier;
        } finally {
            if (!opened && checkpoints != null) {
                checkpoints.close();
            }
        }
    }

    /** The rule by which a message belongs to sessions; empty if streams are judged. */
    Optional<SessionKey> sessionKey() {
        return models.sessionKey();
    }

    /**
     * Comes to where the last run was, and hands on the alerts that it could not.
     *
     * @return where that run was in its files; null if there was none, or it had read nothing
     */
    @Nullable
    Map<String, ReadPosition> resume() {
        CheckpointFolder kept = checkpoints;
        if (kept == null) {
            return null;
        }
        CheckpointFolder.Saved saved = kept.load().orElse(null);
        if (saved != null) {
            try (InputStream file = CheckpointFolder.read(saved.snapshot())) {
                restore(new StateInput(file, saved.version()), saved);
            } catch (IOException e) {
                throw kept.damaged(e);
            }
        }
        models.keepJournal();
        firstSnapshot();
        return anyPlaces ? Map.copyOf(places) : null;
    }

    /**
     * A place for alerts that takes none at the moment keeps no run from starting: what there was is still there for
     * the next one.
     */
    private void firstSnapshot() {
        try {
            String unused = alerts.settle();
        } catch (DataException e) {
            fallBehind(e);
            return;
        }
        snapshot();
    }

    private void restore(StateInput in, CheckpointFolder.Saved saved) throws IOException {
        String fingerprint = in.text();
        alerts.resumeAt(in.text());
        anyPlaces = in.flag();
        places = new LinkedHashMap<>(in.places());
        List<StateInput> steps = new ArrayList<>();
        for (byte[] bytes : saved.journal()) {
            StateInput step = new StateInput(new ByteArrayInputStream(bytes), saved.version());
            Map<String, ReadPosition> moved = step.places();
            anyPlaces |= !moved.isEmpty();
            places.putAll(moved);
            if (step.flag()) {
                steps.add(step);
            }
        }
        if (in.hasFindings()) {
            alerts.read(in, clock.nanoTime());
        }
        if (fingerprint.equals(models.fingerprint())) {
            models.restore(in, steps, alerts::handOn);
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the models or the session key differ from those of the checkpoint: reading resumes where it"
                            + " stopped, but open sessions are forgotten");
        }
    }

    /**
     * Judges what was read.
     *
     * @param caughtUp whether it is all there is at the moment
     * @param prepared what is known of it already, or null
     */
    List<Verdict> judge(List<LogEvent> batch, boolean caughtUp, @Nullable PreparedEvents prepared) {
        return models.judge(batch, caughtUp, prepared);
    }

    /** Returns what another thread may do for what is judged later. */
    PreparedEvents.Preparation preparation() {
        return models.preparation();
    }

    /**
     * Settles what was judged since the last call, and its alerts.
     *
     * @param now where reading continues
     * @return whether the next run begins behind it, if there is to be one: it does not while the checkpoint cannot be
     *     written
     */
    boolean commit(Map<String, ReadPosition> now) {
        if (models.hasPrevious()) {
            // What the models before found is not in the journal: nobody could judge it again.
            alerts.handOn();
        }
        CheckpointFolder kept = checkpoints;
        if (kept != null) {
            byte[] steps = models.takeJournal();
            Map<String, ReadPosition> moved = moved(now);
            if (steps.length > 0 || !moved.isEmpty()) {
                places.putAll(moved);
                anyPlaces |= !moved.isEmpty();
                append(kept, record(moved, steps));
            }
        }
        alerts.handOn();
        if (kept != null && isDue(kept)) {
            places.keySet().retainAll(now.keySet());
            trySnapshot();
        }
        return !behind;
    }

    /** Makes what was committed outlive a failure of the machine, unless the checkpoint cannot be written. */
    void force() {
        CheckpointFolder kept = checkpoints;
        if (kept == null || behind) {
            return;
        }
        try {
            kept.force();
        } catch (DataException e) {
            fallBehind(e);
        }
    }

    private void append(CheckpointFolder kept, byte[] record) {
        if (behind) {
            return;
        }
        try {
            kept.append(record);
        } catch (DataException e) {
            fallBehind(e);
        }
    }

    private boolean isDue(CheckpointFolder kept) {
        long passed = clock.nanoTime() - lastSnapshot;
        return behind ? passed > RETRY_NANOS : kept.isLong() || (kept.hasNews() && passed > LONGEST_NANOS);
    }

    /**
     * Keeps all state, if it can be written. What cannot costs the next run time, as it begins further back, but no
     * line and no alert: it comes to the same ones.
     */
    private void trySnapshot() {
        try {
            snapshot();
            if (behind) {
                LOG.log(System.Logger.Level.WARNING, "the checkpoint is written again");
            }
            behind = false;
        } catch (DataException e) {
            fallBehind(e);
        }
    }

    private void fallBehind(DataException e) {
        if (!behind) {
            LOG.log(System.Logger.Level.WARNING, "{0}; the run continues and retries", e.getMessage());
        }
        behind = true;
        lastSnapshot = clock.nanoTime();
    }

    /** Opens the places of alerts again and takes the models that now lie in their places, if they can be used. */
    void reload() {
        alerts.reopen();
        if (models.change()) {
            alerts.handOn();
            if (checkpoints != null) {
                models.keepJournal();
                trySnapshot();
            }
        }
    }

    /**
     * Settles everything at the end of a run.
     *
     * @param now where the next run resumes reading
     * @param inputEnded whether the sessions that have not ended are judged
     */
    void finish(Map<String, ReadPosition> now, boolean inputEnded) {
        if (inputEnded) {
            models.endSessions();
            if (checkpoints == null) {
                // Otherwise the next run continues them.
                alerts.ended();
            }
        }
        boolean unused = commit(now);
        snapshot();
    }

    /** What was seen so far. */
    IdentifierStats stats() {
        IdentifierStats seen = models.stats();
        return new IdentifierStats(
                seen.messages(),
                seen.anomalous(),
                seen.withoutKey(),
                alerts.given(),
                seen.sessions(),
                seen.openSessions(),
                seen.evictedSessions(),
                seen.drift(),
                seen.unjudged());
    }

    /** How many findings have not ended. */
    int firing() {
        return alerts.firing();
    }

    /** The findings if they changed since they were last asked for, the most important first; null otherwise. */
    @Nullable
    List<Finding> changedFindings() {
        return alerts.changed();
    }

    /** The share of messages so far whose vector was remembered, 0 to 1. */
    double cacheHitRatio() {
        return models.cacheHitRatio();
    }

    private Map<String, ReadPosition> moved(Map<String, ReadPosition> now) {
        Map<String, ReadPosition> moved = new LinkedHashMap<>();
        now.forEach((name, place) -> {
            ReadPosition before = places.get(name);
            if (before == null || !before.equals(place)) {
                moved.put(name, place);
            }
        });
        return moved;
    }

    private static byte[] record(Map<String, ReadPosition> moved, byte[] steps) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(steps.length + 512);
            StateOutput out = new StateOutput(bytes);
            out.places(moved);
            out.flag(steps.length > 0);
            bytes.write(steps);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps all state; what was judged must have been committed. */
    private void snapshot() {
        CheckpointFolder kept = checkpoints;
        if (kept == null) {
            return;
        }
        String mark = alerts.settle();
        kept.snapshot(out -> {
            out.text(models.fingerprint());
            out.text(mark);
            out.flag(anyPlaces);
            out.places(places);
            alerts.write(out, clock.nanoTime());
            models.writeState(out);
        });
        lastSnapshot = clock.nanoTime();
    }

    @Override
    public void close() {
        try {
            models.close();
        } finally {
            if (checkpoints != null) {
                checkpoints.close();
            }
        }
    }
}
