package io.deepsentry.live.identify;

import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.core.DeepSentryException;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.SessionKey;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models in use and, after a change, those before them. A session stays with the models it began with, as scores of different models are not comparable; the ones
 * before are given up at the next change. A stream goes on with the new models at once: the last messages are shown to them without being judged again.
 */
public final class ModelGenerations implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ModelGenerations.class.getName());

    private final Supplier<AnomalyIdentifier> opening;
    private final boolean sessions;
    private final Deque<LogEvent> recent = new ArrayDeque<>();
    private AnomalyIdentifier current;
    private @Nullable AnomalyIdentifier previous;
    private @Nullable IdentifierStats retired;
    private long messages;

    private ModelGenerations(Supplier<AnomalyIdentifier> opening, AnomalyIdentifier first) {
        this.opening = opening;
        this.current = first;
        this.sessions = first.sessionKey().isPresent();
    }

    /** Opens the first models. */
    public static ModelGenerations open(Supplier<AnomalyIdentifier> opening) {
        AnomalyIdentifier first = opening.get();
        first.warmUp();
        return new ModelGenerations(opening, first);
    }

    /** The models in use. */
    public AnomalyIdentifier current() {
        return current;
    }

    /** The models in use have been brought to where an earlier run was. */
    public void resumed() {
        messages = current.stats().messages();
    }

    /** The rule by which a message belongs to sessions, which no change of models may change. */
    public Optional<SessionKey> sessionKey() {
        return current.sessionKey();
    }

    /** Judges messages; one that belongs to old sessions and to new ones has a verdict of each. */
    public List<Verdict> checkAll(List<LogEvent> batch) {
        messages += batch.size();
        remember(batch);
        AnomalyIdentifier older = previous;
        if (older == null || batch.isEmpty()) {
            return current.checkAll(batch);
        }
        List<LogEvent> forOlder = new ArrayList<>();
        List<LogEvent> forNewer = new ArrayList<>();
        for (LogEvent event : batch) {
            List<String> known =
                    event.sessionKeys().stream().filter(older::knows).toList();
            if (known.isEmpty()) {
                forNewer.add(event);
            } else if (known.size() == event.sessionKeys().size()) {
                forOlder.add(event);
            } else {
                forOlder.add(withKeys(event, known));
                forNewer.add(withKeys(
                        event,
                        event.sessionKeys().stream()
                                .filter(key -> !known.contains(key))
                                .toList()));
            }
        }
        List<Verdict> verdicts = new ArrayList<>(older.checkAll(forOlder));
        older.passes(batch.get(batch.size() - 1));
        verdicts.addAll(current.checkAll(forNewer));
        return verdicts;
    }

    private static LogEvent withKeys(LogEvent event, List<String> keys) {
        return new LogEvent(
                event.time(), event.message(), event.level(), event.component(), event.origin(), keys, event.label());
    }

    private void remember(List<LogEvent> batch) {
        if (!sessions) {
            int most = current.sequenceLength();
            for (LogEvent event : batch.subList(Math.max(0, batch.size() - most), batch.size())) {
                if (recent.size() == most) {
                    recent.remove();
                }
                recent.add(AlertFactory.slim(event));
            }
        }
    }

    /** Whether sessions are under way with the models before those in use. */
    public boolean hasPrevious() {
        return previous != null;
    }

    /**
     * Takes the models that now lie in their places, if they are others; those that cannot be used are left alone, with a warning.
     *
     * @return whether others are in use now
     */
    public boolean change() {
        AnomalyIdentifier next;
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
                        "the models stay as they are: the new ones have another session key, which needs a new start");
                return false;
            }
            next.warmUp();
            taken = true;
        } finally {
            if (!taken) {
                next.close();
            }
        }
        AnomalyIdentifier oldest = previous;
        if (oldest != null) {
            oldest.endSessions();
            retire(oldest);
        }
        if (sessions) {
            current.forgetSteps();
            previous = current;
        } else {
            next.prime(List.copyOf(recent), current);
            retire(current);
        }
        current = next;
        LOG.log(Level.INFO, "new models are in use");
        return true;
    }

    private void retire(AnomalyIdentifier old) {
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
                one.drift());
    }

    public void caughtUp() {
        current.caughtUp();
        if (previous != null) {
            previous.caughtUp();
        }
    }

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
                all.drift());
    }

    public double cacheHitRatio() {
        return current.cacheHitRatio();
    }

    @Override
    public void close() {
        if (previous != null) {
            previous.close();
        }
        current.close();
    }
}
