package io.deepsentry.live.internal.identify;

import com.google.common.hash.Hashing;
import io.deepsentry.anomaly.evidence.Evidence;
import io.deepsentry.anomaly.explain.Explanation;
import io.deepsentry.anomaly.finding.Finding;
import io.deepsentry.anomaly.finding.FindingBook;
import io.deepsentry.anomaly.finding.Notification;
import io.deepsentry.anomaly.finding.Occurrence;
import io.deepsentry.live.alert.Alert;
import io.deepsentry.live.internal.state.StateInput;
import io.deepsentry.live.internal.state.StateOutput;
import io.deepsentry.parse.Origin;
import io.deepsentry.parse.internal.Counted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts anomalies as findings, and makes an alert of each notification. Time goes by in the log, see {@link LogClock}:
 * the same log gives the same alerts however fast it is read. For one thread.
 */
public final class FindingAlerts {
    private static final int DIGITS = 16;

    private final FindingBook.Rules rules;
    private final Consumer<Alert> out;
    private final LogClock clock;
    private FindingBook book;
    private @Nullable Instant lastTime;
    private @Nullable Origin lastSource;
    private long given;
    private boolean changed;
    /** Whether an event has come while the book holds what lasts until one comes. */
    private boolean resumed;

    /** @param out is given each alert */
    public FindingAlerts(FindingBook.Rules rules, Consumer<Alert> out) {
        this.rules = rules;
        this.out = out;
        this.clock = new LogClock(rules.endAfter());
        this.book = FindingBook.live(rules);
    }

    private Instant now() {
        return Instant.EPOCH.plusNanos(clock.elapsed());
    }

    /** See {@link IdentifierListener#event}. */
    public void event(@Nullable Instant time, long wall) {
        clock.event(time, wall);
        if (book.isOut()) {
            // Models that were exchanged in between do not say that it is over.
            if (resumed) {
                book.noLonger();
            }
            resumed = true;
        } else {
            resumed = false;
        }
        if (book.firing() > 0) {
            advance();
        }
    }

    /** See {@link IdentifierListener#caughtUp}. */
    public boolean caughtUp(long wall) {
        clock.caughtUp(wall);
        return book.isDue(now());
    }

    /** Gives the alerts for which it is time. */
    public void advance() {
        List<Notification> ends = book.advance(now());
        changed |= !ends.isEmpty();
        ends.forEach(this::end);
        book.takeHeldBack().ifPresent(this::heldBack);
    }

    /** Counts an anomaly, and gives its alert if people should hear of it. */
    public void found(FoundAlert found) {
        advance();
        Occurrence bare = found.occurrence();
        boolean known = book.knows(book.keyOf(bare.keys()));
        lastTime = bare.time();
        lastSource = bare.source();
        changed = true;
        Occurrence occurrence = known && !found.lasts() ? bare : found.explained();
        (found.lasts() ? book.addLasting(occurrence) : book.add(occurrence))
                .ifPresent(told -> give(
                        found.alert().id().equals(told.id())
                                ? found.alert().notifiedBy(told)
                                : alert(told, occurrence.explanation())));
    }

    /** See {@link IdentifierListener#over}. */
    public void over(List<Evidence> outages, @Nullable Instant time) {
        advance();
        for (Evidence outage : outages) {
            book.over(outage, time).ifPresent(end -> {
                changed = true;
                Explanation why = end.finding().first().explanation();
                give(alert(end, why == null ? null : why.withEvidence(List.of(outage), true)));
            });
        }
    }

    /** Ends all findings, as nothing more comes. */
    public void ended() {
        advance();
        changed = true;
        book.endAll().forEach(this::end);
        book.takeHeldBack().ifPresent(this::heldBack);
    }

    private void end(Notification end) {
        give(alert(end, end.finding().first().explanation()));
    }

    /** Makes the alert of something that no line gave rise to. */
    private static Alert alert(Notification end, @Nullable Explanation why) {
        Finding finding = end.finding();
        Occurrence first = finding.first();
        String message = first.message();
        Instant last = finding.lastSeen();
        return new Alert(
                        last == null ? Instant.EPOCH : last,
                        finding.highestScore(),
                        finding.threshold(),
                        message,
                        List.of(message),
                        finding.sessions().number() == 1 ? first.session() : null,
                        end.id(),
                        first.source(),
                        why)
                .notifiedBy(end);
    }

    private void heldBack(FindingBook.HeldBack held) {
        String message = String.format(Locale.ROOT, "%,d more held back", held.number())
                + (held.kinds() == 0 ? "" : ", of " + Counted.of(held.kinds(), "finding") + " not shown yet");
        String what = message + " " + Duration.between(Instant.EPOCH, held.since()) + " " + lastSource + " " + lastTime;
        give(new Alert(
                Objects.requireNonNull(lastTime, "something was found"),
                0,
                0,
                message,
                List.of(message),
                null,
                Hashing.sha256()
                        .hashString(what, StandardCharsets.UTF_8)
                        .toString()
                        .substring(0, DIGITS),
                Objects.requireNonNull(lastSource, "something was found")));
    }

    private void give(Alert alert) {
        given++;
        out.accept(alert);
    }

    /** How many alerts were given, those of the runs that this one continues included. */
    public long given() {
        return given;
    }

    /** How many findings have not ended. */
    public int firing() {
        return book.firing();
    }

    /** Whether something changed since this was last asked. */
    public boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** The findings, the most important first. */
    public List<Finding> findings() {
        return book.findings();
    }

    /** Writes how the clock stands. */
    public void writeClock(StateOutput state, long wall) throws IOException {
        clock.write(state, wall);
    }

    /** Reads it. */
    public void readClock(StateInput state, long wall) throws IOException {
        clock.read(state, wall);
    }

    /** Writes all state. */
    public void write(StateOutput state, long wall) throws IOException {
        writeClock(state, wall);
        state.number(given);
        state.time(lastTime);
        Origin source = lastSource;
        state.flag(source != null);
        if (source != null) {
            state.text(source.file());
            state.number(source.lineNumber());
            state.number(source.byteOffset());
        }
        state.bytes(book.write());
    }

    /** Comes to where {@link #write} was. */
    public void read(StateInput state, long wall) throws IOException {
        readClock(state, wall);
        given = state.number();
        lastTime = state.time();
        lastSource = state.flag() ? new Origin(state.text(), state.number(), state.number()) : null;
        book = FindingBook.read(state.bytes(), rules);
        changed = true;
    }
}
