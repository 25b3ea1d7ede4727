package io.deepsentry.anomaly;

import io.deepsentry.anomaly.score.SessionState;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A session under way, judged as its messages come and at its end.
 *
 * <pre>{@code
 * SentrySession session = sentry.begin();
 * for (String message : messages) {
 *     if (session.add(message).isAnomalous()) {
 *         break; // what can no longer become normal
 *     }
 * }
 * Verdict verdict = session.end();
 * }</pre>
 *
 * <p>Safe for use by several threads, one message at a time.
 */
public final class SentrySession {
    private final Sentry sentry;
    private final SessionState state;
    private final GivenMessages lines;
    /** The masked messages so far. */
    private final List<String> identities = new ArrayList<>();
    /** Each of them once, so that those that are equal are one object. */
    private final Map<String, String> distinct = new HashMap<>();

    SentrySession(Sentry sentry, SessionState state) {
        this.sentry = sentry;
        this.state = state;
        this.lines = new GivenMessages();
    }

    /** A session that continues from a state, during a call of {@link Sentry#whileOpen}. */
    SentrySession(Sentry sentry, SessionState state, SavedState saved) {
        this.sentry = sentry;
        this.state = state;
        this.lines = new GivenMessages(saved);
        for (String identity : saved.messages()) {
            double unused = state.add(sentry.encode(identity), () -> identity);
            remember(identity);
        }
        SavedState.readEvidence(saved, state::readEvidence);
    }

    private void remember(String identity) {
        String known = distinct.putIfAbsent(identity, identity);
        identities.add(known == null ? identity : known);
    }

    /**
     * Adds the next message.
     *
     * @param message without the header of its line
     * @return the verdict so far, from what later messages cannot undo: once anomalous, the session stays so
     */
    public Verdict add(String message) {
        Sentry.required("message", message);
        return add(GivenMessages.event(message, null));
    }

    /**
     * Adds the next event, see {@link #add(String)}. Its level and its fields count as they did in training. A session
     * key that it brings is no value of its message.
     *
     * @param event the event
     * @return the verdict
     */
    public Verdict add(LogEvent event) {
        Sentry.required("event", event);
        return sentry.whileOpen(() -> {
            synchronized (this) {
                append(event);
                return verdict(state.running(), false);
            }
        });
    }

    /** Adds an event during a call of {@link Sentry#whileOpen}. */
    synchronized void append(LogEvent event) {
        IdentifiedMessage message = sentry.identify(event);
        String key = event.sessionKeys().size() == 1 ? event.sessionKeys().get(0) : null;
        double unused =
                state.add(sentry.encode(message.text()), event, message, key, message::text, UnaryOperator.identity());
        lines.add(sentry.shown(event.message()));
        remember(message.text());
    }

    /**
     * {@return the session so far as a value, which {@link Sentry#resume} continues in any process that has opened the
     * same model} It works after the Sentry was closed, too.
     */
    public synchronized SavedState state() {
        return new SavedState(
                sentry.modelDigest(),
                false,
                identities.size(),
                identities,
                SavedState.evidence(state::writeEvidence),
                lines.texts(Integer.MAX_VALUE));
    }

    /**
     * Judges the session as ended here. More messages may follow, and it may be ended again.
     *
     * @return the verdict
     * @throws IllegalStateException if it has no message
     */
    public Verdict end() {
        return sentry.whileOpen(() -> {
            synchronized (this) {
                if (state.length() == 0) {
                    throw new IllegalStateException(
                            "a session must have at least one message before its end, but has none");
                }
                return verdict(state.end().value(), true);
            }
        });
    }

    private Verdict verdict(double score, boolean ended) {
        double threshold = sentry.limit();
        if (!(score > threshold) || state.acknowledgedBy(sentry.feedback(), threshold, ended) != null) {
            return new Verdict.Normal(score, threshold);
        }
        int messages = state.length();
        return Verdict.Anomalous.explainedBy(
                score,
                threshold,
                () -> sentry.whileOpen(() -> {
                    synchronized (this) {
                        return state.explain(messages, threshold, ended, lines.upTo(messages));
                    }
                }));
    }
}
