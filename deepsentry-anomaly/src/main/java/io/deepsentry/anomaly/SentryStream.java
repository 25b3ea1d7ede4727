package io.deepsentry.anomaly;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.score.StreamState;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.text.identity.IdentifiedMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A stream of lines without sessions, each judged by how rare it is and how unexpected after those before it.
 *
 * <pre>{@code
 * SentryStream stream = sentry.beginStream();
 * for (String message : messages) {
 *     Verdict verdict = stream.add(message, "INFO");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads, one message at a time.
 */
public final class SentryStream {
    private final Sentry sentry;
    private final StreamState state;
    private final GivenMessages lines;
    /** The last masked messages, as many as a window has. */
    private final Deque<String> identities = new ArrayDeque<>();

    SentryStream(Sentry sentry, StreamState state) {
        this.sentry = sentry;
        this.state = state;
        this.lines = new GivenMessages();
    }

    /** A stream that continues from a state, during a call of {@link Sentry#whileOpen}. */
    SentryStream(Sentry sentry, StreamState state, SavedState saved) {
        this.sentry = sentry;
        this.state = state;
        this.lines = new GivenMessages(saved);
        for (String identity : saved.messages()) {
            double unused = state.add(sentry.encode(identity), null, () -> identity);
            remember(identity);
        }
        SavedState.readEvidence(saved, state::readEvidence);
    }

    private void remember(String identity) {
        identities.add(identity);
        if (identities.size() > sentry.sequenceLength()) {
            identities.remove();
        }
    }

    /**
     * {@return the stream so far as a value of bounded size, which {@link Sentry#resumeStream} continues in any process
     * that has opened the same model} It works after the Sentry was closed, too.
     */
    public synchronized SavedState state() {
        return new SavedState(
                sentry.modelDigest(),
                true,
                lines.count(),
                List.copyOf(identities),
                SavedState.evidence(state::writeEvidence),
                lines.texts(identities.size()));
    }

    /**
     * Judges the next message of a log without levels, see {@link #add(String, String)}.
     *
     * @param message the message
     * @return the verdict
     */
    public Verdict add(String message) {
        return add(message, null);
    }

    /**
     * Judges the next event. Its level and its fields count as they did in training.
     *
     * @param event the event
     * @return the verdict
     */
    public Verdict add(LogEvent event) {
        Sentry.required("event", event);
        return sentry.whileOpen(() -> {
            synchronized (this) {
                IdentifiedMessage message = sentry.identify(event);
                double score = state.add(
                        sentry.encode(message.text()), event, message, message::text, UnaryOperator.identity());
                lines.add(sentry.shown(event.message()));
                remember(message.text());
                return verdict(score);
            }
        });
    }

    /**
     * Judges the next message.
     *
     * @param message without the header of its line
     * @param level its level as the log has it, such as {@code ERROR}, or null
     * @return the verdict
     */
    public Verdict add(String message, @Nullable String level) {
        Sentry.required("message", message);
        return add(GivenMessages.event(message, level));
    }

    private Verdict verdict(double score) {
        double threshold = sentry.limit();
        if (!(score > threshold) || state.acknowledgedBy(sentry.feedback()) != null) {
            return new Verdict.Normal(score, threshold);
        }
        Supplier<Explanation> explanation = state.explanation(lines.last(state.remembered()));
        return Verdict.Anomalous.explainedBy(score, threshold, () -> sentry.whileOpen(explanation));
    }
}
