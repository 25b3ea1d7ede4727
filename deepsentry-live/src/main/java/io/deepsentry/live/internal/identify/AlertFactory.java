package io.deepsentry.live.internal.identify;

import io.deepsentry.anomaly.evidence.EvidenceKind;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.FindingKey;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.anomaly.internal.alert.AlertId;
import io.deepsentry.anomaly.threshold.Verdict;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.parse.LogEvent;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.redact.Redaction;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes alerts of findings, with an id that is the same whenever the same input meets the same models. This is the one
 * door through which alerts come: what must not leave the log is replaced here, so no sink, listener or file sees it.
 */
final class AlertFactory {
    static final int LONGEST_MESSAGE = 4_000;

    private final AlertId ids;
    private final Redaction redaction;
    /** Knows when lines were read: this one, or the one it was made of. */
    private final AlertFactory clock;

    private final double trained;
    private final Predicate<FindingKey> confirmed;
    private Instant read = Instant.EPOCH;

    /**
     * @param trained the threshold that training chose, whatever is judged by
     * @param confirmed whether users said that a finding is a real fault
     */
    AlertFactory(AlertId ids, Redaction redaction, double trained, Predicate<FindingKey> confirmed) {
        this.confirmed = confirmed;
        this.ids = ids;
        this.redaction = redaction;
        this.trained = trained;
        this.clock = this;
    }

    private AlertFactory(AlertId ids, AlertFactory clock) {
        this.ids = ids;
        this.redaction = clock.redaction;
        this.trained = clock.trained;
        this.confirmed = clock.confirmed;
        this.clock = clock;
    }

    /** Makes alerts about the log as a whole, with ids of their own. */
    AlertFactory ofWholeLog() {
        return new AlertFactory(ids.ofWholeLog(), this);
    }

    /**
     * Finds a line of a stream anomalous, redacted.
     *
     * @param isNew whether it is odd in a way that its run was not before
     * @param event the line, as {@link #withoutPayload} made it
     * @param keys what is odd
     * @param alert makes its alert
     */
    FoundAlert line(boolean isNew, Verdict verdict, LogEvent event, List<FindingKey> keys, Supplier<Alert> alert) {
        return found(isNew, verdict, event, First.of(event), null, keys, alert);
    }

    /**
     * Finds a session anomalous.
     *
     * @param event that decided it, as {@link #withoutPayload} made it
     * @param alert its alert, as {@link #make} made it
     */
    FoundAlert session(Verdict verdict, LogEvent event, First first, Alert alert) {
        Explanation why = alert.explanation();
        List<FindingKey> keys = why == null
                ? List.of(new FindingKey(EvidenceKind.NEW_MESSAGE, alert.message(), null))
                : FindingKey.all(why);
        // Of the line that decided the level is known; another one may be the odd one.
        boolean same = why == null
                || (why.step().offset() == event.origin().byteOffset()
                        && why.step().file().equals(event.origin().file()));
        LogEvent odd =
                same ? event : new LogEvent(event.time(), event.message(), null, null, event.origin(), List.of(), null);
        return found(true, verdict, odd, first, alert.session(), keys, () -> alert);
    }

    private FoundAlert found(
            boolean isNew,
            Verdict verdict,
            LogEvent event,
            First first,
            @Nullable String session,
            List<FindingKey> keys,
            Supplier<Alert> alert) {
        Occurrence occurrence = new Occurrence(
                        id(first, session),
                        keys,
                        event.time() == null ? clock.read : event.time(),
                        verdict.score(),
                        trained,
                        session,
                        event.origin(),
                        event.message(),
                        event.level(),
                        event.component(),
                        Occurrence.hostOf(event.fields()),
                        event.fields(),
                        confirmed.test(keys.get(0).withTexts(redaction::apply)),
                        null)
                .withTexts(redaction::apply);
        return new FoundAlert(isNew, occurrence, alert::get);
    }

    private String id(First first, @Nullable String session) {
        return ids.of(
                session, first.time(), first.origin().file(), first.origin().byteOffset());
    }

    /** When the lines judged from now on were read: replaces times that they do not have. */
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
                id(first, session),
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
