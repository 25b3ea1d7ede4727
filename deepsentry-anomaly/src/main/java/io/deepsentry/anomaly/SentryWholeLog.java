package io.deepsentry.anomaly;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.explain.SourceLine;
import io.deepsentry.anomaly.score.WholeLogState;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.parse.LogEvent;
import java.util.function.UnaryOperator;

/**
 * A log of sessions as a whole: each line is judged by how many there are, beside what {@link SentrySession} says of
 * the sessions.
 *
 * <pre>{@code
 * SentryWholeLog log = sentry.beginWholeLog();
 * for (LogEvent event : events) {
 *     log.add(event).explanation().ifPresent(alarm::raise);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads, one event at a time.
 */
public final class SentryWholeLog {
    private final Sentry sentry;
    private final WholeLogState state;

    SentryWholeLog(Sentry sentry, WholeLogState state) {
        this.sentry = sentry;
        this.state = state;
    }

    /**
     * Judges the log at its next event, whatever session it belongs to.
     *
     * @param event with the time and the level as they stood in the log
     * @return against the threshold of training; mostly normal with the score 0
     */
    public Verdict add(LogEvent event) {
        Sentry.required("event", event);
        return sentry.whileOpen(() -> {
            synchronized (this) {
                double score = state.add(event, sentry.identify(event), UnaryOperator.identity());
                double threshold = state.threshold();
                if (!(score > threshold) || state.acknowledgedBy(sentry.feedback()) != null) {
                    return new Verdict.Normal(score, threshold);
                }
                Explanation explanation = state.explain(new SourceLine(
                        event.origin().file(),
                        event.origin().lineNumber(),
                        event.origin().byteOffset(),
                        sentry.shown(event.message())));
                return Verdict.Anomalous.explainedBy(score, threshold, () -> explanation);
            }
        });
    }
}
