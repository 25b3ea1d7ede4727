package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.live.identify.IdentifierStats;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models in use and, after a change, those before them. A session stays with the models it began with, as scores of
 * different models are not comparable; the ones before are given up at the next change. A stream continues with the new
 * models at once: the last messages are shown to them without being judged again.
 */
public final class ModelGenerations implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ModelGenerations.class.getName());

    private final Supplier<IdentifierEngine> opening;
    private final boolean sessions;
    private final Deque<LogEvent> recent = new ArrayDeque<>();
    private IdentifierEngine current;
    private @Nullable IdentifierEngine previous;
    private @Nullable IdentifierStats retired;
    private long messages;

    private ModelGenerations(Supplier<IdentifierEngine> opening, IdentifierEngine first) {
        this.opening = opening;
        this.current = first;
        this.sessions = first.sessionKey().isPresent();
    }

    /** Opens the first models. */
    public static ModelGenerations open(Supplier<IdentifierEngine> opening) {
        IdentifierEngine first = opening.get();
        first.warmUp();
        return new ModelGenerations(opening, first);
    }

    /** The rule by which a message belongs to sessions, which no change of models may change. */
    public Optional<SessionKey> sessionKey() {
        return current.sessionKey();
    }

    /**
     * Judges messages; one that belongs to old sessions and to new ones has a verdict of each.
     *
     * @param caughtUp whether all there is at the moment has been judged with them
     * @param prepared what is known of them already, or null
     */
    public List<Verdict> judge(List<LogEvent> batch, boolean caughtUp, @Nullable PreparedEvents prepared) {
        List<Verdict> verdicts = judge(batch, prepared);
        if (caughtUp) {
            current.caughtUp();
            if (previous != null) {
                previous.caughtUp();
            }
        }
        return verdicts;
    }

    /** Returns what another thread may do for messages that are judged later. */
    public PreparedEvents.Preparation preparation() {
        return current.preparation();
    }

    private List<Verdict> judge(List<LogEvent> batch, @Nullable PreparedEvents prepared) {
        messages += batch.size();
        remember(batch);
        IdentifierEngine older = previous;
        if (older == null || batch.isEmpty()) {
            return current.judge(batch, prepared);
        }
        List<LogEvent> forOlder = new ArrayList<>();
        List<LogEvent> forOlderAlone = new ArrayList<>();
        List<LogEvent> forNewer = new ArrayList<>();
        for (LogEvent event : batch) {
            List<String> known =
                    event.sessionKeys().stream().filter(older::knows).toList();
            if (known.isEmpty()) {
                forNewer.add(event);
            } else if (known.size() == event.sessionKeys().size()) {
                forOlder.add(event);
                forOlderAlone.add(event);
            } else {
                forOlder.add(event.withSessionKeys(known));
                forNewer.add(event.withSessionKeys(event.sessionKeys().stream()
                        .filter(key -> !known.contains(key))
                        .toList()));
            }
        }
        List<Verdict> verdicts = new ArrayList<>(older.judge(forOlder));
        older.advanceClock(batch.get(batch.size() - 1));
        current.judgeWholeLog(forOlderAlone);
        verdicts.addAll(current.judge(forNewer, prepared));
        return verdicts;
    }

    private void remember(List<LogEvent> batch) {
        if (!sessions) {
            int most = current.sequenceLength();
            for (LogEvent event : batch.subList(Math.max(0, batch.size() - most), batch.size())) {
                if (recent.size() == most) {
                    recent.remove();
                }
                recent.add(AlertFactory.withoutPayload(event));
            }
        }
    }

    /** Whether sessions are under way with the models before those in use. */
    public boolean hasPrevious() {
        return previous != null;
    }

    /**
     * Takes the models that now lie in their places, if they are others; those that cannot be used are left alone, with
     * a warning.
     *
     * @return whether others are in use now
     */
    public boolean change() {
        IdentifierEngine next;
        try {
            next = opening.get();
        } catch (DeepSentryException e) {
            LOG.log(Level.WARNING, "the models stay as they are: " + e.getMessage());
            return false;
        }
        boolean taken = false;
        try {
            if (next.hasModelsOf(current)) {
                return false;
            }
            if (!next.sessionKey()
                    .map(SessionKey::toString)
                    .equals(current.sessionKey().map(SessionKey::toString))) {
                LOG.log(
                        Level.WARNING,
                        "the models stay as they are: the new ones have another session key, which needs a restart");
                return false;
            }
            next.warmUp();
            taken = true;
        } finally {
            if (!taken) {
                next.close();
            }
        }
        IdentifierEngine oldest = previous;
        if (oldest != null) {
            oldest.endSessions();
            retire(oldest);
        }
        if (sessions) {
            current.dropJournal();
            current.leaveWholeLog();
            previous = current;
        } else {
            next.warmWith(List.copyOf(recent), current);
            retire(current);
        }
        current = next;
        LOG.log(Level.INFO, "new models are in use");
        return true;
    }

    private void retire(IdentifierEngine old) {
        retired = retired == null ? old.stats() : sum(retired, old.stats());
        old.close();
    }

    private static IdentifierStats sum(IdentifierStats one, IdentifierStats other) {
        return new IdentifierStats(
                one.messages() + other.messages(),
                one.anomalous() + other.anomalous(),
                one.withoutKey() + other.withoutKey(),
                one.alerts() + other.alerts(),
                one.sessions() + other.sessions(),
                one.openSessions() + other.openSessions(),
                one.evictedSessions() + other.evictedSessions(),
                one.drift(),
                one.unjudged() + other.unjudged());
    }

    /** Judges all sessions that have not ended: the input has. */
    public void endSessions() {
        if (previous != null) {
            previous.endSessions();
        }
        current.endSessions();
    }

    /** What was seen by all of them; drift is that of the models in use. */
    public IdentifierStats stats() {
        IdentifierStats all = current.stats();
        if (previous != null) {
            all = sum(all, previous.stats());
        }
        if (retired != null) {
            all = sum(all, retired);
        }
        return new IdentifierStats(
                messages,
                all.anomalous(),
                all.withoutKey(),
                all.alerts(),
                all.sessions(),
                all.openSessions(),
                all.evictedSessions(),
                all.drift(),
                all.unjudged());
    }

    /** The share of messages so far whose vector was remembered, 0 to 1. */
    public double cacheHitRatio() {
        return current.cacheHitRatio();
    }

    /** From now on keeps what the models in use judge, so that it can be asked for by {@link #takeJournal}. */
    public void keepJournal() {
        current.keepJournal();
    }

    /** What the models in use judged since it was last asked for; empty for nothing. */
    public byte[] takeJournal() {
        return current.takeJournal();
    }

    /** What the state of the models in use depends on: the models, and how sessions are told. */
    public String fingerprint() {
        return current.fingerprint();
    }

    /** Writes all state of the models in use. */
    public void writeState(StateOutput out) throws IOException {
        current.writeState(out);
    }

    /**
     * Comes to where an earlier run with the same {@link #fingerprint} was, having judged nothing yet.
     *
     * @param snapshot what that one wrote by {@link #writeState}
     * @param steps what it judged since, which is judged again, with the same alerts
     * @param afterEach is called after each of those
     */
    public void restore(StateInput snapshot, List<StateInput> steps, Runnable afterEach) throws IOException {
        current.restore(snapshot, steps, afterEach);
        messages = current.stats().messages();
    }

    @Override
    public void close() {
        if (previous != null) {
            previous.close();
        }
        current.close();
    }
}
