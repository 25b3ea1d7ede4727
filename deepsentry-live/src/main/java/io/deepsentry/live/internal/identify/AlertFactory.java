package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.alert.Redaction;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes alerts of findings, with an id that is the same whenever the same input meets the same models. This is the one door through which alerts come: what must not
 * leave the log is replaced here, so no sink, listener or file sees it.
 */
final class AlertFactory {
    static final int LONGEST_MESSAGE = 4_000;

    private final AlertId ids;
    private final Redaction redaction;
    /** Knows when lines were read: this one, or the one it was made of. */
    private final AlertFactory clock;

    private Instant read = Instant.EPOCH;

    AlertFactory(AlertId ids, Redaction redaction) {
        this.ids = ids;
        this.redaction = redaction;
        this.clock = this;
    }

    private AlertFactory(AlertId ids, AlertFactory clock) {
        this.ids = ids;
        this.redaction = clock.redaction;
        this.clock = clock;
    }

    /** Makes alerts about the log as a whole, with ids of their own. */
    AlertFactory ofWholeLog() {
        return new AlertFactory(ids.ofWholeLog(), this);
    }

    /** When the lines were read that are judged from now on: stands in for times that they do not have. */
    void readAt(Instant now) {
        read = now;
    }

    /** What an alert needs of an event, in bounded memory; alerts are made of nothing else. */
    static LogEvent withoutPayload(LogEvent event) {
        return RecentMessages.shortened(event, LONGEST_MESSAGE);
    }

    /**
     * Makes an alert, redacted.
     *
     * @param event that decided it, as {@link #withoutPayload} made it
     * @param first the session's first event, or that of the run; what the id goes by
     */
    Alert make(
            Verdict verdict,
            LogEvent event,
            First first,
            @Nullable String session,
            List<String> context,
            @Nullable Explanation explanation) {
        Alert whole = new Alert(
                event.time() == null ? clock.read : event.time(),
                verdict.score(),
                verdict.threshold(),
                event.message(),
                context,
                session,
                ids.of(
                        session,
                        first.time(),
                        first.origin().file(),
                        first.origin().byteOffset()),
                event.origin(),
                explanation);
        return whole.withTexts(redaction::apply);
    }

    /**
     * Where a session began.
     *
     * @param time when its first line was logged; null if lines have no time
     */
    record First(@Nullable Instant time, Origin origin) {
        static First of(LogEvent event) {
            return new First(event.time(), event.origin());
        }
    }
}
