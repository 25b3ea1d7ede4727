package io.deepsentry.live;

import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.AlertSink;
import io.deepsentry.live.identify.AnomalyIdentifier;
import io.deepsentry.live.identify.VectorPool;
import io.deepsentry.live.internal.state.LiveClock;
import io.deepsentry.live.internal.state.ReadPosition;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands alerts on, and keeps in a checkpoint what the next run needs so that it neither loses nor doubles one.
 *
 * <p>What was judged is journalled before its alerts are handed on. A crash before that undoes the judging: the lines are read again. A crash after it does not: the
 * next run judges them again from the journal, comes to the same alerts, and the sink leaves out those that it has.
 */
final class CheckpointedAlerts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CheckpointedAlerts.class.getName());
    private static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();

    private final @Nullable CheckpointFolder checkpoints;
    private final AlertSink sink;
    private final Consumer<Alert> given;
    private final LiveClock pace;
    private final List<Alert> found = new ArrayList<>();
    private Map<String, ReadPosition> places = new HashMap<>();
    private boolean anyPlaces;
    private long lastSnapshot;

    private CheckpointedAlerts(
            @Nullable CheckpointFolder checkpoints, AlertSink sink, Consumer<Alert> given, LiveClock pace) {
        this.checkpoints = checkpoints;
        this.sink = sink;
        this.given = given;
        this.pace = pace;
    }

    /**
     * @param folder where the checkpoint is, or null for a run that is not gone on with
     * @param given is told of each alert when the sink has it
     */
    static CheckpointedAlerts open(@Nullable Path folder, AlertSink sink, Consumer<Alert> given, LiveClock pace) {
        return new CheckpointedAlerts(folder == null ? null : CheckpointFolder.open(folder), sink, given, pace);
    }

    /** Takes an alert, to be handed on by {@link #commit}. */
    void alert(Alert alert) {
        found.add(alert);
    }

    /**
     * Brings an identifier to where the last run was, and hands on the alerts that it could not.
     *
     * @return where that run was in its files; null if there was none, or it had read nothing
     */
    @Nullable
    Map<String, ReadPosition> resume(AnomalyIdentifier identifier) {
        CheckpointFolder kept = checkpoints;
        if (kept == null) {
            return null;
        }
        Optional<CheckpointFolder.Saved> saved = kept.load();
        if (saved.isPresent()) {
            try (InputStream file = CheckpointFolder.read(saved.get().snapshot())) {
                restore(new StateInput(file), saved.get().journal(), identifier);
            } catch (IOException e) {
                throw kept.damaged(e);
            }
        }
        identifier.keepSteps();
        snapshot(identifier);
        return anyPlaces ? Map.copyOf(places) : null;
    }

    private void restore(StateInput in, List<byte[]> journal, AnomalyIdentifier identifier) throws IOException {
        String fingerprint = in.text();
        sink.resume(in.text());
        anyPlaces = in.flag();
        places = new LinkedHashMap<>(in.places());
        boolean same = fingerprint.equals(identifier.fingerprint());
        VectorPool.Reader known = new VectorPool.Reader();
        if (same) {
            identifier.readState(in, known);
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the models or the session key are others than those of the checkpoint: reading goes on where it was,"
                            + " but what was known of sessions under way is forgotten");
        }
        for (byte[] bytes : journal) {
            StateInput step = new StateInput(new ByteArrayInputStream(bytes));
            Map<String, ReadPosition> moved = step.places();
            anyPlaces |= !moved.isEmpty();
            places.putAll(moved);
            if (same && step.flag()) {
                identifier.replay(step, known);
                handOn();
            }
        }
    }

    /**
     * What was judged since the last call, and its alerts, are settled.
     *
     * @param now where reading goes on
     */
    void commit(AnomalyIdentifier identifier, Map<String, ReadPosition> now) {
        CheckpointFolder kept = checkpoints;
        if (kept != null) {
            byte[] steps = identifier.takeSteps();
            Map<String, ReadPosition> moved = moved(now);
            if (steps.length > 0 || !moved.isEmpty()) {
                kept.append(record(moved, steps));
                places.putAll(moved);
                anyPlaces |= !moved.isEmpty();
            }
        }
        handOn();
        if (kept != null && (kept.isLong() || (kept.hasNews() && pace.nanoTime() - lastSnapshot > LONGEST_NANOS))) {
            places.keySet().retainAll(now.keySet());
            snapshot(identifier);
        }
    }

    /** Hands on the alerts that were taken so far. */
    void handOn() {
        for (Alert alert : found) {
            sink.write(alert);
            given.accept(alert);
        }
        found.clear();
    }

    /** Goes on with other models, whose state is kept from now on in place of that of the ones before. */
    void changed(AnomalyIdentifier identifier) {
        handOn();
        if (checkpoints != null) {
            identifier.keepSteps();
            snapshot(identifier);
        }
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

    /** Keeps all state, after a {@link #commit}. */
    void snapshot(AnomalyIdentifier identifier) {
        CheckpointFolder kept = checkpoints;
        if (kept == null) {
            return;
        }
        sink.flush();
        String mark = sink.mark();
        kept.snapshot(out -> {
            out.text(identifier.fingerprint());
            out.text(mark);
            out.flag(anyPlaces);
            out.places(places);
            identifier.writeState(out);
        });
        lastSnapshot = pace.nanoTime();
    }

    @Override
    public void close() {
        if (checkpoints != null) {
            checkpoints.close();
        }
    }
}
